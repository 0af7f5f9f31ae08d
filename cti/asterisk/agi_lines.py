"""The words of FastAGI: reads a caller's introduction and a command's answer, writes commands, cleans caller names.

Pure: it does not know sockets, time, or who is allowed to speak.
"""

from __future__ import annotations

import re
import unicodedata

from lean import dataclass

LONGEST_NAME = 64  # characters
LONGEST_HEADER = 8_192  # bytes, the whole introduction
LONGEST_LINE = 2_048  # bytes
KEYS = "0123456789*#ABCD"  # no telephone has the letters, but a phone may send them: keys that nothing matches
MARK = "SWITCHROOM"  # no AGI command: its answer tells that everything before it has been read
UNKNOWN_COMMAND = 510

_ARGUMENTS = tuple(f"agi_arg_{place}" for place in range(1, 10))
_ONE_KEY = frozenset(KEYS)
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_TIME = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_UNSENDABLE = frozenset("\r\n\0")
_SEPARATORS = str.maketrans("", "", " -().\t/")
_ANSWER = re.compile(rb"(\d{3})[ -](?:result=(\S*))?(?: \(([^)]*)\))?(?: endpos=(\d+))?")


class BadLineError(ValueError):
    """What came over the connection is not AGI, or is too long. The text never repeats it."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What Asterisk says first on a connection. `token` is the path of the URL that it was sent to.

    `back` is what is to be read about a recording or a forward, for `away.read_back`. `key` is what he pressed while he
    waited. `heard` is SR_HEARD of a customer whom we dialled, for `dialling.read_heard`.
    """

    token: str
    call: str
    number: str
    name: str
    called: str
    leg: str
    answered_at: float | None
    back: tuple[str, str, str, str] = ("", "", "", "")
    key: str = ""
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended. `result` is text: keyed digits, or a number. `endpos` counts samples, None when not told."""

    code: int
    result: str
    timed_out: bool
    endpos: int | None


def read_introduction(block: bytes) -> Introduction:
    """Read the `agi_...: value` lines. Raises `BadLineError` when it is no introduction of a caller."""
    text = block.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    lines = [line.partition(":") for line in text.split("\n")]
    if not all(name.startswith("agi_") and colon for name, colon, _ in lines):
        raise BadLineError("a line of the introduction is not of the form agi_name: value")
    values = {name: value.removeprefix(" ") for name, _, value in lines}
    request, call = values.get("agi_request", ""), values.get("agi_uniqueid", "")
    if not call or not request:
        raise BadLineError("the introduction names no call")
    called, leg, answered, *back, key, heard = [values.get(name, "") for name in _ARGUMENTS]
    return Introduction(
        token=request.rpartition("/")[2].partition("?")[0],
        call=call,
        number=clean_number(values.get("agi_callerid", "")),
        name=clean_name(values.get("agi_calleridname", "")),
        called=called,
        leg=leg,
        answered_at=read_time(answered),
        back=(back[0], back[1], back[2], back[3]),
        key=key if key in _ONE_KEY else "",
        heard=heard,
    )


def read_answer(line: bytes) -> Answer:
    """Read the answer to a command. Raises `BadLineError` when it is none."""
    found = _ANSWER.match(line)
    if found is None:
        raise BadLineError("an answer does not begin with a code")
    code, result, note, endpos = found.groups()
    return Answer(
        int(code), (result or b"").decode("ascii", "replace"), note == b"timeout", int(endpos) if endpos else None
    )


def write_command(*words: str) -> bytes:
    """Write one command line, every word quoted. Raises `BadLineError` for CR, LF, NUL or too long a line."""
    if not _UNSENDABLE.isdisjoint("".join(words)):
        raise BadLineError("an AGI word holds CR, LF or NUL; clean it")
    line = " ".join(word if word.isalnum() else _quoted(word) for word in words).encode("utf-8", "replace") + b"\n"
    if len(line) > LONGEST_LINE:
        raise BadLineError(f"an AGI command is longer than {LONGEST_LINE} bytes")
    return line


def key_of(answer: Answer) -> str:
    """The key that ended a sound or a wait, "" when none did."""
    number = int(answer.result) if answer.result.lstrip("-").isdecimal() else 0
    return chr(number) if number > 0 and chr(number) in KEYS else ""


def clean_number(text: str) -> str:
    """Keep a telephone number as `+` and digits; "" for anonymous, letters, or anything that is no number."""
    bare = text.translate(_SEPARATORS)
    return bare if _NUMBER.fullmatch(bare) and bare.isascii() else ""


def clean_name(text: str) -> str:
    """Keep what a person may be called: no control or direction characters, no broken UTF-8, at most 64 characters."""
    kept = text if text.isascii() and text.isprintable() else _without_controls(text)
    name = " ".join(kept.split())[:LONGEST_NAME].rstrip()
    return "" if name.lower() in {"unknown", "<unknown>", "anonymous"} else name


def _without_controls(text: str) -> str:
    return "".join(
        " " if letter in "\t\n\r" else letter
        for letter in text
        if letter in "\t\n\r" or (letter != "\ufffd" and unicodedata.category(letter)[0] != "C")
    )


def read_time(text: str) -> float | None:
    """Read POSIX seconds such as `1732220000.125`; None for anything else."""
    return float(text) if text and _TIME.fullmatch(text) else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
