"""The rules that always hold, one file each: a title, the formula in the docstring, and the rows.

A file of this folder is a rule; it is listed nowhere else. Its rows carry the name of the file, or a name that starts
with it.
"""
