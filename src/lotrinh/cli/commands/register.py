"""``lotrinh register``: what cryptography is run, and what must be done about it."""

from cyclopts import App

from lotrinh.base.registry import entries

register = App(
    name="register",
    help="""The register of cryptography: what is run, what it protects, and what must be done about it.

Example: lotrinh register add scans/ owners.csv
""",
)
for name, command in entries("lotrinh.cli.register").items():
    register.command(getattr(command, name))
