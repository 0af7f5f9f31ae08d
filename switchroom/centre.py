"""The centre: everything told goes in, what to do and what happened comes out. Read this file first.

A caller's life, as the centre sees it:

    CallerArrived   he stands at our door; a flow session is opened and asks its first question
                    (`switchroom/door.py`)
    PromptEnded, DigitsCollected, LookedUp, CallerRecorded, ForwardEnded
                    he has heard, he has pressed, his record is found, he has left a message, he is back from outside:
                    the session goes on to the next question (`switchroom/way.py`) ... or to `JoinQueue`
    HoldCaller      he waits in Asterisk's hold music, without us; the router looks for an agent
    MakeOffer       the agent's screen shows him, then the agent's phone rings (`switchroom/offering.py`)
    TalkBegan       two-way audio: answered. Asterisk alone carries the talk
    LegEnded        the agent's phone is free again; wrap-up begins
    CallerArrived   he is back at our door after the talk; the flow says what follows, usually the end
    CallEnded       one final fact with one outcome

It does not know AMI, SQL, HTML, the time, or chance: `now` is an argument, so the same object runs live, in the
simulator and in replay. It decides nothing that a trade can decide; it translates between them. Asterisk's events are
hints and its channel list is the truth: `switchroom/truth.py` compares, and tells the centre what it missed.

What comes out is one ordered list. Facts are journalled before anything in it is done, and things are done in the
order of the list: the screen before the ring.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, ClassVar

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import desk.steered as steered
import desk.vocabulary as desk
import ivr.messages as ivr
import journal.facts as facts
import recordings.messages as rec
from acd.router import Router
from cti import ids
from customers.breakpoints import Breakpoints
from customers.history import History
from switchroom import (
    alterations,
    callbacks,
    campaign_words,
    consults,
    deployment,
    dial_answers,
    dial_line,
    dialling,
    door,
    hold,
    legs,
    nodes,
    offering,
    piloting,
    queue_hours,
    reached,
    resume,
    staff,
    supervising,
    talks,
    truth,
    waiting,
    way,
)
from switchroom.contact import Contact, Place
from switchroom.edition import Edition, Editions, FloorChanged
from switchroom.floor_view import look
from switchroom.queue_hours import QueueHours
from switchroom.turn import Effect, Message, Turn

if TYPE_CHECKING:
    from switchroom.plan import Plan

CLOSED_REMEMBERED = 20_000


class Centre:
    """All trades of one floor, joined. `plan` is read from `dialplans/`; `sounds` maps (prompt, language) to a file."""

    def __init__(self, plan: Plan, sounds: Mapping[tuple[str, str], str], history: History | None = None) -> None:
        self.plan = plan
        self.editions = Editions(Edition("", plan, sounds))
        self.history = history or History()
        self.breakpoints = Breakpoints()
        self.router = Router(plan.queue_rules(), plan.agent_profiles())
        self.autopilot, self.blending = piloting.crew_of(plan, self.router)
        self.contacts: dict[str, Contact] = {}
        self.lines: dict[cti.CallId, str] = {}  # the calls of those whom we called back, and their contacts
        self.nodes: dict[str, bool] = {}
        self.booted: dict[str, float] = {}  # when each node's Asterisk began
        self.unseen: dict[str, float] = {}  # nodes found again whose survey is still to come, by then at the latest
        self.doubts: dict[cti.NodeId, float] = {}  # nodes of which somebody was missing, and when to look again
        self.closed: OrderedDict[str, None] = OrderedDict()
        self.heard_until = inf  # calls that ended before were heard of by our predecessor
        self.since: dict[str, float] = {}
        self.waiting_room = waiting.WaitingRoom(plan)
        self.hours = QueueHours()
        self.altered: dict[str, facts.AgentAltered] = {}  # what supervisors changed of agents, and stands
        self.alterations: dict[str, int] = {}  # how many changes each agent has seen
        self.outbound = dialling.Outbound(plan)
        self.recordings_head = ""  # the last link of the chain of kept recordings; each server begins its own
        self.parting: dict[str, str] = {}  # contacts whose consult has come to nothing within this turn, and why

    # ── the contract ────────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, message: Message, now: float) -> list[Effect]:
        """Take one message. Returns facts and actions, in order; [] for a message about nothing that we know."""
        turn = Turn(now)
        if self.hours.is_due(now):
            queue_hours.look(self, turn)
        self.ROUTES[type(message)](self, message, turn)
        dialling.follow(self, turn)
        piloting.learn(self.autopilot, turn.effects)
        return turn.effects

    def next_deadline(self) -> float | None:
        """When to be woken with `Tick` if nothing comes before."""
        asked = (self.router.next_deadline(), self.autopilot.next_deadline(), self.outbound.dialler.next_deadline())
        dues = (*asked, self.hours.due, *self.waiting_room.dues(), *self.doubts.values())
        first = min([at for at in dues if at], default=inf)
        return None if first == inf else first

    def look(self, now: float) -> desk.FloorView:
        """Everything live, for the screens."""
        return look(self, self.since, now)

    def keying_secret(self, message: Message) -> bool:
        """Whether this message carries keys that no tape, log or journal may show; so do those of one who is gone."""
        if not isinstance(message, cti.DigitsCollected):
            return False
        contact = self.caller(message.call)
        return contact is None or contact.session.collecting_secret

    def takes_keys(self, keyed: cti.DigitsCollected, now: float) -> bool:
        """Whether the caller's step will take these keys; no more of a secret may be told."""
        contact = self.caller(keyed.call)
        told = ivr.DigitsCollected(keyed.digits, keyed.complete)
        return contact is not None and contact.session.takes(told, now)

    # ── the router ──────────────────────────────────────────────────────────────────────────────────────────────────

    def route(self, told: acd.Told, turn: Turn) -> None:
        """Tell the router, and carry out what it answers."""
        answers = self.router.handle(told, turn.now)
        self.waiting_room.standing.follow(self.router, told, answers)
        self.carry_out(answers, turn)

    def carry_out(self, answers: Sequence[acd.Answer], turn: Turn) -> None:
        """Do what the router answers, for a caller or for a consult about him."""
        for answer in answers:
            of_consult = ids.is_consult(getattr(answer, "contact", ""))
            table = consults.ANSWERS if of_consult else self.ROUTER_ANSWERS
            table[type(answer)](self, answer, turn)
        consults.settle(self, turn)

    # ── the agent's leg, the talk, the end ──────────────────────────────────────────────────────────────────────────

    def caller(self, call: str) -> Contact | None:
        """The contact of a caller's channel."""
        return self.contacts.get(self.lines.get(cti.CallId(call), call))

    def of_leg(self, leg: str) -> Contact | None:
        """The contact for which this leg is an open offer or the talk, else None."""
        contact = self.contacts.get(ids.call_of(leg))
        return contact if contact is not None and (leg == contact.offer or leg in contact.rings) else None

    def talk_began(self, leg: str, when: float, turn: Turn) -> None:
        """Two-way audio since `when`. For an offer that is no longer open the router has the leg dropped."""
        contact = self.of_leg(leg)
        if contact is None or contact.place not in {Place.WAITING, Place.CALLING}:
            known = self.contacts.get(ids.call_of(leg))
            if known is not None and contact is None:
                turn.ask(cti.DropLeg(known.node, cti.LegId(leg), known.line))
            return
        is_taken = contact.place is Place.CALLING
        if not is_taken:
            contact.take(leg)
        contact.place, contact.reached, contact.answered_at = Place.TALKING, "answered", when
        waited = max(0.0, when - contact.context.asked_at)
        turn.fact(facts.AgentAnswered(when, contact.contact, leg, contact.agent, waited))
        if not is_taken:
            self.route(acd.OfferAccepted(acd.OfferId(leg)), turn)

    def talk_ended(self, contact: Contact, ended_by: str, turn: Turn, when: float | None = None) -> None:
        """The talk is over. The agent wraps up; the caller, if still there, is on his way back to our door."""
        at = when or turn.now
        talked, bridged = max(0.0, at - contact.answered_at), contact.stand.leg_since or contact.answered_at
        hold.end(contact, at, turn)
        turn.fact(facts.TalkEnded(at, contact.contact, contact.offer, contact.agent, talked, ended_by))
        if contact.recording:
            length = max(0.0, at - bridged)
            turn.ask(rec.KeepRecording(contact.contact, contact.offer, contact.recording, length))
        self.route(acd.TalkOver(acd.OfferId(contact.offer)), turn)
        contact.ended(at)

    def _call_ended(self, told: cti.CallEnded, turn: Turn) -> None:
        contact = self.caller(told.call) or reached.reach(self, told.call, told.leg, turn)
        if contact is not None:
            self.close(contact, told, turn.now, turn)
        else:
            truth.never_met(self, told, turn)

    def close(self, contact: Contact, told: cti.CallEnded, when: float, turn: Turn, outcome: str = "") -> None:
        """The caller is gone since `when`: close what was open, and write the one final fact."""
        if told.answered_at and self.of_leg(str(told.leg)) is contact:  # unheard, unless he talks already
            self.talk_began(str(told.leg), told.answered_at, turn)
        past = Turn(when)
        way.ended_doing(self, contact, told, past)
        turn.effects += past.effects
        lost = told.cause == 0 and contact.place is Place.TALKING
        if contact.place is Place.TALKING:
            talks.caller_gone(self, contact, when, turn)
        supervising.caller_gone(contact, when, turn)
        outcome, stopped_at = outcome or contact.outcome(), contact.breakpoint()
        if contact.place is Place.WAITING:
            self.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
        if lost or stopped_at:
            resume.keep(self, contact, when, turn)
        turn.fact(facts.CallEnded(when, contact.contact, outcome, told.cause, stopped_at))
        self.remember(contact, outcome, stopped_at, when)
        callbacks.begin(self, contact, turn)

    def remember(self, contact: Contact, outcome: str, stopped_at: str, when: float) -> None:
        """The contact is over: his later ones will show it, and nothing of it will be counted again."""
        caller = contact.context.customer or contact.context.number
        self.history.add(caller, contact.earlier(outcome, stopped_at, when))
        del self.contacts[contact.contact]
        self.lines.pop(contact.call, None)
        self.closed[contact.contact] = None
        if len(self.closed) > CLOSED_REMEMBERED:
            self.closed.popitem(last=False)

    def _agent_said(self, told: desk.AgentSaid, turn: Turn) -> None:
        staff.agent_said(self, told, turn)

    # ── the tables: what is told, and what the trades answer ────────────────────────────────────────────────────────

    ROUTES: ClassVar[dict[type, Callable[..., None]]] = {
        cti.CallerArrived: door.came,
        cti.PromptEnded: way.prompt_ended,
        cti.DigitsCollected: way.digits_collected,
        cti.CallerRecorded: way.task_ended,
        cti.ForwardEnded: way.task_ended,
        customers.LookedUp: way.looked_up,
        **legs.ROUTES,
        **nodes.ROUTES,
        cti.CallEnded: _call_ended,
        desk.AgentCameOn: _agent_said,
        desk.AgentWentOff: _agent_said,
        desk.AgentAskedReady: _agent_said,
        desk.AgentAskedBreak: _agent_said,
        desk.AgentEndedWrapUp: _agent_said,
        steered.AgentAlterationAsked: alterations.agent_altered,
        steered.AlterationUndoAsked: alterations.alteration_undone,
        steered.QueueSwitchAsked: queue_hours.switched,
        **talks.ROUTES,
        acd.Tick: piloting.tick,
        **waiting.ROUTES,
        **piloting.ROUTES,
        **dial_line.ROUTES,
        **campaign_words.ROUTES,
        FloorChanged: deployment.floor_changed,
    }

    SESSION_ANSWERS: ClassVar[dict[type, Callable[..., None]]] = way.ANSWERS

    ROUTER_ANSWERS: ClassVar[dict[type, Callable[..., None]]] = offering.ANSWERS

    DIALLER_ANSWERS: ClassVar[dict[type, Callable[..., None]]] = dial_answers.ANSWERS
