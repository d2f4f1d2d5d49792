"""Floor 6: what becomes of a plan over thousands of simulated futures."""
