"""A made list of customers, as CSV and as a workbook, drawn by seed; nobody in it exists.

It does not know how it is read.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

HEADS = ("客户编号", "姓名", "手机号", "等级", "余额", "城市", "产品", "备注")
_FIRST, _SECOND = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋"
_RANGES = ("138", "139", "150", "186", "158", "177", "199")
_BAD = ("", "1381234567O", "1.38E+10", "110", "+1 900 555 2368", "12812345678")
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows_of(count: int, seed: int):  # noqa: ANN201 - a script's generator of rows
    """Yield the rows: one in a hundred is bad, one in a hundred has the number of an earlier one."""
    chance = Random(seed)  # noqa: S311 - drawn by seed
    earlier = [f"{_RANGES[0]}00000000"]
    for place in range(count):
        dice = chance.random()
        number = f"{chance.choice(_RANGES)}{chance.randrange(10**8):08}"
        if dice < 0.01:
            number = chance.choice(_BAD)
        elif dice < 0.02:
            number = earlier[chance.randrange(len(earlier))]
        elif dice < 0.03:
            earlier.append(number)
        yield (
            f"C{place:08}", chance.choice(_FIRST) + chance.choice(_SECOND), number,
            chance.choice(("gold", "silver", "")), f"{chance.randrange(10**7) / 100}",
            chance.choice(("上海", "北京", "广州")), "分期", "",
        )  # fmt: skip


def write_csv(path: Path, count: int, seed: int, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        writer.writerows(rows_of(count, seed))


def write_workbook(path: Path, count: int, seed: int) -> None:
    """A workbook as Excel writes them: texts shared, numbers as numbers."""
    shared: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{_CONTENT}">{"".join(map(_typed, _PARTS))}</Types>')
        book.writestr("_rels/.rels", _related(("officeDocument", "xl/workbook.xml")))
        parts = (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
        book.writestr("xl/_rels/workbook.xml.rels", _related(*parts))
        sheet = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">{sheet}</workbook>')
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for number, cells in enumerate((HEADS, *rows_of(count, seed)), 1):
                part.write(_row(number, cells, shared))
            part.write(b"</sheetData></worksheet>")
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_SHEET}">{texts}</sst>')


def _typed(part: tuple[str, str]) -> str:
    name, kind = part
    return f'<Override PartName="/xl/{name}.xml" ContentType="{_SPREADSHEET}.{kind}+xml"/>'


def _related(*parts: tuple[str, str]) -> str:
    told = "".join(
        f'<Relationship Id="r{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{_RELATION}">{told}</Relationships>'


def _row(number: int, cells: tuple[str, ...], shared: dict[str, int]) -> bytes:
    out = []
    for letter, cell in zip("ABCDEFGH", cells, strict=True):
        if not cell:
            continue
        if cell.isdigit():
            out.append(f'<c r="{letter}{number}"><v>{cell}</v></c>')
        else:
            out.append(f'<c r="{letter}{number}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
    return f'<row r="{number}">{"".join(out)}</row>'.encode()
