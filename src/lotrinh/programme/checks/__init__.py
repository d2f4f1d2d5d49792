"""The rules that data must obey, by theme. A rule is one function marked ``@rule`` in one file of this folder."""
