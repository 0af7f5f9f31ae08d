"""What a contact needs of the agent who serves it: a tree of skills with levels, joined by and, or, not.

It does not know agents, nor who of those who meet a need is best. A need is a frozen value, so equal needs are one and
can be looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill at its least level. Who does not have it at all meets no level, not even 0."""

    name: str
    least: int = 1

    def meets(self, levels: Mapping[str, int]) -> bool:
        """Tell whether somebody with these levels will do."""
        return self.name in levels and levels[self.name] >= self.least

    def lacking(self, levels: Mapping[str, int]) -> Iterator[Need]:
        """Give what of it is not met: the skill."""
        if not self.meets(levels):
            yield self


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts; `Every(())` is met by anybody."""

    parts: tuple[Need, ...] = ()

    def meets(self, levels: Mapping[str, int]) -> bool:
        return all(part.meets(levels) for part in self.parts)

    def lacking(self, levels: Mapping[str, int]) -> Iterator[Need]:
        for part in self.parts:
            yield from part.lacking(levels)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts; `Some(())` is met by nobody."""

    parts: tuple[Need, ...]

    def meets(self, levels: Mapping[str, int]) -> bool:
        return any(part.meets(levels) for part in self.parts)

    def lacking(self, levels: Mapping[str, int]) -> Iterator[Need]:
        if not self.meets(levels):
            yield self


@dataclass(frozen=True, slots=True)
class Without:
    """Anybody who does not meet the part."""

    part: Need

    def meets(self, levels: Mapping[str, int]) -> bool:
        return not self.part.meets(levels)

    def lacking(self, levels: Mapping[str, int]) -> Iterator[Need]:
        if self.part.meets(levels):
            yield self


Need = Skill | Every | Some | Without

ANYBODY = Every()


def with_skills(need: Need, skills: tuple[tuple[str, int], ...]) -> Need:
    """Join a need and (name, least level) pairs."""
    if not skills:
        return need
    asked = tuple(Skill(name, least) for name, least in skills)
    return Every(asked) if need == ANYBODY else Every((need, *asked))


def in_words(need: Need) -> str:
    """Write a need as `queues.yaml` would say it: `loans 3 and (en 1 or zh 1) and not trainee 1`."""
    if isinstance(need, Skill):
        return f"{need.name} {need.least}"
    if isinstance(need, Without):
        return f"not {_bracketed(need.part)}"
    joined = " and " if isinstance(need, Every) else " or "
    empty = "anybody" if isinstance(need, Every) else "nobody"
    return joined.join(_bracketed(part) for part in need.parts) or empty


def _bracketed(need: Need) -> str:
    is_plain = isinstance(need, Skill | Without) or len(need.parts) == 1
    return in_words(need) if is_plain else f"({in_words(need)})"
