"""One Asterisk: carries out what is asked of it over AMI, tells what happens on it, and compares with the truth.

It does not know what a queue is, nor how a caller at the door is spoken to (`agi.py`).

What becomes of an action when the link fails:

- Not sent, because the link is down: nothing happens and nothing is told. `NodeLost` was told before.
- Sent, no answer (deadline, or the link broke): the outcome is unknown. It is never sent again; the next survey tells
  whether the leg lives. A leg that no survey shows does not exist.
- Refused by Asterisk: told at once, a `RingAgent` as `LegEnded`. A hang-up or redirect of a channel that is gone is
  what was wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from cti.asterisk.actions import (
    EncodeError,
    Hangup,
    Originate,
    ReadGlobal,
    Redirect,
    SetVariable,
    sounds_as_texts,
)
from cti.asterisk.agi_lines import clean_name
from cti.asterisk.away import FORWARD, words_for_leg
from cti.asterisk.codec import Message
from cti.asterisk.link import AmiAccess, AmiLink, Answer, LinkState, Listener
from cti.asterisk.moving import actions_for, listen
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.placing import Placing
from cti.asterisk.survey import HOLD, SURVEY_EVENTS
from cti.asterisk.surveying import Survey, Surveyor
from cti.asterisk.translate import HEARD_EVENTS, LEG_ACTION, Translator
from cti.moves import ListenIn, Move
from cti.vocabulary import (
    CallerArrived,
    CallId,
    DialCustomer,
    DropLeg,
    EndCall,
    FetchCaller,
    ForwardEnded,
    LegEnded,
    LegId,
    NodeFound,
    NodeLost,
    NodeSurveyed,
    RingAgent,
    SurveyNode,
    TellCaller,
    Told,
    is_dialled,
)

log = structlog.get_logger()

SURVEY_EVERY = 10.0  # seconds
PHONES_EVERY = 6  # surveys: Asterisk tells of each phone that comes or goes, and hundreds of lines cost both sides time
SURVEY_AGAIN = 1.0  # seconds after one that failed
SURVEY_SOON = 2.5  # seconds after a login's own: what was too young to be judged then no longer is
DROP_AGAIN = 0.2  # seconds; a leg may be dropped before Asterisk has made its channel
DROP_TRIES = 10
END_WITHIN = 0.25  # seconds between the word that a dialling failed and the end of its channel, if it had one
SAME_BOOT = 3.0  # seconds; Asterisk tells its uptime in whole seconds
INVALID_NUMBER, REFUSED = 28, 21
LEAST_LISTEN = 0.1  # seconds; for none at all Asterisk takes its own ten
AT_ONCE = (  # what phones of all makes read as: answer by yourself
    ("PJSIP_HEADER(add,Call-Info)", "<sip:switchroom>;answer-after=0"),
    ("PJSIP_HEADER(add,Alert-Info)", "<http://switchroom>;info=alert-autoanswer;delay=0"),
)
NOT_ALLOWED = "the number begins with none of the prefixes that [outside] numbers in switchroom.toml allows"

OverAmi = FetchCaller | TellCaller | EndCall | RingAgent | DropLeg | SurveyNode | DialCustomer | Move


class AsteriskNode:
    """`tell` is called synchronously, in order, never concurrently. `clock` gives POSIX seconds."""

    def __init__(self, settings: NodeSettings, tell: Callable[[Told], None], clock: Callable[[], float]) -> None:
        self.settings = settings
        self.node = settings.node
        self._tell = tell
        self._clock = clock
        self._translator = Translator(settings.node)
        self._survey: Survey | None = None
        self._surveys_to_phones = 0
        self._timer: asyncio.TimerHandle | None = None
        self._booted_at = 0.0
        self._trunk = ""
        self.link = AmiLink(
            settings.node,
            AmiAccess(settings.host, settings.port, settings.username, settings.secret, settings.tls),
            HEARD_EVENTS | SURVEY_EVENTS,
            Listener(self._heard, self._up, self._down),
        )
        self._surveyor = Surveyor(settings.node, self.link, clock, self._surveyed)
        self._placing = Placing(settings.node, self.link, self._translator.dials, tell, clock)

    async def start(self, within: float = 5.0) -> LinkState:
        """Begin, and wait a little for the login. Never raises: a node that is away is told when it comes."""
        self.link.start()
        return await self.link.settled(within)

    async def stop(self) -> None:
        """Leave the node. Its calls go on."""
        self._cancel()
        self.link.stop()

    def perform(self, action: OverAmi) -> None:
        """Do it, if the link is up. Never blocks, never raises for what became of a channel."""
        if isinstance(action, RingAgent):
            self._ring(action)
        elif isinstance(action, DialCustomer):
            self._placing.dial(action, allowed=self.settings.may_forward_to(action.number))
        elif isinstance(action, Move):
            self._move(action)
        elif isinstance(action, DropLeg):
            if action.call is not None:  # before the leg goes: AMI does one action after the other
                self.link.ask(SetVariable(action.call, "SR_DONE", "hold"))
            self._drop(action.leg, DROP_TRIES)
        elif isinstance(action, SurveyNode):
            self._begin_survey(with_ended=True)
        else:
            self._send(action)

    def _send(self, action: FetchCaller | TellCaller | EndCall) -> None:
        if isinstance(action, EndCall) and is_dialled(action.call):
            self._placing.drop(action.call, action.cause)
        elif isinstance(action, EndCall):
            self.link.ask(Hangup(action.call, action.cause))
        elif isinstance(action, FetchCaller):
            self.link.ask(Redirect(action.call, "switchroom-door"))
        else:
            self._tell_caller(action)

    def call_arrived(self, told: CallerArrived) -> None:
        """A caller of this node stands at our door."""
        self._translator.call_arrived(told.call)
        if is_dialled(told.call):
            self._placing.arrived(told)

    def _tell_caller(self, action: TellCaller) -> None:
        """One after the other; what cannot be written is not played, and the music goes on."""
        try:
            for number, text in enumerate(sounds_as_texts(action.sounds), 1):
                self.link.ask(SetVariable(action.call, f"SR_SAY{number}", text))
        except EncodeError as error:
            log.error("asterisk.untellable", node=self.node, call=action.call, problem=str(error))  # noqa: TRY400 (it says all)
            return
        self.link.ask(SetVariable(action.call, "SR_LISTEN", f"{max(LEAST_LISTEN, action.listen):.1f}"))
        self.link.ask(Redirect(action.call, HOLD, "tell"))

    # ── legs ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ring(self, action: RingAgent) -> None:
        if action.dial and not self.settings.may_forward_to(action.dial):
            log.warning("asterisk.call_back_refused", node=self.node, leg=action.leg, problem=NOT_ALLOWED)
            self._tell(ForwardEnded(CallId(action.leg), "forbidden", action.dial))
            return
        if action.outside and not self.settings.may_forward_to(action.phone):
            log.warning("asterisk.consult_refused", node=self.node, leg=action.leg, problem=NOT_ALLOWED)
            self._tell(LegEnded(self.node, action.leg, INVALID_NUMBER))
            return
        self._dial(action.leg, action.call, self._originate(action))

    def _dial(self, leg: LegId, call: CallId, originate: Originate) -> None:
        def answered(answer: Answer) -> None:
            if answer.lost:
                self._translator.leg_unknown(leg)
            elif answer.fault:
                log.warning("asterisk.ring_refused", node=self.node, leg=leg, why=answer.fault)
                self._tell_all(self._translator.leg_refused(leg, REFUSED))

        if self._translator.lives(leg):
            log.error("asterisk.ring_repeated", node=self.node, leg=leg, problem="this leg is being rung already")
            return
        self._translator.leg_asked(leg, call, self._clock())
        try:
            if not self.link.ask(originate, answered, LEG_ACTION + leg):
                self._translator.leg_unknown(leg)
        except EncodeError as error:
            problem = str(error)
            log.error("asterisk.ring_unwritable", node=self.node, leg=leg, problem=problem)  # noqa: TRY400 (it says all)
            self._tell_all(self._translator.leg_refused(leg, INVALID_NUMBER))

    def _move(self, move: Move) -> None:
        if isinstance(move, ListenIn):
            self._dial(move.leg, move.call, listen(move, self.settings.dial))
            return
        self._translator.moved(move, self._clock())
        for each in actions_for(move):
            self.link.ask(each)

    def _originate(self, action: RingAgent) -> Originate:
        """On answer the leg is bridged with the caller who waits, or dials the customer who is to be called back."""
        variables = [("SR_PEER", str(action.call)), ("SR_RECORDING", action.recording)]
        variables += AT_ONCE if action.at_once else ()
        variables += [("SR_ROUND", str(action.round))] if action.round else []
        inside = self.settings.dial.format(phone=action.phone)
        return Originate(
            channel=f"PJSIP/{action.phone}@{self._trunk}" if action.outside else inside,
            channel_id=action.leg,
            context="switchroom-away" if action.dial else "switchroom-leg",
            exten=FORWARD if action.dial else "s",
            ring_for=action.ring_for,
            caller_number=action.caller_number,
            caller_name=clean_name(action.caller_name),
            variables=(*variables, *words_for_leg(action)) if action.dial else tuple(variables),
        )

    def _drop(self, leg: LegId, tries: int) -> None:
        def answered(answer: Answer) -> None:
            if answer.fault and not answer.lost and tries > 1 and self._translator.lives(leg):
                asyncio.get_running_loop().call_later(DROP_AGAIN, self._drop, leg, tries - 1)

        self.link.ask(Hangup(leg), answered)

    # ── heard ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _heard(self, event: Message) -> None:
        for told in self._translator.heard(event):
            self._tell(self._placing.heard(told))
        if event.event == "OriginateResponse":
            self._placing.originated(event)
            if (leg := self._translator.leg_failed(event)) is not None:
                asyncio.get_running_loop().call_later(END_WITHIN, self._never_was, leg)

    def _never_was(self, leg: LegId) -> None:
        self._tell_all(self._translator.leg_never_was(leg))

    def _tell_all(self, messages: list[Told]) -> None:
        for told in messages:
            self._tell(told)

    def _up(self, uptime: float) -> None:
        booted_at = self._clock() - uptime
        if abs(booted_at - self._booted_at) > SAME_BOOT:
            self._booted_at = booted_at
        self._tell(NodeFound(self.node, self._booted_at))
        self.link.ask(ReadGlobal("SR_TRUNK"), self._trunk_read)
        self._begin_survey(with_ended=True)

    def _trunk_read(self, answer: Answer) -> None:
        if not answer.lost:
            self._trunk = answer.value
            self._placing.trunk_is(answer.value)

    def _down(self) -> None:
        self._cancel()
        self._survey = None
        self._placing.link_lost()
        self._tell(NodeLost(self.node))

    # ── the truth ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin_survey(self, *, with_ended: bool = False) -> None:
        if self._survey is not None:
            self._survey.repeat |= with_ended  # one at a time; what was asked for during one is seen by the next
            return
        self._cancel()
        with_phones = with_ended or self._surveys_to_phones <= 0
        self._surveys_to_phones = PHONES_EVERY if with_phones else self._surveys_to_phones - 1
        self._survey = Survey(self._surveyor, with_ended=with_ended, with_phones=with_phones)
        self._survey.begin()

    def _surveyed(self, survey: Survey, seen: NodeSurveyed | None) -> None:
        """A survey ended; `seen` is None when it failed."""
        if self._survey is not survey:
            return
        self._survey = None
        if seen is not None:
            self._tell(self._translator.surveyed(seen))
        if survey.repeat and seen is not None:
            self._begin_survey(with_ended=True)
            return
        failed_login_survey = seen is None and survey.with_ended
        loop = asyncio.get_running_loop()
        usual = SURVEY_SOON if survey.with_ended else SURVEY_EVERY
        pause = usual if seen is not None else SURVEY_AGAIN
        self._timer = loop.call_later(pause, lambda: self._begin_survey(with_ended=failed_login_survey))

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
