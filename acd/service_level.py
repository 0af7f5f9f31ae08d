"""How well those who asked for a person were served: every rate with its own name, formula and base.

It does not know how long anybody waited: `acd/tally.py` counts.

What is in no base, and shown apart: callers who still wait, for nothing is decided about them, and callers
whom the platform lost (`lost`), for they neither left nor were left; a centre that loses callers sees it in
a count of its own, not hidden in a rate.

A rate is never shown without its name: the six differ by nine points on one and the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET = 20.0
SHORT = 5.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the rates are made of; "in time" is within the target. Waits are in milliseconds."""

    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    short_abandoned: int = 0
    flowed_out: int = 0
    lost: int = 0
    waiting: int = 0
    answered_waits: int = 0
    longest: int = 0
    callback: int = 0

    @property
    def asked(self) -> int:
        """All who asked for a person, whatever became of it."""
        return self.decided + self.lost + self.waiting

    @property
    def decided(self) -> int:
        """Those who asked for a person and were answered, gave up, flowed out or left to be called back."""
        return self.answered + self.abandoned + self.flowed_out + self.callback


def sl1(c: Counts) -> float | None:
    """(answered in time + abandoned in time) / (answered + abandoned)."""
    return percent(c.answered_in_time + c.abandoned_in_time, c.answered + c.abandoned)


def sl2(c: Counts) -> float | None:
    """Answered in time / answered. Flatters: it hides everybody who gave up."""
    return percent(c.answered_in_time, c.answered)


def sl3(c: Counts) -> float | None:
    """Answered in time / (answered + abandoned)."""
    return percent(c.answered_in_time, c.answered + c.abandoned)


def sl4(c: Counts) -> float | None:
    """Answered in time / (answered + abandoned after the target)."""
    return percent(c.answered_in_time, c.answered + c.abandoned - c.abandoned_in_time)


def sl5(c: Counts) -> float | None:
    """Answered in time / (answered + abandoned - short abandons)."""
    return percent(c.answered_in_time, c.answered + c.abandoned - c.short_abandoned)


def sl6(c: Counts) -> float | None:
    """Answered in time / (answered + abandoned + flowed out + call-backs): the base is all who asked for a person."""
    return percent(c.answered_in_time, c.decided)


def asa(c: Counts) -> float | None:
    """Average speed of answer in seconds: waits of the answered / answered, waits of 0 s included."""
    return c.answered_waits / 1000 / c.answered if c.answered else None


def connect_rate(c: Counts) -> float | None:
    """Answered / all who asked for a person and wait no more, with no limit of time; the lost are in the base."""
    return percent(c.answered, c.decided + c.lost)


def abandon_rate(c: Counts) -> float | None:
    """Abandoned / (answered + abandoned), short abandons included."""
    return percent(c.abandoned, c.answered + c.abandoned)


def short_abandon_rate(c: Counts) -> float | None:
    """Abandoned within the short limit / (answered + abandoned)."""
    return percent(c.short_abandoned, c.answered + c.abandoned)


def longest_wait(c: Counts) -> float | None:
    """Longest wait in seconds among those answered, abandoned, flowed out or called back."""
    return c.longest / 1000 if c.decided else None


def percent(part: int, base: int) -> float | None:
    """Tell part of base in percent, not rounded; None when there is no base."""
    return 100 * part / base if base else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A rate's key, its names in English and Chinese, and its formula. `{t}` and `{s}` stand for seconds."""

    key: str
    en: str
    zh: str
    formula: Callable[[Counts], float | None]

    @property
    def text(self) -> str:
        """The formula in words."""
        return self.formula.__doc__ or ""

    def name(self, language: str, target: float = TARGET, short: float = SHORT) -> str:
        """Say the rate's full name with its base; Chinese for zh and zh-CN, else English."""
        template = self.zh if language.lower().startswith("zh") else self.en
        return template.format(t=f"{target:g}", s=f"{short:g}")


SL1 = Definition(
    "sl1",
    "Answered or abandoned within {t} s (answered + abandoned base)",
    "{t}秒内接听或放弃率 (接听+放弃为基数)",
    sl1,
)
SL2 = Definition("sl2", "Answered within {t} s (answered base)", "{t}秒接听率 (接听量为基数)", sl2)
SL3 = Definition("sl3", "Answered within {t} s (answered + abandoned base)", "{t}秒接听率 (接听+放弃为基数)", sl3)
SL4 = Definition(
    "sl4",
    "Answered within {t} s (answered + abandoned after {t} s base)",
    "{t}秒接听率 (接听+{t}秒后放弃为基数)",
    sl4,
)
SL5 = Definition(
    "sl5",
    "Answered within {t} s (answered + abandoned after {s} s base)",
    "{t}秒接听率 (接听+{s}秒后放弃为基数)",
    sl5,
)
SL6 = Definition("sl6", "Answered within {t} s (asked-for-person base)", "{t}秒接听率 (请求人工为基数)", sl6)

DEFINITIONS = (SL1, SL2, SL3, SL4, SL5, SL6)
HEADLINE = SL6
BESIDE = SL3
