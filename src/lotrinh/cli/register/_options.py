"""What the commands of the register share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t

if TYPE_CHECKING:
    from lotrinh.register.store import Register

At = Annotated[Path, Parameter(name="--register", help="Folder of the register.")]
HERE = Path("register")


def opened(path: Path) -> Register:
    """Return the register at `path`; `UsageError` where there is none."""
    from lotrinh.register.store import Register

    found = Register(path)
    if not found.manifest().generation:
        raise UsageError(str(t("there is no register at {path}; lotrinh register add makes one", path=path)))
    return found


def day(option: str, text: str) -> date:
    """Return a date written as 2027-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            str(t("{option}: {text} is not a date such as 2027-01-31", option=option, text=text))
        ) from None
