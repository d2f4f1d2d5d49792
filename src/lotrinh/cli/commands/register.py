"""``lotrinh register``: what cryptography is run, and what must be done about it."""

from cyclopts import App

from lotrinh.base.registry import entries

register = App(name="register", help="The register of cryptography: add, probe, look, teach, summarise, export.")
for name, command in entries("lotrinh.cli.register").items():
    register.command(getattr(command, name))
