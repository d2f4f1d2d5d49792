"""Floor 4: paths, and what is measured on them. A plan is one path; a simulated future is another."""
