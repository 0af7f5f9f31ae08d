"""What an agent must be able to do, read from its text: `cards 2 and (english or mandarin 3)`.

It does not know agents or queues, nor what a need is used for. Nothing is evaluated: the text becomes a tree of frozen
records, or the first fault with its column.

The grammar, loosest first: `or`, `and`, `not`, brackets, and then a skill with its least level from 1 to 9, which is 1
when it is left out. `anybody` alone asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from acd.needs import ANYBODY, Every, Need, Skill, Some, Without
from ivr.faults import did_you_mean
from ivr.parsing import Malformed
from ivr.steps.queue import HIGHEST_LEVEL

ANYBODY_AT_ALL = "anybody"
MAX_LENGTH = 500  # characters
MAX_TOKENS = 120
MAX_DEPTH = 12
_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]+(?![a-z0-9-]))|(?P<word>[a-z0-9][a-z0-9-]*)|(?P<sign>[()]))")
_WORDS = frozenset({"and", "or", "not"})
_ADVICE = {
    ",": "write: and, or",
    "&": "write: and",
    "|": "write: or",
    "!": "write: not",
    ":": "write the level behind the skill, like cards 2",
    "=": "write the level behind the skill, like cards 2",
    ">": "a level is the least one: write cards 2",
    "<": "write: not, like not trainee 3",
}


class _Fault(Exception):
    def __init__(self, message: str, at: int, width: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.malformed = Malformed(message, at, max(1, width), hint)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, word, sign, end
    value: str
    at: int

    def shown(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.value}'"


@dataclass(frozen=True, slots=True)
class Named:
    """A skill that a text names: at which character, and whether it is one that an agent must not have."""

    skill: str
    at: int
    excluded: bool


def read_need(text: str) -> Need | Malformed:
    """The need that `text` says, or its first fault. Never raises."""
    return _read(text)[0]


def skills_in(text: str) -> tuple[Named, ...]:
    """The skills that a sound text names, in its order; () for one at fault."""
    return _read(text)[1]


def _read(text: str) -> tuple[Need | Malformed, tuple[Named, ...]]:
    if text.strip() == ANYBODY_AT_ALL:
        return ANYBODY, ()
    try:
        reader = _Reader(_tokens(text))
        return reader.whole(), tuple(reader.named)
    except _Fault as fault:
        return fault.malformed, ()


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise _Fault(f"{len(text)} characters; a need has at most {MAX_LENGTH}", 0)
    tokens, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match:
            at += len(text[at:]) - len(text[at:].lstrip())
            hint = _ADVICE.get(text[at], "names are small letters, digits and hyphens")
            raise _Fault(f"'{text[at]}' cannot stand here", at, 1, hint)
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    if len(tokens) > MAX_TOKENS:
        raise _Fault(f"{len(tokens)} words; a need has at most {MAX_TOKENS}", tokens[MAX_TOKENS].at)
    return [*tokens, _Token("end", "", end)]


class _Reader:
    """Reads by descent; depth is bounded."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens: Iterator[_Token] = iter(tokens)
        self._now = next(self._tokens)
        self._depth = 0
        self._nots = 0
        self.named: list[Named] = []

    def whole(self) -> Need:
        if self._now.kind == "end":
            raise _Fault("nothing is written", 0)
        need = self._any()
        if self._now.kind != "end":
            raise self._cannot_follow()
        return need

    def _cannot_follow(self) -> _Fault:
        hint = did_you_mean(self._now.value, ("and", "or")) if self._now.kind == "word" else "write: and, or"
        return _Fault(f"{self._now.shown()} cannot follow here", self._now.at, len(self._now.value), hint)

    def _any(self) -> Need:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _all(self) -> Need:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Need:
        token = self._now
        if token.value == "not" and token.kind == "word":
            self._deeper()
            self._move()
            self._nots += 1
            need = Without(self._one())
            self._nots -= 1
            self._depth -= 1
            return need
        if token.kind == "sign" and token.value == "(":
            return self._bracket(token)
        return self._skill(token)

    def _bracket(self, opened: _Token) -> Need:
        self._deeper()
        self._move()
        need = self._any()
        if self._now.kind == "end":
            raise _Fault("'(' has no ')'", opened.at, 1, "write the closing bracket")
        if not (self._now.kind == "sign" and self._now.value == ")"):
            raise self._cannot_follow()
        self._move()
        self._depth -= 1
        return need

    def _skill(self, token: _Token) -> Need:
        if token.kind != "word" or token.value in _WORDS:
            message = f"a skill is needed before {token.shown()}"
            raise _Fault(message, token.at, len(token.value), "write a skill's name")
        self._move()
        self.named.append(Named(token.value, token.at, self._nots % 2 == 1))
        return Skill(token.value, self._level())

    def _level(self) -> int:
        if self._now.kind != "number":
            return 1
        token = self._now
        if not 1 <= int(token.value[:9]) <= HIGHEST_LEVEL:
            message = f"a level is from 1 to {HIGHEST_LEVEL}, not {token.value}"
            raise _Fault(message, token.at, len(token.value), "write `not` for a skill that must be missing")
        self._move()
        return int(token.value)

    def _takes(self, word: str) -> bool:
        if self._now.kind == "word" and self._now.value == word:
            self._move()
            return True
        return False

    def _move(self) -> None:
        self._now = next(self._tokens)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Fault(f"more than {MAX_DEPTH} levels inside each other", self._now.at)
