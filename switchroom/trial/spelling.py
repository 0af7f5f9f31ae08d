"""How the small things of a transcript are spelled: words, lengths of time, keys, moments. Read and written here.

It does not know lines or what they mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.faults import Place
from switchroom.trial.script import KEYS, MASK

LONGEST = 31 * 86400  # seconds
KEY_WORDS = {"star": "*", "pound": "#"}
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
NUMBER = re.compile(r"\+?[0-9]{1,20}\Z")
_WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SPAN = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7}(?:\.\d{1,3})?)s)?\Z")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


class Unfit(Exception):
    """Something is spelled as it cannot be. `place` is where; `hint` says what to write."""

    def __init__(self, place: Place, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.code, self.message, self.hint = place, code, message, hint


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line, without its quotes; `raw` is as written."""

    text: str
    place: Place
    raw: str = ""


def words_of(line: str, number: int) -> list[Word]:
    """The words of a line, up to a comment. Raises `Unfit` for an open quote."""
    if line.lstrip().startswith("#"):
        return []
    found = []
    end = 0
    for match in _WORD.finditer(line):
        if line[end : match.start()].strip():
            break
        place = Place(number, match.start() + 1, len(match[0]))
        found.append(Word(_QUOTED.sub(_plain, match[0]), place, match[0]))
        end = match.end()
    if line[end:].strip():
        column = end + len(line[end:]) - len(line[end:].lstrip()) + 1
        raise Unfit(Place(number, column), "open-quote", 'the quote `"` is not closed', 'write "..." on one line')
    comment = next((at for at, word in enumerate(found[:-1]) if word.raw == "#"), len(found))
    return found[:comment]


def _plain(quoted: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1])


def quoted(text: str) -> str:
    """A value as one word."""
    if text and not re.search(r'[\s"\\#]', text):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", " ".join(text.split())) + '"'


def seconds_of(word: Word) -> float:
    """A length of time: `90s`, `4m`, `1h30m`, `2.5s`."""
    span = _SPAN.match(word.text)
    if span is None or not word.text:
        hint = "write a number with its unit, like 90s, 4m or 1h30m"
        raise Unfit(word.place, "bad-duration", f"'{word.text}' is not a length of time", hint)
    seconds = int(span[1] or 0) * 3600 + int(span[2] or 0) * 60 + float(span[3] or 0)
    if seconds > LONGEST:
        raise Unfit(word.place, "out-of-range", f"'{word.text}' is longer than 31 days")
    return seconds


def span_of(seconds: float) -> str:
    """A length of time as it is written, to the tenth of a second."""
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36000)
    minutes, rest = divmod(rest, 600)
    tail = f"{rest / 10:g}s" if rest or not (hours or minutes) else ""
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "") + tail


def keys_of(words: list[Word]) -> str:
    """Keys, or the words `star` and `pound`; blanks between them are nothing."""
    keys = ""
    for word in words:
        pressed = KEY_WORDS.get(word.text, word.text)
        wrong = next((at for at, key in enumerate(pressed) if key not in KEYS + MASK), None)
        if wrong is not None:
            place = Place(word.place.line, word.place.column + wrong)
            raise Unfit(place, "bad-key", f"'{pressed[wrong]}' is not a key", "keys are 0 to 9, star and pound")
        keys += pressed
    return keys


def written_keys(keys: str) -> str:
    """Keys as `keys_of` reads them."""
    return next((word for word, key in KEY_WORDS.items() if key == keys), keys)


def zone_of(word: Word) -> ZoneInfo:
    """A time zone of this machine."""
    try:
        return ZoneInfo(word.text)
    except (ValueError, OSError, KeyError) as error:
        hint = "write one like Asia/Shanghai, Europe/Amsterdam or UTC"
        raise Unfit(word.place, "unknown-zone", f"there is no time zone '{word.text}'", hint) from error


def clock_of(word: Word) -> str:
    """A time of day."""
    if not _TIME.match(word.text):
        raise Unfit(word.place, "bad-time", f"'{word.text}' is not a time of day", "write one like 23:30")
    return word.text


def is_day(text: str) -> bool:
    """Whether it looks like a date."""
    return _DAY.match(text) is not None


def moment_of(day: Word, time: Word, zone: ZoneInfo) -> float:
    """POSIX seconds of a date and a time in a zone."""
    shown = clock_of(time)
    hour, minute, second = (int(part or 0) for part in _parts(shown))
    try:
        at = datetime.strptime(day.text, "%Y-%m-%d").replace(hour=hour, minute=minute, second=second, tzinfo=zone)
        return at.timestamp()
    except (ValueError, OverflowError) as error:
        hint = "write one like 2026-03-02"
        raise Unfit(day.place, "bad-date", f"'{day.text}' is not a date", hint) from error


def moved_clock(now: float, zone: ZoneInfo, day: str, time: str) -> float:
    """POSIX seconds when a clock that shows `now` is set to another time, on the same day when `day` is ""."""
    shown = datetime.fromtimestamp(now, zone)
    if day:
        shown = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone)
    hour, minute, second = (int(part or 0) for part in _parts(time))
    return shown.replace(hour=hour, minute=minute, second=second, microsecond=0).timestamp()


def written_moment(at: float, zone: str) -> str:
    """Date and time as an opening has them."""
    shown = datetime.fromtimestamp(at, ZoneInfo(zone))
    return shown.strftime("%Y-%m-%d %H:%M:%S" if shown.second else "%Y-%m-%d %H:%M")


def written_time(at: float, zone: str) -> str:
    """The time of day."""
    shown = datetime.fromtimestamp(at, ZoneInfo(zone))
    return shown.strftime("%H:%M:%S" if shown.second else "%H:%M")


def _parts(time: str) -> tuple[str | None, ...]:
    found = _TIME.match(time)
    return found.groups() if found else ("0", "0", "0")
