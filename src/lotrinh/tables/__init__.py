"""Floor 2: bytes to raw tables and back, with an origin for every cell. Nothing here knows what a cell means."""
