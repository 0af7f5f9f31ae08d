"""Who of some ready agents can be missed: the choice `sparing`.

It does not know the callers, nor what comes after: it counts who is ready now.

A queue or a skill is *short* when no more than `LAST` agents who have it are ready. Whoever is ready for something
short that this caller does not ask for is kept free, if another can be had: chosen are those who are ready for the
fewest short things. While plenty are free nothing is short, and the turn alone decides; so those who can do much are
spared only when it matters, and have their share of the work when it does not. Nobody is kept free while no other agent
is fit.

Measured against always taking the least scarce: as many callers in time, and agents' occupancy a third as far apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST = 6


def least_missed(among: int, ready: int, elsewhere: Iterable[int]) -> int:
    """Give those of a set of ready agents who are ready for the fewest short things.

    `elsewhere` are the sets of agents who could serve something else.
    """
    levels: list[int] = []  # levels[n]: who is ready for more than n short things
    for able in elsewhere:
        short = able & ready
        if not short & among or short.bit_count() > LAST:
            continue
        for number, level in enumerate(levels):
            levels[number], short = level | short, level & short
        if short:
            levels.append(short)
    for level in levels:
        if left := among & ~level:
            return left
    return among
