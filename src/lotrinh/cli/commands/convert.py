"""``lotrinh convert``: a folder into a workbook, or back."""

from __future__ import annotations

from pathlib import Path

from lotrinh.base.text import t
from lotrinh.cli.options import Json, said


def convert(source: Path, target: Path, *, json_: Json = False) -> int:
    """Turn a folder of tables into a workbook, or back; nothing that was typed is lost.

    Example: lotrinh convert cases/vietnam vietnam.xlsx

    Parameters
    ----------
    source
        Folder or workbook to read.
    target
        Workbook (.xlsx) or folder to write.
    """
    from lotrinh.programme.dictionary import convert as turn

    turn(source, target)
    said(t("Written: {path}", path=target), {"status": "written", "path": str(target)}, json_)
    return 0
