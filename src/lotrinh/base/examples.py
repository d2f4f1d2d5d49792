"""Where the reference programmes are: inside the installed package, or in the checkout it was installed from."""

from __future__ import annotations

from pathlib import Path

from lotrinh.base.issues import UsageError, nearest_name
from lotrinh.base.text import t

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE.parents[1] / "cases", _PACKAGE / "cases")


def examples() -> dict[str, Path]:
    """Return the folders of the reference programmes by their names."""
    return {
        case.name: case for folder in _FOLDERS if folder.is_dir() for case in sorted(folder.iterdir()) if case.is_dir()
    }


def example(name: str) -> Path:
    """Return the folder of the reference programme `name`, such as ``vietnam``.

    Raises
    ------
    UsageError
        If there is no such programme.
    """
    found = examples()
    if name not in found:
        raise UsageError(
            str(
                t(
                    "there is no example {name}; nearest is {nearest}",
                    name=name,
                    nearest=nearest_name(name, found) or "-",
                )
            )
        )
    return found[name]
