"""Workbooks written by hand, part by part, as programs and attackers write them."""

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def text(ref: str, value: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{value}</t></is></c>'


def header(*names: str) -> str:
    return f'<row r="1">{"".join(text(f"{chr(65 + at)}1", name) for at, name in enumerate(names))}</row>'


PROGRAMME = f'{header("key", "value")}<row r="2">{text("A2", "programme")}{text("B2", "p")}</row>'


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def book(path: Path, sheets: dict[str, str], *, calculation: str = "", **parts: str | bytes) -> Path:
    """Write a workbook whose sheets are given as whole XML; a programme is added where there is none."""
    if "programme" not in sheets:
        sheets = {**sheets, "programme": sheet(PROGRAMME)}
    overrides = listed = relations = ""
    for at, name in enumerate(sheets, start=1):
        content = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        overrides += f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{content}"/>'
        listed += f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>'
        relations += f'<Relationship Id="r{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets>'
        f"{calculation}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
    }
    files |= {f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets.values(), start=1)}
    files |= parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
