"""What follows from needs: whether one is harder to meet than another, and whether anybody at all could meet one.

It does not know how needs are written, nor who has which skills.

Only the levels at which a need can change its mind matter: those that it names, and no skill at all. All mixes of them
are tried; where there are too many, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from acd.needs import Every, Need, Skill, Some

MOST_MIXES = 20_000


def levels_of(*needs: Need) -> dict[str, set[int]]:
    """For each skill that is named, the least levels that are asked for."""
    found: dict[str, set[int]] = {}
    todo = list(needs)
    while todo:
        need = todo.pop()
        if isinstance(need, Skill):
            found.setdefault(need.name, set()).add(need.least)
        elif isinstance(need, Every | Some):
            todo += need.parts
        else:
            todo.append(need.part)
    return found


def lets_all(wider: Need, narrower: Need) -> bool:
    """Whether everybody who meets the narrower need meets the wider one; True when there is too much to try."""
    mixes = _mixes(levels_of(wider, narrower))
    return mixes is None or all(wider.meets(mix) for mix in mixes if narrower.meets(mix))


def can_be_met(need: Need) -> bool:
    """Whether some mix of skills meets it; `cards and not cards` cannot be met. True when there is too much to try."""
    mixes = _mixes(levels_of(need))
    return mixes is None or any(need.meets(mix) for mix in mixes)


def _mixes(levels: Mapping[str, set[int]]) -> Iterator[dict[str, int]] | None:
    choices = [[0, *sorted(found)] for found in levels.values()]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_MIXES:
        return None
    return ({name: level for name, level in zip(levels, mix, strict=True) if level} for mix in product(*choices))
