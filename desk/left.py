"""What callers left behind: messages, wishes to be called back, answers to questions.

It does not know flows. Everybody who is logged in sees messages and wishes, for a queue's people find them; scores are
about people, so an agent sees those of his own talks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from desk.asking import Ask
from desk.faults import not_found
from desk.models import LeftAsked
from desk.playback import open_recording, play
from journal.facts import CallbackAsked, CallbackBegun, CallEnded, MessageLeft, SurveyAnswered


@dataclass(frozen=True, slots=True)
class MessageView:
    """A recorded message. `message` is the number by which it is played; `seconds` is its length."""

    message: int
    at: float
    contact: str
    queue: str
    number: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallbackView:
    """A wish to be called back at `number`; `asked_at` is when the caller first asked for a person, `due` his own time.

    `state`: asked (his call is not over yet), waiting, answered, not_reached. `callback` is the contact that it became,
    "" while it is only asked.
    """

    at: float
    contact: str
    queue: str
    number: str
    priority: int
    asked_at: float
    state: str
    callback: str
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoreView:
    """An answer to one question; `agent` had the talk, "" when there was none."""

    at: float
    contact: str
    question: str
    score: str
    agent: str


async def messages(ask: Ask) -> Sequence[MessageView]:
    """List messages, newest first."""
    return [
        MessageView(seq, fact.at, fact.contact, fact.queue, fact.number, fact.seconds)
        for seq, fact in await _left(ask, MessageLeft)
        if isinstance(fact, MessageLeft)
    ]


async def callbacks(ask: Ask) -> Sequence[CallbackView]:
    """List wishes to be called back, newest first, with what has become of them."""
    wishes = [fact for _, fact in await _left(ask, CallbackAsked) if isinstance(fact, CallbackAsked)]
    since, _ = ask.asked.bounds(ask.now)
    begun = {
        fact.earlier: fact.contact
        for _, fact in await ask.desk.library.left(since, ask.now + 1.0, CallbackBegun)
        if isinstance(fact, CallbackBegun)
    }
    ended = {
        fact.contact: fact.outcome
        for _, fact in await ask.desk.library.left(since, ask.now + 1.0, CallEnded)
        if isinstance(fact, CallEnded)
    }
    views = []
    for wish in wishes:
        contact = begun.get(wish.contact, "")
        state = ended.get(contact, "waiting") if contact else "asked"
        views.append(
            CallbackView(
                wish.at, wish.contact, wish.queue, wish.number, wish.priority, wish.asked_at, state, contact,
                wish.due,
            )
        )
    return views


async def scores(ask: Ask) -> Sequence[ScoreView]:
    """List answers to questions, newest first; an agent gets those about his own talks."""
    return [
        ScoreView(fact.at, fact.contact, fact.question, fact.score, fact.agent)
        for _, fact in await _left(ask, SurveyAnswered)
        if isinstance(fact, SurveyAnswered) and (ask.sees_all or fact.agent == ask.user.user)
    ]


async def message(ask: Ask) -> web.StreamResponse:
    """Play a message."""
    wanted = ask.part("message")
    fact = await ask.desk.library.message(int(wanted)) if wanted.isascii() and wanted.isdecimal() else None
    if fact is None:
        raise not_found("message")
    with open_recording(ask.desk.settings.recordings, (fact.recording,)) as sound:
        return await play(ask.request, sound)


async def _left(ask: Ask, kind: type) -> Sequence[tuple[int, object]]:
    wanted: LeftAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    queue = wanted.queue
    told = await ask.desk.library.left(since, until, kind)
    found = [one for one in told if queue is None or getattr(one[1], "queue", queue) == queue]
    return found[-wanted.limit :][::-1]
