"""A day on this floor: what a text or a journal says of callers and shifts, with the floor's own agents.

It does not know how either is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.day.described import Day, Seat, Spell

if TYPE_CHECKING:
    from switchroom.day.dayfile import DayText
    from switchroom.plan import Plan


def day_of(text: DayText, plan: Plan, name: str, midnight: float) -> Day:
    """The described day, its opening counted from `midnight` (POSIX). Who has no shift is there all day."""
    whole = (Spell(0.0, text.seconds),)
    seats = tuple(
        Seat(profile, text.shifts.get(agent, whole), text.breaks.get(agent, ()))
        for agent, profile in plan.agent_profiles().items()
    )
    return Day(name, text.seconds, text.kinds, seats, text.busyness, midnight + text.opens)
