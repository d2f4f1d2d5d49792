"""Floor 8: commands and what they print. They compute nothing: they call the public names."""
