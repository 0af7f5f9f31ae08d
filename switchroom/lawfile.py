"""`dialplans/laws.yaml`: laws of this house beside those that are known (`outbound/law/profiles.py`).

It does not know when a number is dialled, nor who agreed to a law. Without the file there are `us`, `uk` and `cn`.

    debts-ohio:
      version: 2026-12-01          # kept with each dial, so a changed law needs a new one
      based_on: us                 # every line that is not written is as there; without it, as in the strictest of all
      hours:
        mon-fri: 09:00-18:00
      cap: 1%

A law that is known cannot be written anew; one with other numbers has a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ivr.calendar import date_of, hours_of, week_of
from ivr.faults import Faults, did_you_mean
from ivr.fields import Fields
from ivr.public_days import is_country
from ivr.source import read
from ivr.written import Table, Text
from outbound.campaign import Mode
from outbound.law.profile import DAY, Formula, NumberKind, Profile
from outbound.law.profiles import BUILT_IN, STRICT

__all__ = ["BASES", "BUILT_IN", "LAW_KEYS", "NAME", "Profile", "load_laws", "parse_laws"]

NAME: Final = "laws.yaml"
BASES: Final = {**BUILT_IN, STRICT.name: STRICT}
_SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,3})?)%\Z", re.ASCII)
_DAYS = re.compile(r"(\d{1,2})d\Z", re.ASCII)
_CODE = re.compile(r"\+[1-9]\d{0,6}\Z", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z", re.ASCII)
_Read = Callable[[Fields, str], Any]


def _tries(fields: Fields, key: str) -> int:
    return fields.number(key, 1, 20)


def _span(least: int, most: int) -> _Read:
    return lambda fields, key: float(fields.seconds(key, least, most))


def _share(most: float) -> _Read:
    def of(fields: Fields, key: str) -> float:
        text = fields.scalar(_written(fields, key), key)
        found = _SHARE.match(text.value)
        if found and float(found[1]) <= most:
            return float(found[1]) / 100
        if text.value:
            hint = f"write a share from 0% to {most:g}%, like 2.5%"
            fields.fault(text.place, "bad-share", f"'{key}: {text.value}' is no share that can be meant", hint)
        return 0.0

    return of


def _days(fields: Fields, key: str) -> float:
    """Whole days, `24h` being one."""
    text = fields.scalar(_written(fields, key), key)
    found = _DAYS.match("1d" if text.value == "24h" else text.value)
    if found and 1 <= int(found[1]) <= 30:
        return int(found[1]) * DAY
    if text.value:
        fields.fault(text.place, "bad-duration", f"'{key}: {text.value}' is not from 1d to 30d", "write days, like 30d")
    return DAY


def _several(kind: type[Mode | NumberKind]) -> _Read:
    """`all`, `none`, or a list of words."""

    def of(fields: Fields, key: str) -> frozenset[str]:
        texts, words = fields.texts(key), [str(word) for word in kind]
        if len(texts) == 1 and texts[0].value in {"all", "none"}:
            return frozenset(kind) if texts[0].value == "all" else frozenset()
        for text in texts:
            if text.value and text.value not in words:
                hint = did_you_mean(text.value, words)
                fields.fault(text.place, "bad-choice", f"'{key}' cannot have '{text.value}'", hint)
        return frozenset(kind(text.value) for text in texts if text.value in words)

    return of


def _week(fields: Fields, key: str) -> tuple[Any, ...]:
    return tuple(tuple(sorted(hours)) for hours, _ in week_of(fields, _written(fields, key), key))


def _hours(fields: Fields, key: str) -> tuple[Any, ...]:
    return tuple(sorted(hours_of(fields, _written(fields, key), key)))


def _zones(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(text.value for text in fields.texts(key) if _is_zone(fields, text))


def _is_zone(fields: Fields, text: Text) -> bool:
    try:
        ZoneInfo(text.value or "UTC")
    except (KeyError, OSError, ValueError):  # unknown names, folders, paths out of the zone folder
        hint = "write one like Asia/Shanghai"
        fields.fault(text.place, "unknown-zone", f"'{text.value}' is not a time zone", hint)
        return False
    return bool(text.value)


def _country(fields: Fields, key: str) -> str:
    code = fields.text(key)
    if code in {"", "none"}:
        return ""
    if not is_country(code):
        hint = "write a code like CN, GB or US-CA, or none"
        fields.fault(fields.at(key), "unknown-country", f"no holidays are known for '{code}'", hint)
    return code


def _closed(fields: Fields, key: str) -> frozenset[date]:
    days = (date_of(fields, text.value, text.place) for text in fields.texts(key))
    return frozenset(day for day in days if day is not None)


def _code(fields: Fields, key: str) -> str:
    code = fields.text(key)
    if code and not _CODE.match(code):
        fields.fault(fields.at(key), "bad-number", f"'{code}' does not begin the numbers of a country", "write +44")
    return code


def _formula(fields: Fields, key: str) -> Formula:
    known = {str(each): each for each in Formula}
    return known.get(fields.choice(key, known), Formula.STRICT)


# What each line says, in the order of the reference: the profile's field, and how it is read.
LAW_KEYS: Final[Mapping[str, tuple[str, _Read]]] = {
    "hours": ("week", _week),
    "on_holidays": ("on_holidays", _hours),
    "public_holidays": ("country", _country),
    "closed": ("closed", _closed),
    "code": ("code", _code),
    "zones": ("zones", _zones),
    "tries_on_number": ("number_tries", _tries),
    "tries_on_person": ("person_tries", _tries),
    "gap": ("gap", _span(0, 48 * 3600)),
    "lock": ("lock", _span(0, 30 * 86400)),
    "contacts": ("contacts", _tries),
    "contact_span": ("contact_span", _days),
    "consent_for": ("consent_for", _several(Mode)),
    "refuses": ("refuses", _several(NumberKind)),
    "ring_for": ("ring_for", _span(5, 60)),
    "wait": ("wait", _span(1, 5)),
    "message": ("message", lambda fields, key: fields.flag(key, default=True)),
    "cap": ("cap", _share(5)),
    "window": ("window", _days),
    "formula": ("formula", _formula),
    "false_machine": ("false_machine", _share(50)),
    "machines_abandoned": ("machines_abandoned", _share(99)),
}


def parse_laws(text: bytes, file: str) -> tuple[Mapping[str, Profile], Faults]:
    """Every law by name, those that are known first, with every fault of the text."""
    table, faults = read(text, file)
    found = dict(BUILT_IN)
    for key, value in table.entries if table else ():
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"law '{key.value}' must hold `key: value` lines")
            continue
        fields = Fields(value, faults, f"law '{key.value}'", ("version", "based_on", *LAW_KEYS), key.place)
        name = fields.sound_name(key)
        if name in BASES:
            fields.fault(key.place, "law-known", f"'{name}' is known here and stays as it is", "choose another name")
        elif name:
            found[name] = _law(name, fields)
    return found, faults


def _law(name: str, fields: Fields) -> Profile:
    known = fields.choice("based_on", BASES, STRICT.name)
    version = fields.text("version")
    if version and not _VERSION.match(version):
        fields.fault(fields.at("version"), "bad-version", f"'{version}' is not a version", "write one like 2026-12-01")
    written = {field: reading(fields, key) for key, (field, reading) in LAW_KEYS.items() if fields.has(key)}
    if known == STRICT.name and not fields.has("zones"):
        hint = "name the zones in which a number of unknown place may lie"
        fields.fault(fields.place, "missing-key", "'zones:' is not written", hint)
    return replace(BASES.get(known, STRICT), name=name, version=version, **written)


def _written(fields: Fields, key: str) -> Any:
    return fields.value(key, required=True)


def load_laws(folder: Path) -> Mapping[str, Profile]:
    """The laws of a dialplans folder that was checked before; only those that are known, where there is no file."""
    path = folder / NAME
    return parse_laws(path.read_bytes(), str(path))[0] if path.is_file() else BUILT_IN
