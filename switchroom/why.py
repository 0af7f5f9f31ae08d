"""Why a caller waits or has this agent, in one value: what the router says now, and what the facts say was decided.

It does not choose anybody; it asks the router, reads facts, and for calls that are over has the tape replayed to the
moment of each offer (`told_again`), where the router of then says why him and not the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from acd.messages import ContactId
from desk.why_view import AgentLook, Happened, WhyView
from journal import facts as f
from journal.codec import OpaqueFact
from switchroom.replay import turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.views import JournalReader
    from switchroom.centre import Centre
    from switchroom.replay import Floors


def why_now(centre: Centre, contact: str, now: float) -> WhyView | None:
    """What the router says of a contact that waits, is offered or talks; None for any other."""
    told = centre.router.why(ContactId(contact), now)
    if told is None:
        return None
    looks = tuple(
        AgentLook(look.agent, centre.plan.agent(look.agent).name, str(look.reason), look.detail, look.until)
        for look in told.agents
    )
    return WhyView(contact, now, str(told.state), told.queue, told.need, told.stage, told.ahead, looks, ())


def decided(contact: str, facts: Iterable[Any]) -> WhyView | None:
    """What the facts of a contact tell; None when there are none of a queue."""
    before = [one for fact in facts if not isinstance(fact, OpaqueFact) and (one := _happened(fact))]
    queued = [one for one in before if one.what == "queued"]
    if not queued:
        return None
    return WhyView(contact, before[-1].at, "", queued[-1].detail, "", 0, 0, (), tuple(before))


def with_before(now: WhyView | None, past: WhyView | None) -> WhyView | None:
    """Both in one."""
    if now is None or past is None:
        return now or past
    return replace(now, before=past.before)


def told_again(journal: JournalReader, floors: Floors, contact: str) -> Iterator[WhyView]:
    """Replay the tapes, and say why at the moment of each offer of a contact, and at the end if it waits still."""
    centre, at = None, 0.0
    for centre, at, effects in turns(journal, floors, contact):
        offered = any(isinstance(effect, f.OfferMade) and effect.contact == contact for effect in effects)
        view = why_now(centre, contact, at) if offered else None
        if view is not None:
            yield view
    last = why_now(centre, contact, at) if centre is not None else None
    if last is not None and last.state == "waiting":
        yield last


def _happened(fact: Any) -> Happened | None:
    reader = _READERS.get(type(fact))
    return reader(fact) if reader else None


_READERS: dict[type, Callable[[Any], Happened]] = {
    f.CallerQueued: lambda fact: Happened(fact.at, "queued", "", fact.queue),
    f.CallerWidened: lambda fact: Happened(fact.at, "widened", fact.only, str(fact.stage)),
    f.OfferMade: lambda fact: Happened(fact.at, "offered", fact.agent, fact.reason),
    f.OfferClosed: lambda fact: Happened(fact.at, "closed", fact.agent, fact.outcome),
    f.AgentAnswered: lambda fact: Happened(fact.at, "answered", fact.agent),
    f.CallerLeftQueue: lambda fact: Happened(fact.at, "left", "", fact.why),
    f.CallEnded: lambda fact: Happened(fact.at, "ended", "", fact.outcome),
}
