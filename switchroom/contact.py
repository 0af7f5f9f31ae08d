"""One open contact: a caller from his first ring to his last second, and where he is now.

It does not decide anything; the centre moves it, and recovery builds it again from facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cti.vocabulary import CallId, NodeId
from customers.breakpoints import Breakpoint
from customers.context import Context, EarlierContact
from ivr.session import Session
from ivr.waiting.announcing import Heard
from ivr.waiting.talk import Talk
from journal.facts import CallbackAsked, CallerQueued
from switchroom.edition import Edition
from switchroom.talk import Stand

NOTHING_YET = Heard(0.0)


class Place(StrEnum):
    """Where a caller is. Each place says who acts next."""

    FLOW = "flow"  # at our door, the flow asks and he presses
    WAITING = "waiting"  # in the hold music, an agent may be ringing for him
    TALKING = "talking"  # bridged to an agent by Asterisk alone
    CALLING = "calling"  # a call-back: the agent has answered, and the customer is being dialled
    RESTING = "resting"  # a call-back whose customer was not reached, until he is tried again
    OUTSIDE = "outside"  # passed on to a number outside, with which Asterisk alone connects him
    RETURNING = "returning"  # on his way back to our door, after a talk or out of the queue
    ENDING = "ending"  # we asked for his hang-up


@dataclass(slots=True)
class Ring:
    """One agent who is rung for a contact: when he was, where the talk would be recorded, and whether it rings yet."""

    agent: str
    offered_at: float
    recording: str = ""
    rang: bool = False


@dataclass(slots=True)
class Contact:
    """The mutable record of one open contact.

    `rings` are the open offers, in the order in which they were made. `offer` is the one that was taken, with its
    `agent` and `recording`, until the talk is over; `back` is why he returns. `edition` is what he came in under, to
    his end. `reached` is answered or flowed_out once either has happened. `taken` is the point of an earlier call that
    he is being asked to go on with. `wish` is to be called back; a contact that is a call-back has a number in
    `context.callback`, `tries` at which the customer was not reached, and for its `call` its own name until he is.
    `missed_at` is the survey that did not show his channel, 0 when the last one did. A call-back is not tried before
    `deferred`. `heard` is what he was told while he waits, `talk` how far he has come in agreeing to be called back.
    `asked` is how he last asked for a person, `stays` how often he has; `stand` is how the talk with him stands.
    """

    contact: str
    call: CallId
    node: NodeId
    session: Session
    context: Context
    edition: Edition
    place: Place = Place.FLOW
    offer: str = ""
    agent: str = ""
    recording: str = ""
    rings: dict[str, Ring] = field(default_factory=dict)
    offers: int = 0
    offered_at: float = 0.0
    answered_at: float = 0.0
    back: str = ""
    reached: str = ""
    taken: Breakpoint | None = None
    wish: CallbackAsked | None = None
    tries: int = 0
    missed_at: float = 0.0
    priority: int = 0  # what his flow asked for when he last asked for a person
    at_door: bool = False  # he asks for a queue in this very turn, and has not left for the music yet
    turned_away: int = 0  # times in a row that a queue let him go at once
    deferred: float = 0.0
    heard: Heard = NOTHING_YET
    talk: Talk | None = None
    asked: CallerQueued | None = None
    stays: int = 0
    stand: Stand = field(default_factory=Stand)

    @property
    def line(self) -> CallId | None:
        """The channel of the caller; None for a call-back whose customer has not been reached."""
        return None if self.to_dial else self.call

    @property
    def to_dial(self) -> str:
        """The customer's number that an agent's leg is to dial; "" for who is on the line already."""
        return self.context.callback if self.call == self.contact else ""

    @property
    def on_line_since(self) -> float:
        """Since when he is on the line at the latest; one who was called back, since he answered."""
        return max(self.context.started_at, self.answered_at)

    def legs(self) -> tuple[str, ...]:
        """The legs that there should be: of the offer that was taken, and of those that ring."""
        third = self.stand.consult.leg if self.stand.consult else ""
        return (*(leg for leg in (self.offer, third) if leg), *self.rings, *self.stand.listeners)

    def begun(self, leg: str) -> float:
        """When this leg began, or was bridged."""
        ring = self.rings.get(leg)
        return ring.offered_at if ring else max(self.offered_at, self.answered_at)

    def take(self, offer: str) -> None:
        """The agent of this offer has answered; the others who ring are withdrawn by the router."""
        ring = self.rings.pop(offer)
        self.offer, self.agent, self.recording, self.offered_at = offer, ring.agent, ring.recording, ring.offered_at
        self.talk = None

    def ended(self, at: float) -> None:
        """The talk is over. Whom the agent was asking, if he was, may have the caller next."""
        self.place, self.back, self.offer, self.recording = Place.RETURNING, "answered", "", ""
        if self.stand.consult is None:
            self.stand.reset(at)

    def stayed(self, asked: CallerQueued) -> None:
        """He asks for a person, once more or for the first time."""
        self.asked, self.stays = asked, self.stays + 1

    def sounds(self, prompts: Iterable[str], language: str) -> tuple[str, ...]:
        """The sound files of prompts, in the call's own edition."""
        return tuple(self.edition.sounds[prompt, language] for prompt in prompts)

    def sounds_if_any(self, prompts: Iterable[str], language: str, present: Edition) -> tuple[str, ...]:
        """The sound files of what a queue's text says, which may be newer than his edition; () when one is missing."""
        found: tuple[str, ...] = ()
        for key in [(prompt, language) for prompt in prompts]:
            try:
                found += (self.edition.sounds[key] if key in self.edition.sounds else present.sounds[key],)
            except KeyError:
                return ()
        return found

    def state(self) -> str:
        """The place as screens show it."""
        if self.place is Place.CALLING or (self.place is Place.WAITING and self.rings):
            return "offered"
        if self.place is Place.RESTING:
            return "waiting"
        return "flow" if self.place in (Place.RETURNING, Place.ENDING) else str(self.place)

    def outcome(self) -> str:
        """The final outcome if the caller hung up now. Who waits again after he left a queue gives up all the same."""
        if self.place is Place.WAITING and self.reached != "answered":
            return "abandoned"
        return self.reached or "ended_in_flow"

    def earlier(self, outcome: str, stopped_at: str, when: float) -> EarlierContact:
        """The contact as his later ones will show it, if it ends now."""
        talked = when - self.answered_at if self.answered_at else 0.0
        context = self.context
        return EarlierContact(
            self.contact, context.started_at, outcome, stopped_at, context.queue, self.agent, talked
        )

    def breakpoint(self) -> str:
        """The step at which he stops if he hangs up now; "" once a person or the flow has finished with him."""
        over = self.reached == "answered" or self.place is Place.ENDING or self.context.card is not None
        return "" if over else self.context.breakpoint
