"""Floor 4: what cryptography a country, a ministry or a bank runs, what it protects, and what must move."""
