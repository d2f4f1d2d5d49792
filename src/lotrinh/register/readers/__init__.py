"""Readers: one file for each format in which cryptography is reported, found by the folder.

Each declares `TITLE` and `SUFFIXES`, and the functions ``recognises(head, path)``, which says from the first bytes
whether a file is of its format, and ``read(source, found)``, which adds what the file tells to a `Batch`. A reader
never raises for what stands in a file: it adds a problem with its place and goes on.
"""
