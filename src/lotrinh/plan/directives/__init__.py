"""The rules that directives are bound to, one file each.

A file of this folder is a rule; it is listed nowhere else. A row of ``directives.csv`` binds a sentence of the
leadership to a rule, a scope, a comparison and a threshold. A rule has

- a title ``TITLE``, the unit ``UNIT`` of its measure (``UNITS`` where a scope is measured in another), and its formula
  in the docstring;
- ``SCOPES``, what it understands besides ``all``: names of tables, of which an id in the first key column may be
  written, and words; a literal, as the checks of the data read it without importing the rule;
- ``measure(paths, directive)``, one number for each scenario, and, where it is sampled, its standard ``error``;
- where it can be hard, ``HARD``, with which comparisons, and ``rows(build, q, v, directive)``, which return what must
  not be negative, or None where the scope can only be watched.

What a rule makes of ``from`` and ``until`` is said in its docstring, after `window` and `states` of ``statements``.
"""
