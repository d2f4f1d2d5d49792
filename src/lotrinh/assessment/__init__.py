"""How the plan fares: executed in many simulated futures, stressed, explained, planned again."""
