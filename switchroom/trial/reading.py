"""Reading transcripts from text, with every fault at its line and column. Whatever the text holds, it never raises.

It does not know flows or prompts: whether a name exists is found out when the transcript is played.

    call 4008001 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai
    > play welcome
    press 1
    > join queue cards  priority=5
    after 4m
    hang up
    > end  path: opening, welcome, cards
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ivr.faults import Fault, Faults, Place
from switchroom.trial import script as s
from switchroom.trial.reading_moves import lines_of, pairs, text_at
from switchroom.trial.spelling import (
    NAME,
    NUMBER,
    Unfit,
    Word,
    moment_of,
    words_of,
    zone_of,
)

MAX_BYTES = 1024 * 1024
LONGEST_LINE = 4000
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SETTINGS = {"name": "name", "customer": "customer", "customer-name": "customer_name", "segment": "segment"}
_FORM = "call NUMBER from NUMBER at DATE TIME ZONE"


def read_transcripts(text: str | bytes, file: str) -> tuple[tuple[s.Transcript, ...], tuple[Fault, ...]]:
    """Every transcript in the text, or () and every fault. `file` is the name that the faults carry."""
    faults, decoded = _decoded(text, file)
    if faults:
        return (), faults.all()
    faults = Faults(file, decoded)
    reader = _Reader(faults)
    for number, line in enumerate(faults.lines, 1):
        reader.line(line, number)
    reader.close()
    if not reader.found and not faults:
        faults.add(Place(), "no-call", "there is no call in this file", f"begin with: {_FORM}")
    return ((), faults.all()) if faults else (tuple(reader.found), ())


def read_moves(text: str) -> tuple[s.Line, ...]:
    """One line of a transcript that was typed. Raises `Unfit`."""
    return tuple(lines_of(words_of(text, 1)))


def _decoded(text: str | bytes, file: str) -> tuple[Faults, str]:
    faults = Faults(file)
    if len(text) > MAX_BYTES:
        faults.add(Place(), "too-large", f"the file has {len(text)} bytes; at most {MAX_BYTES} are read")
        return faults, ""
    if isinstance(text, str):
        return faults, text
    try:
        return faults, text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{text[error.start]:02x} is not UTF-8"
        faults.add(Place(line), "bad-utf8", message, "save the file as UTF-8")
        return faults, ""


@dataclass(slots=True)
class _Reader:
    """The file so far: finished transcripts, and the open one."""

    faults: Faults
    found: list[s.Transcript] = field(default_factory=list)
    opening: tuple[s.Opening, Place, str] | None = None
    lines: list[s.Line] = field(default_factory=list)
    title: str = ""
    started: bool = False

    def line(self, line: str, number: int) -> None:
        try:
            self._line(line, number)
        except Unfit as wrong:
            self.faults.add(wrong.place, wrong.code, wrong.message, wrong.hint)

    def _line(self, line: str, number: int) -> None:
        unfit = _UNFIT.search(line)
        if unfit:
            place = Place(number, unfit.start() + 1)
            raise Unfit(place, "control-character", f"character U+{ord(unfit[0]):04X} is not allowed", "remove it")
        if len(line) > LONGEST_LINE:
            raise Unfit(Place(number), "too-long", f"a line has at most {LONGEST_LINE} characters")
        words = words_of(line, number)
        if not words:
            self.title = line.strip().lstrip("# ").strip()
            return
        if words[0].text == "call" and text_at(words, 1) != "again":
            self.close()
            self.started = True
            self.opening = (_opening(words), words[0].place, self.title)
        elif not self.started:
            raise Unfit(words[0].place, "no-call", "nothing can happen before the call", f"begin with: {_FORM}")
        else:
            self.lines.extend(lines_of(words))

    def close(self) -> None:
        """The open transcript is complete."""
        if self.opening is not None:
            opening, place, title = self.opening
            self.found.append(s.Transcript(self.faults.file, title, opening, tuple(self.lines), place))
        self.opening, self.lines = None, []


def _opening(words: list[Word]) -> s.Opening:
    form = [text_at(words, at) for at in (0, 2, 4)]
    if form != ["call", "from", "at"] or len(words) < 8:
        raise Unfit(words[0].place, "bad-call", "a call is not written like this", f"write: {_FORM}")
    called, number = words[1], words[3]
    if not (NUMBER.match(called.text) or NAME.match(called.text)):
        raise Unfit(called.place, "bad-number", f"'{called.text}' is no number and no flow", "write digits")
    if number.text != s.WITHHELD and not NUMBER.match(number.text):
        raise Unfit(number.place, "bad-number", f"'{number.text}' is not a number", "write digits, or withheld")
    zone = zone_of(words[7])
    given = {}
    for key, value, _ in pairs(words[8:], tuple(_SETTINGS)):
        given[_SETTINGS[key]] = value
    shown = "" if number.text == s.WITHHELD else number.text
    return s.Opening(called.text, shown, moment_of(words[5], words[6], zone), words[7].text, **given)
