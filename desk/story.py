"""The story of one contact, told from its facts: context, offers, waits, talks, end.

It does not know where the facts come from, nor who may read the story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from customers.breakpoints import read_path
from customers.context import Context
from journal import facts as f


@dataclass(frozen=True, slots=True)
class Offer:
    """One agent rung for the contact. Times are POSIX seconds, 0 where it did not happen.

    `outcome`: "" while open, talked, or how it came to nothing. `recording`: "" or whole, short, repaired, missing.
    """

    offer: str
    agent: str
    made_at: float
    rang_at: float = 0.0
    answered_at: float = 0.0
    ended_at: float = 0.0
    outcome: str = ""
    ended_by: str = ""
    talked: float = 0.0
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One contact from its first to its last fact. `ended_at` and `outcome` are 0 and "" while it is open.

    `waited` is seconds from the first request for a person to its end (answer, hang-up, leaving), 0 without one.
    """

    contact: str
    context: Context
    offers: tuple[Offer, ...] = ()
    waited: float = 0.0
    ended_at: float = 0.0
    outcome: str = ""
    cause: int = 0

    @property
    def agents(self) -> frozenset[str]:
        """Everyone to whom it was offered."""
        return frozenset(offer.agent for offer in self.offers)

    def offer(self, offer: str) -> Offer | None:
        return next((one for one in self.offers if one.offer == offer), None)


def tell_story(facts: Iterable[f.Fact]) -> Story | None:
    """Fold a contact's facts, in order, into its story. None when they do not begin with `CallStarted`."""
    story: Story | None = None
    taken: f.BreakpointTaken | None = None
    for fact in facts:
        if isinstance(fact, f.CallStarted):
            story = _begun(fact)
        elif isinstance(fact, f.BreakpointTaken):
            taken = fact
        elif isinstance(fact, f.ResumeOffered) and story is not None:
            story = _resumed(story, taken, fact)
        elif story is not None:
            story = _with(story, fact)
    return story


def _begun(fact: f.CallStarted) -> Story:
    context = Context(
        contact=fact.contact,
        number=fact.number,
        name=fact.name,
        called=fact.called,
        flow=fact.flow,
        language=fact.language,
        started_at=fact.at,
        customer=fact.customer,
        customer_name=fact.customer_name,
        segment=fact.segment,
    )
    return Story(fact.contact, context)


def _with(story: Story, fact: f.Fact) -> Story:
    match fact:
        case f.StepEntered():
            return replace(story, context=story.context.entered(fact.step, fact.verb, fact.at))
        case f.StepLeft():
            keys = "•" * fact.key_count if fact.secret else fact.keys
            return replace(story, context=story.context.left(fact.exit, keys, fact.kept, fact.at))
        case f.CallerQueued():
            context = story.context.queued(fact.queue, fact.asked_at)
            return replace(story, context=replace(context, breakpoint=fact.breakpoint or context.breakpoint))
        case f.CallerLeftQueue():
            return replace(story, waited=fact.waited)
        case f.CallEnded():
            return _ended(story, fact)
        case _:
            return _with_offer(story, fact)


def _resumed(story: Story, taken: f.BreakpointTaken | None, fact: f.ResumeOffered) -> Story:
    if taken is None or fact.answer != "yes":
        return story
    went_on = story.context.resumed(taken.earlier, taken.kept_at, read_path(taken.state), fact.kept)
    return replace(story, context=went_on)


def _ended(story: Story, fact: f.CallEnded) -> Story:
    waited = story.waited
    if fact.outcome == "abandoned" and story.context.asked_at:
        waited = fact.at - story.context.asked_at
    context = replace(story.context, breakpoint=fact.breakpoint or story.context.breakpoint)
    return replace(story, context=context, waited=waited, ended_at=fact.at, outcome=fact.outcome, cause=fact.cause)


def _with_offer(story: Story, fact: f.Fact) -> Story:
    if isinstance(fact, f.OfferMade):
        return replace(story, offers=(*story.offers, Offer(fact.offer, fact.agent, fact.at)))
    if isinstance(fact, f.ConsultAsked) and fact.leg:
        return replace(story, offers=(*story.offers, Offer(fact.leg, fact.target, fact.at)))
    if isinstance(fact, f.TalkTakenOver):
        taken = Offer(fact.leg, fact.by, fact.at, answered_at=fact.at, outcome="talked")
        return replace(story, offers=(*story.offers, taken))
    if isinstance(fact, f.AgentAnswered):
        story = replace(story, waited=story.waited or fact.waited)
    news = _NEWS.get(type(fact))
    return story if news is None else _change(story, getattr(fact, "offer", ""), news(fact))


_NEWS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    f.AgentRang: lambda fact: {"rang_at": fact.at},
    f.OfferClosed: lambda fact: {"ended_at": fact.at, "outcome": fact.outcome},
    f.AgentAnswered: lambda fact: {"answered_at": fact.at, "outcome": "talked"},
    f.TalkEnded: lambda fact: {"ended_at": fact.at, "talked": fact.talked, "ended_by": fact.ended_by},
    f.ConsultBegan: lambda fact: {"answered_at": fact.at, "outcome": "talked"},
    f.ConsultEnded: lambda fact: {"ended_at": fact.at, "talked": fact.talked, "ended_by": fact.why},
    f.RecordingKept: lambda fact: {"recording": fact.state},
}


def _change(story: Story, offer: str, news: dict[str, Any]) -> Story:
    offers = tuple(replace(one, **news) if one.offer == offer else one for one in story.offers)
    return replace(story, offers=offers)
