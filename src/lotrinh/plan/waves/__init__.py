"""Waves: every single work item of a migration into quarters and teams, with a certified bound."""
