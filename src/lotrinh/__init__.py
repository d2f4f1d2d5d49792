"""Lotrinh: a national programme, from its tables to a proven plan."""
