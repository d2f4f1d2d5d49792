"""The rules that directives are bound to, one file each: a title, a unit, a formula, a measure on paths and, where the
rule can be hard, rows.

A file of this folder is a rule; it is listed nowhere else. A row of ``directives.csv`` binds a sentence of the
leadership to a rule, a comparison and a threshold.
"""
