"""Floor 5: choose and schedule. Variables, rules and objective make one linear form; a solver meets only that form."""
