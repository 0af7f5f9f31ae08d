"""One row of a file, into a lead or into the faults that keep it from being one.

It does not know files, nor the other rows: doubles and blocked numbers are found where all rows are.

Cells are taken as they are, formulas too; whoever shows or writes them later neutralises them there. Only a number, a
name and what is looked up by its letters is trimmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from outbound.listing.columns import Column, Columns
from outbound.listing.dates import moment_of
from outbound.listing.faults import Fault, Why
from outbound.listing.numbers import Number, Numbers

FIELD: Final = "\x1f"  # stands between the values of `fields`; no cell has it
LONGEST_CELL: Final = 2000
PRIORITIES: Final = 1000
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
_CODE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|[0-9]{3}))?\Z")
_LANGUAGES: Final = {
    "zh": "zh-CN", "zh-cn": "zh-CN", "chinese": "zh-CN", "mandarin": "zh-CN", "cn": "zh-CN", "中文": "zh-CN",
    "汉语": "zh-CN", "普通话": "zh-CN", "国语": "zh-CN", "简体中文": "zh-CN", "en": "en", "english": "en", "英文": "en",
    "英语": "en",
}  # fmt: skip


class Listed(NamedTuple):
    """A lead as it is stored. `sink` is 0 minus the priority, `fields` holds the values of `Columns.fields`."""

    row: int
    number: str
    sink: int
    due: float
    person: str
    name: str
    others: str
    zones: str
    language: str
    owner: str
    consent: str
    segment: str
    fields: str


class RowReader:
    """Reads the rows of one file. `zones` are the known zones by their name in small letters; `zone` is the house's.

    `consent` is the evidence that stands for all rows which name none.
    """

    def __init__(
        self, columns: Columns, numbers: Numbers, zones: Mapping[str, str], zone: tzinfo, *, consent: str = ""
    ) -> None:
        self._consent = consent
        self.columns = columns
        self.numbers = numbers
        self._width = len(self.columns.heads)
        self._number = self.columns.places[Column.NUMBER][0]
        self._shown = [place for place, _ in self.columns.fields]
        self._texts = [self.columns.place(one) for one in (Column.PERSON, Column.OWNER, Column.CONSENT, Column.SEGMENT)]
        self._name = self.columns.place(Column.NAME)
        self._others = self.columns.places.get(Column.OTHER, ())
        asked: tuple[tuple[Column, Callable[[str], Any], Why], ...] = (
            (Column.PRIORITY, _priority, Why.PRIORITY),
            (Column.DUE, lambda text: moment_of(text, zone), Why.DATE),
            (Column.ZONE, lambda text: zones.get(text.lower()), Why.ZONE),
            (Column.LANGUAGE, _language, Why.LANGUAGE),
        )
        self._asked = [(one[0], place, *one[1:]) for one in asked if (place := self.columns.place(one[0])) is not None]

    def read(self, row: int, cells: Sequence[str]) -> tuple[Listed | None, list[Fault]]:
        """Return the lead, None where the row is none, and the faults."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        faults = self._shape(cells)
        if faults:
            return None, faults
        number = self.numbers.read(cells[self._number])
        if not isinstance(number, Number):
            return None, [Fault(self._number, number, cells[self._number])]
        asked = self._answers(cells, faults)
        if faults:
            return None, faults
        others = self._more_numbers(cells, number.e164, faults) if self._others else ""
        person, owner, consent, segment = ["" if place is None else cells[place].strip() for place in self._texts]
        lead = Listed(
            row=row,
            number=number.e164,
            sink=-asked.get(Column.PRIORITY, 0),
            due=asked.get(Column.DUE, 0.0),
            person=person,
            name="" if self._name is None else " ".join(cells[self._name].split()),
            others=others,
            zones=asked.get(Column.ZONE) or number.zones,
            language=asked.get(Column.LANGUAGE, ""),
            owner=owner,
            consent=consent or self._consent,
            segment=segment,
            fields=FIELD.join([cells[place] for place in self._shown]),
        )
        return lead, faults

    def _shape(self, cells: Sequence[str]) -> list[Fault]:
        """What is wrong with cells whatever they are."""
        if len(cells) > self._width and any(cells[self._width :]):
            return [Fault(self._width, Why.MANY_CELLS, cells[self._width][:LONGEST_CELL], str(len(cells)))]
        whole = "\n".join(cells)
        if len(whole) <= LONGEST_CELL and not _UNREADABLE.search(whole):
            return []
        faults = [
            Fault(place, Why.LONG_CELL, cell[:80], str(len(cell)))
            for place, cell in enumerate(cells)
            if len(cell) > LONGEST_CELL
        ]
        return faults + [
            Fault(place, Why.UNREADABLE, cell[:LONGEST_CELL])
            for place, cell in enumerate(cells)
            if _UNREADABLE.search(cell)
        ]

    def _answers(self, cells: Sequence[str], faults: list[Fault]) -> dict[Column, Any]:
        answers = {}
        for column, place, ask, why in self._asked:
            text = cells[place].strip()
            if text:
                answers[column] = ask(text)
                if answers[column] is None:
                    faults.append(Fault(place, why, cells[place]))
        return answers

    def _more_numbers(self, cells: Sequence[str], first: str, faults: list[Fault]) -> str:
        """Further numbers, each once; one that is none is left out, for there is a good one."""
        found: list[str] = []
        for place in self._others:
            if not cells[place].strip():
                continue
            number = self.numbers.read(cells[place])
            if not isinstance(number, Number):
                faults.append(Fault(place, number, cells[place], left_out=True))
            elif number.e164 != first and number.e164 not in found:
                found.append(number.e164)
        return " ".join(found)


def _priority(text: str) -> int | None:
    number = re.fullmatch(r"[+-]?[0-9]{1,4}(?:\.0+)?", text)
    return int(float(text)) if number and abs(float(text)) <= PRIORITIES else None


def _language(text: str) -> str | None:
    known = _LANGUAGES.get(text.lower().replace("_", "-"))
    if known:
        return known
    code = _CODE.match(text)
    return code and "-".join(filter(None, (code[1].lower(), (code[2] or "").upper())))
