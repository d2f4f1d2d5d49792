"""Thin adapters: each turns the linear form into a solver's own, and its answer into a `Solution`. No rule lives
here.
"""
