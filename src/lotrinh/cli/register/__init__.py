"""The commands ``lotrinh register …``: one file for each, found by the folder."""
