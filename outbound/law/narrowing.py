"""A campaign within its law, and one edition of a law beside the one before: who asks for more than is given.

It does not know who may change what, nor where the texts are. Caps and hours belong to the law: a campaign may only
narrow them. A law that gives more than it did is a widened one, and needs a second person's word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outbound.campaign import Campaign, Mode
from outbound.law.profile import Profile, Week

LEAVES_TO_CHANCE = frozenset({Mode.RATIO, Mode.PREDICTIVE})  # somebody may answer and find no agent


@dataclass(frozen=True, slots=True)
class Breach:
    """What a campaign asks for and its law does not give. `key` is the line of its text, `told` what it may be."""

    key: str
    told: str


def breaches(campaign: Campaign, law: Profile) -> tuple[Breach, ...]:
    """Everything in which the campaign goes beyond its law; () when it stays within."""
    return tuple(_breaches(campaign, law))


def _breaches(campaign: Campaign, law: Profile) -> Iterator[Breach]:
    if campaign.cap > law.cap:
        yield Breach("cap", f"law '{law.name}' allows {law.cap:.1%} at the most, not {campaign.cap:.1%}")
    if campaign.ring_for < law.ring_for:
        yield Breach("ring_for", f"law '{law.name}' asks to let it ring {law.ring_for:g} s at least")
    if campaign.mode in LEAVES_TO_CHANCE and law.message and not campaign.message:
        yield Breach("message", f"law '{law.name}' asks for a message to who finds no agent within {law.wait:g} s")
    if campaign.window is not None and not _meets(campaign.window, law.week):
        yield Breach("window", f"law '{law.name}' allows no calls at these hours on any day")


def _meets(window: tuple[int, int], week: Week) -> bool:
    return any(start < window[1] and window[0] < end for hours in week for start, end in hours)


def widened(before: Profile, after: Profile) -> tuple[str, ...]:
    """In which of its rules the law gives more than it did, by their names, in order; () when in none."""
    more = ("number_tries", "person_tries", "contacts", "cap", "wait", "machines_abandoned")
    less = ("gap", "lock", "contact_span", "ring_for", "false_machine")
    found = {name for name in more if getattr(after, name) > getattr(before, name)}
    found |= {name for name in less if getattr(after, name) < getattr(before, name)}
    for name, (was, now) in {
        "consent_for": (before.consent_for, after.consent_for),
        "refuses": (before.refuses, after.refuses),
        "closed": (before.closed, after.closed),
        "zones": (frozenset(before.zones), frozenset(after.zones)),
    }.items():
        if not was <= now:
            found.add(name)
    if not all(_inside(after.week[day], before.week[day]) for day in range(7)):
        found.add("week")
    if not _inside(after.on_holidays, before.on_holidays):
        found.add("on_holidays")
    same = ("code", "country", "formula", "window")  # neither more nor less: another thing, so never narrower
    found |= {name for name in same if getattr(after, name) != getattr(before, name)}
    if before.message and not after.message:
        found.add("message")
    return tuple(sorted(found))


def _inside(inner: tuple[tuple[int, int], ...], outer: tuple[tuple[int, int], ...]) -> bool:
    open_minutes = {minute for start, end in outer for minute in range(start, end)}
    return all(minute in open_minutes for start, end in inner for minute in range(start, end))
