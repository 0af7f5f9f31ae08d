"""A fault in the configuration: which key, what is wrong with it, what to do.

It does not know where the values came from, and it never repeats the value of a key that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from switchroom.settings import NodeSettings, Section, Settings
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `key` is dotted ("node.1.name"), `origin` a place in the file or a variable."""

    key: str
    problem: str
    remedy: str
    origin: str = ""

    def __str__(self) -> str:
        where = f" ({self.origin})" if self.origin else ""
        return f"{self.key or say('config.whole')}{where}: {self.problem}\n    -> {self.remedy}"


class ConfigError(Exception):
    """The configuration cannot be used; `faults` has everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def sections() -> dict[str, type[Section]]:
    """Return each table of switchroom.toml with its shape; "node" is the one that may be repeated."""
    found: dict[str, type[Section]] = {}
    for name, field in Settings.model_fields.items():
        shape: Any = field.annotation
        found[field.alias or name] = shape if isinstance(shape, type) else NodeSettings
    return found


def dotted(location: tuple[int | str, ...]) -> str:
    """Return ("node", 0, "name") as "node.1.name": people count from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def guess(word: str, known: list[str]) -> str:
    """Return the known word that `word` was probably meant to be, or ""."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else ""


def unknown_key(key: str, word: str, known: list[str], origin: str) -> Fault:
    """Return the fault of a key that does not exist, with the nearest one that does."""
    meant = guess(word, known)
    remedy = say("config.meant", meant=meant)
    if not meant:
        remedy = say("config.known", known=", ".join(sorted(known)))
    return Fault(key, say("config.unknown"), remedy, origin)


def fault_from(found: ErrorDetails, origins: Mapping[str, str]) -> Fault:
    """Return pydantic's error in our words."""
    key = dotted(found["loc"])
    origin = origins.get(key, "")
    if found["type"] == "extra_forbidden":
        shapes = sections()
        known = list(shapes[str(found["loc"][0])].model_fields) if len(found["loc"]) > 1 else list(shapes)
        return unknown_key(key, str(found["loc"][-1]), known, origin)
    problem, remedy = _in_words(found["type"], found.get("ctx", {}), str(found["loc"][-1]))
    if found["type"] in {"missing", "model_type", "tuple_type"}:
        return Fault(key, problem, remedy, origin)
    given = repr(found["input"])
    shown = given if len(given) <= SHOWN else given[:SHOWN] + "..."
    return Fault(key, say("config.not", problem=problem, given=shown), remedy, origin)


def _in_words(kind: str, limits: Mapping[str, Any], key: str) -> tuple[str, str]:
    if kind in {"model_type", "tuple_type"}:
        return say("config.table"), say("config.table.remedy", key=key)
    if kind == "enum":
        return say("config.choice"), say("config.choice.remedy", choices=limits["expected"].replace("'", ""))
    if kind in {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}:
        return say("config.range"), say(f"config.{kind}", limit=next(iter(limits.values())))
    if kind == "string_pattern_mismatch":
        return say("config.letters"), say("config.letters.remedy", pattern=limits["pattern"])
    for word in ("missing", "bool", "int", "float", "string", "path"):
        if kind.startswith(word):
            return say(f"config.{word}"), say(f"config.{word}.remedy", key=key)
    return say("config.unfit", kind=kind), say("config.unfit.remedy")
