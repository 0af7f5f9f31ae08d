"""What the screens can look at: the floor now, contacts then and now, figures, recordings.

It does not decide who may see what; `visibility` and `changes` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from desk.asking import Ask
from desk.campaigns import knows_attempt
from desk.changes import floor_of
from desk.faults import not_found
from desk.models import ContactsAsked
from desk.playback import open_recording, play
from desk.story import Story
from desk.visibility import may_see, on_floor
from desk.vocabulary import FloorView
from journal.rows import ContactRow


async def floor(ask: Ask) -> FloorView:
    """Look at the floor: everything for supervisors, himself and his contacts for an agent."""
    view = ask.desk.floor.look()
    return view if ask.sees_all else floor_of(ask.user.user, view)


async def contact(ask: Ask) -> Story:
    """Tell one contact's story; an open one with the context its agent sees now."""
    wanted, view = ask.part("contact"), ask.desk.floor.look()
    if not (await may_see(ask.user, wanted, ask.desk.library, view) or await knows_attempt(ask, wanted)):
        raise not_found("contact")
    story, live = await ask.desk.library.contact(wanted), on_floor(view, wanted)
    if live is not None:
        return replace(story or Story(wanted, live.context), context=live.context)
    if story is None:
        raise not_found("contact")
    return story


async def contacts(ask: Ask) -> Sequence[ContactRow]:
    """List contacts by their beginning, newest first; an agent gets those offered to him."""
    wanted: ContactsAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    agent = None if ask.sees_all else ask.user.user
    outcome = "" if wanted.outcome == "open" else wanted.outcome
    return await ask.desk.library.contacts(since, until, agent, wanted.limit, outcome=outcome, queue=wanted.queue)


async def recording(ask: Ask) -> web.StreamResponse:
    """Play a talk in stereo: the caller left, the agent right."""
    offer = await ask.desk.library.offer(ask.part("offer"))
    if offer is None or not offer.legs:
        raise not_found("recording")
    seen = await may_see(ask.user, offer.contact, ask.desk.library, ask.desk.floor.look())
    if not (seen or await knows_attempt(ask, offer.contact)):
        raise not_found("recording")
    with open_recording(ask.desk.settings.recordings, offer.legs) as sound:
        return await play(ask.request, sound)
