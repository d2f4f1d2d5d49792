"""How assets become work: what needs it, what is done where, what it is worth, what comes first, what it takes."""
