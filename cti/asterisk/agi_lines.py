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

_INTRODUCED = re.compile(r"^agi_([^:\n]*): ?(.*)$", re.MULTILINE)
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
    lines = _INTRODUCED.findall(text)
    if len(lines) != text.count("\n") + 1:
        raise BadLineError("a line of the introduction is not of the form agi_name: value")
    values: dict[str, str] = dict(lines)
    if not values.get("uniqueid") or not values.get("request"):
        raise BadLineError("the introduction names no call")
    return Introduction(
        token=values["request"].rpartition("/")[2].partition("?")[0],
        call=values["uniqueid"],
        number=clean_number(values.get("callerid", "")),
        name=clean_name(values.get("calleridname", "")),
        called=values.get("arg_1", ""),
        leg=values.get("arg_2", ""),
        answered_at=read_time(values.get("arg_3", "")),
        back=(values.get("arg_4", ""), values.get("arg_5", ""), values.get("arg_6", ""), values.get("arg_7", "")),
        key=key if (key := values.get("arg_8", "")) in {*KEYS} else "",
        heard=values.get("arg_9", ""),
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
