"""Floor 3: what a programme is. Declared once in `entities`; everything else about the data follows from there."""
