"""``python -m lotrinh``: the command line."""

from lotrinh.cli.main import main

main()
