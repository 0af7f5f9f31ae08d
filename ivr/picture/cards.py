"""How much room a step takes in a picture, and what is written in it: name, marks, verb, subject, ways out.

It does not know colours, nor where a card stands. Widths of letters are those of a wide sans-serif, so that a text fits
whatever font shows it; Chinese letters are square.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from ivr.flow import Resume
from ivr.picture.light import Light
from ivr.picture.sketch import Node, Way

HEIGHT = 64.0
PADDING = 12.0
NAME, SMALL, TINY = 13.0, 11.0, 9.5  # sizes of letters
CHIP_HEIGHT, CHIP_GAP = 17.0, 5.0
LONGEST_NAME, LONGEST_SUBJECT, LONGEST_EXITS = 32, 40, 30
KEYS = {**{digit: digit for digit in "0123456789"}, "star": "*", "pound": "#"}
_NARROW, _WIDE = frozenset("ijl.,:;'|!()[]{} ftr-"), frozenset("mwMWQO@%&")


@dataclass(frozen=True, slots=True)
class Chip:
    """A way out at a card's lower edge. `at` is its middle, counted from the card's left edge."""

    way: Way
    label: str
    is_key: bool
    loops: bool
    at: float
    width: float
    count: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A step as it is written. `marks` are the texts of what is special about it, `number` its place in a call."""

    node: Node
    name: str
    subject: str
    chips: tuple[Chip, ...]
    marks: tuple[str, ...]
    width: float
    entries: str = ""
    number: str = ""


def card_of(node: Node, ways: tuple[Way, ...], light: Light) -> Card:
    """The card of a step, its ways out in this order."""
    name, subject = clipped(node.name, LONGEST_NAME), clipped(node.subject, LONGEST_SUBJECT)
    marks, label = _marks(node), label_of(node)
    entries = f"{light.entries.get(node.name, 0):,}" if light.calls is not None else ""
    chips = _chips(node, ways, light)
    used = chips[-1].at + chips[-1].width / 2 if chips else 0.0
    first = length(name, NAME, bold=True) + 16 + sum(length(mark, TINY) + 20 for mark in marks)
    second = length(subject, SMALL) + (length(entries, SMALL, bold=True) + 18 if entries else 0.0)
    width = max(first + length(label, TINY, bold=True), second, used, 74.0) + 2 * PADDING
    shift = PADDING + (width - 2 * PADDING - used) / 2
    placed = tuple(
        Chip(c.way, c.label, c.is_key, c.loops, round(c.at + shift, 1), c.width, c.count) for c in chips
    )
    return Card(node, name, subject, placed, marks, round(width, 1), entries, _number(light, node.name))


def label_of(node: Node) -> str:
    """What stands in the corner: the verb, or what is wrong."""
    return node.verb or ("no such step" if node.missing else "at fault")


def _marks(node: Node) -> tuple[str, ...]:
    resumes = {Resume.FREELY: ("resume",), Resume.AUTHENTICATED: ("resume after proof",), Resume.NEVER: ()}
    return (*((f"goal {clipped(node.goal, LONGEST_NAME)}",) if node.goal else ()), *resumes[node.resume])


def _chips(node: Node, ways: tuple[Way, ...], light: Light) -> tuple[Chip, ...]:
    chips: list[Chip] = []
    at = 0.0
    for way in ways:
        keys = all(name in KEYS for name in way.exits)
        label = clipped(" · ".join(KEYS.get(name, name) for name in way.exits), LONGEST_EXITS)
        count = f"{light.count(node.name, way):,}" if light.calls is not None else ""
        loops = way.target == node.name
        width = length(label, TINY, bold=keys) + 11 + (12 if loops else 0) + (length(count, TINY) + 7 if count else 0)
        width = round(max(width, CHIP_HEIGHT), 1)
        chips.append(Chip(way, label, keys, loops, at + width / 2, width, count))
        at += width + CHIP_GAP
    return tuple(chips)


def _number(light: Light, step: str) -> str:
    numbers = light.numbers.get(step, ())
    shown = ", ".join(str(number) for number in numbers[:3])
    return f"{shown}, ..." if len(numbers) > 3 else shown


def clipped(text: str, most: int) -> str:
    """A text of at most so many letters, a Chinese one counting for two."""
    used = 0
    for at, letter in enumerate(text):
        used += 1 + is_wide(letter)
        if used > most:
            return text[: max(1, at - 1)].rstrip() + "…"
    return text


def length(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is, rather more than less."""
    return sum(_letter(letter) for letter in text) * size * (1.08 if bold else 1.0)


def _letter(letter: str) -> float:
    if is_wide(letter):
        return 1.0
    if letter in _NARROW:
        return 0.4
    return 0.9 if letter in _WIDE else 0.7 if letter.isupper() else 0.6


def is_wide(letter: str) -> bool:
    """Whether a letter takes two cells of a terminal."""
    return unicodedata.east_asian_width(letter) in "WF"
