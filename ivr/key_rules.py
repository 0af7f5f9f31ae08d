"""Reading what the lines of a `collect` step demand of keyed digits, with every contradiction as a fault.

It does not know how digits are compared (`ivr/keying.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.keying import DATE_FORMS, MOST_DIGITS, DayRule, Pattern, Rules, Unreadable, pattern

if TYPE_CHECKING:
    from ivr.steps.verb import StepFields

_LENGTH = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?\Z", re.ASCII)
_SPAN = re.compile(r"(\d{1,15})-(\d{1,15})\Z", re.ASCII)
_DAYS = re.compile(r"(past|future)(?: ([1-9]\d{0,4})d)?\Z", re.ASCII)


def read_rules(fields: StepFields) -> Rules:
    """The rules of a step. Faults go to `fields`."""
    if fields.has("date"):
        return _day_rules(fields)
    if fields.has("zone"):
        fields.fault(fields.at("zone"), "bad-rule", "'zone' counts for a date only", "remove the line")
    patterns = _patterns(fields)
    least, most = _lengths(fields, patterns)
    luhn = fields.choice("check", ("luhn",), "") == "luhn"
    return Rules(least, most, patterns, _span(fields, most), luhn)


def read_length(fields: StepFields) -> tuple[int, int]:
    """The fewest and the most digits of a step that has no other rule."""
    return _lengths(fields, ())


def _day_rules(fields: StepFields) -> Rules:
    for key in ("digits", "pattern", "check"):
        if fields.has(key):
            fields.fault(fields.at(key), "bad-rule", f"a date has no '{key}'", "remove the line")
    form = fields.choice("date", DATE_FORMS)
    length = DATE_FORMS.get(form, 1)
    side, within = _side(fields)
    if form == "mmdd" and not side:
        hint = "write `range: past` or `range: future`"
        fields.fault(fields.at("date"), "bad-rule", "a date without a year needs a range", hint)
    zone = _zone(fields, bool(side))
    return Rules(length, length, day=DayRule(form if form in DATE_FORMS else "yyyymmdd", side, within, zone))


def _side(fields: StepFields) -> tuple[str, int]:
    text = fields.text("range", "")
    match = _DAYS.match(text)
    if match:
        return match[1], int(match[2] or 0)
    if text:
        hint = "write past, future, or with days like: past 30d"
        fields.fault(fields.at("range"), "bad-range", f"'{text}' is not a range of days", hint)
    return "", 0


def _zone(fields: StepFields, needed: bool) -> str:
    name = fields.text("zone", None if needed else "UTC")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, OSError, ValueError):
        fields.fault(fields.at("zone"), "unknown-zone", f"'{name}' is not a time zone", "write one like Asia/Shanghai")
        return "UTC"
    return name or "UTC"


def _patterns(fields: StepFields) -> tuple[Pattern, ...]:
    patterns = []
    for text in fields.texts("pattern", required=False):
        try:
            patterns.append(pattern(text.value))
        except Unreadable as why:
            fields.fault(text.place, "bad-pattern", f"'{text.value}' is not a pattern", str(why))
    return tuple(patterns)


def _lengths(fields: StepFields, patterns: tuple[Pattern, ...]) -> tuple[int, int]:
    spans = [one.lengths() for one in patterns]
    if not fields.has("digits") and fields.has("pattern"):
        return min((low for low, _ in spans), default=1), max((high for _, high in spans), default=1)
    text = fields.text("digits")
    match = _LENGTH.match(text)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if text and not 1 <= least <= most <= MOST_DIGITS:
        hint = f"write a length like 4 or a range like 4-19, from 1 to {MOST_DIGITS}"
        fields.fault(fields.at("digits"), "bad-length", f"'digits: {text}' is not a number of digits", hint)
    elif any(high < least or low > most for low, high in spans):
        message = f"a pattern has another length than 'digits: {text}'"
        fields.fault(fields.at("pattern"), "bad-pattern", message, "leave 'digits' out, the patterns tell the length")
    return least, most


def _span(fields: StepFields, most: int) -> tuple[int, int] | None:
    text = fields.text("range", "")
    match = _SPAN.match(text)
    if match and int(match[1]) <= int(match[2]) and int(match[1]) < 10**most:
        return int(match[1]), int(match[2])
    if text:
        hint = "write the least and the most, like 100-50000; past and future need a 'date'"
        fields.fault(fields.at("range"), "bad-range", f"'{text}' is not a range that {most} digits reach", hint)
    return None
