"""Floor 1: words every floor uses. Nothing here knows what a programme is."""
