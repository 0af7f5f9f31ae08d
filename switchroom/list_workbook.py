"""An XLSX workbook: which sheets it has, where they are in its zip, and which of its styles show moments.

It does not know what stands in a sheet; `switchroom/list_sheet.py` reads its rows.

What no workbook needs and an attack does (a document type with entities, a part of gigabytes) is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from xml.parsers import expat

_CHUNK: Final = 1 << 16
_MOST_BYTES: Final = 16 << 30  # of one part, unpacked
_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NO_DATE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|General', re.IGNORECASE)


class NoWorkbook(Exception):
    """The file is no workbook that can be read. `why` is old, broken, sheet or empty."""

    def __init__(self, why: str, about: str = "") -> None:
        super().__init__(f"{why} {about}")
        self.why = why
        self.about = about


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, and its part of the zip. `dates` are the styles that show moments, `epoch` their day 0."""

    name: str
    part: str
    dates: frozenset[int]
    epoch: datetime
    size: int


def sheet_of(path: Path, name: str = "") -> Sheet:
    """Find the sheet of this name, or the first that is not hidden. Raises `NoWorkbook`, `OSError`."""
    with opened(path) as book:
        sheets, old_epoch = _sheets(book)
        shown = [sheet for sheet in sheets if sheet[2] in {"", "visible"}]
        wanted = [sheet for sheet in sheets if sheet[0] == name] if name else shown[:1]
        if not wanted:
            raise NoWorkbook("sheet", ", ".join(sheet[0] for sheet in sheets))
        title, part, _ = wanted[0]
        epoch = datetime(1904, 1, 1) if old_epoch else datetime(1899, 12, 30)  # noqa: DTZ001  a sheet's moments have no zone
        return Sheet(title, part, _date_styles(book), epoch, _size(book, part))


# ── the zip ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(path: Path) -> zipfile.ZipFile:
    """The zip of a workbook. Raises `NoWorkbook`, `OSError`."""
    with path.open("rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # .xls, or a workbook with a password
            raise NoWorkbook("old")
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as fault:
        raise NoWorkbook("broken", str(fault)) from fault


def _size(book: zipfile.ZipFile, part: str) -> int:
    try:
        return book.getinfo(part).file_size
    except KeyError:
        raise NoWorkbook("broken", part) from None


def chunks(book: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part of the zip in pieces. Raises `NoWorkbook`."""
    if _size(book, part) > _MOST_BYTES:  # no more is unpacked than the zip says of itself
        raise NoWorkbook("broken", part)
    try:
        with book.open(part) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as fault:
        raise NoWorkbook("broken", str(fault)) from fault


# ── XML ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def xml_parser() -> expat.XMLParserType:
    """A parser that refuses what no workbook has."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise NoWorkbook("broken", "DOCTYPE")


def feed(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    """Give a piece to the parser. Raises `NoWorkbook`."""
    try:
        parser.Parse(chunk, last)
    except (expat.ExpatError, ValueError, OverflowError) as fault:
        raise NoWorkbook("broken", str(fault)) from fault


def _elements(book: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """All elements of a small part, without their prefixes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = xml_parser()
    parser.StartElementHandler = lambda name, said: found.append((plain(name), said))
    for chunk in chunks(book, part):
        feed(parser, chunk)
        if len(found) > 1_000_000:
            raise NoWorkbook("broken", part)
    feed(parser, b"", last=True)
    return found


def plain(name: str) -> str:
    """An element's name without its prefix."""
    return name[name.find(":") + 1 :]


def _sheets(book: zipfile.ZipFile) -> tuple[list[tuple[str, str, str]], bool]:
    """(name, part, whether hidden) of each sheet, and whether days count from 1904."""
    offered = [said for name, said in _elements(book, "_rels/.rels") if name == "Relationship"]
    root = next((one["Target"] for one in offered if one.get("Type", "").endswith("/officeDocument")), "")
    root = root.lstrip("/") or "xl/workbook.xml"
    folder, file = posixpath.split(root)
    targets = {
        said.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, said.get("Target", ""))).lstrip("/")
        for name, said in _elements(book, posixpath.join(folder, "_rels", f"{file}.rels"))
        if name == "Relationship"
    }
    sheets, old_epoch = [], False
    for name, said in _elements(book, root):
        if name == "workbookPr":
            old_epoch = said.get("date1904", "") in {"1", "true"}
        if name == "sheet":
            part = next((targets.get(value, "") for key, value in said.items() if plain(key) == "id"), "")
            sheets.append((said.get("name", ""), part, said.get("state", "")))
    return sheets, old_epoch


def _date_styles(book: zipfile.ZipFile) -> frozenset[int]:
    """The styles of cells that show a moment."""
    if "xl/styles.xml" not in book.namelist():
        return frozenset()
    formats, styles, inside = set(_DATES), [], False
    for name, said in _elements(book, "xl/styles.xml"):
        if name == "numFmt" and re.search("[ymdhs]", _NO_DATE.sub("", said.get("formatCode", "")).lower()):
            formats.add(int(said.get("numFmtId", "0")))
        if name in {"cellXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        if name == "xf" and inside:
            styles.append(int(said.get("numFmtId", "0")))
    return frozenset(place for place, style in enumerate(styles) if style in formats)
