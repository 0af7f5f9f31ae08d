"""Turns AMI events into what is told, for one node: the table of events, and the little that must be remembered.

Pure: no sockets, no clock. It does not know what anybody does with what is told.

Remembered is only what makes each thing told once: which legs live and how far they came, which calls live. Both are
read anew at every survey, so nothing here outlives a lost link wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cti.asterisk.codec import Message
from cti.asterisk.dialling import DIAL_ACTION
from cti.asterisk.dials import DIALLING, FRESH, Dials
from cti.asterisk.legs import Leg
from cti.asterisk.survey import read_last_words
from cti.ids import call_of, is_dialled, is_listener
from cti.moves import Alternate, Confer, Connect, Move
from cti.vocabulary import (
    CallEnded,
    CallId,
    LegAnswered,
    LegEnded,
    LegId,
    LegRang,
    NodeId,
    NodeSurveyed,
    PhoneSeen,
    SeenLeg,
    TalkBegan,
    Told,
    is_call_back,
)

LEG_ACTION = "leg:"  # an Originate's ActionID is this and the leg

_UP, _RINGING = "6", "5"
_OURS = re.compile(r"(?:.*-)?(?:\d+\.\d+|D\d+)\.\d+")  # a leg's id: the call's, a dot, a number
_CONTACT_GONE = frozenset({"Removed", "Unreachable"})


class Translator:
    """One node's ears. Feed it in order: what was asked, what was heard, what a survey saw."""

    def __init__(self, node: NodeId) -> None:
        self._node = node
        self._legs: dict[str, Leg] = {}  # what an event names is known to be a leg or a call when it is found here
        self._calls: dict[str, str] = {}  # live calls, and the bridge that each is in
        self._bridges: dict[str, set[str]] = {}  # the legs in each bridge
        self._contacts: dict[str, set[str]] = {}
        self.dials = Dials(node)

    # ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def leg_asked(self, leg: LegId, call: CallId, now: float) -> None:
        """A leg is about to be dialled."""
        self._legs[leg] = Leg(call, asked_at=now, awaited=True)

    def moved(self, move: Move, now: float) -> None:
        """A talk is about to be moved: the talk that follows is told like a first one."""
        for name in move.legs if isinstance(move, Confer) else (move.leg,):
            leg = self._legs.get(name)
            if leg is not None and isinstance(move, Connect | Alternate | Confer):
                leg.call, leg.talked, leg.asked_at = move.call, False, now

    def leg_refused(self, leg: LegId, cause: int) -> list[Told]:
        """Asterisk would not even dial it."""
        return self._end_leg(leg, cause)

    def leg_unknown(self, leg: LegId) -> None:
        """Nobody knows whether it is being dialled: the next survey tells."""
        self._legs.pop(leg, None)

    def leg_failed(self, event: Message) -> LegId | None:
        """The leg whose dialling failed with this event, if the end of its channel has not been told yet."""
        name = LegId(event.get("ActionID").removeprefix(LEG_ACTION))
        return name if event.get("Response") == "Failure" and name in self._legs else None

    def leg_never_was(self, leg: LegId) -> list[Told]:
        """The end of a failed leg's channel was not told in time: it never had one (a phone that is not registered)."""
        known = self._legs.get(leg)
        return self._end_leg(leg, known.last_cause()) if known is not None and known.reason else []

    def lives(self, leg: LegId) -> bool:
        """Whether a leg has, as far as we know, not ended yet."""
        return leg in self._legs

    def call_arrived(self, call: CallId) -> None:
        """A caller stands at the door."""
        self._calls[call] = ""

    # ── heard ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def heard(self, event: Message) -> list[Told]:
        """Translate one event; [] for most."""
        translate = _TABLE.get(event.event)
        return translate(self, event) if translate is not None else []

    def _new_state(self, event: Message) -> list[Told]:
        name = event.get("Uniqueid")
        leg = self._leg(name)
        if leg is None:
            return self.dials.rang(name) if name in self.dials and event.get("ChannelState") == _RINGING else []
        state = event.get("ChannelState")
        if state == _UP:
            return self._answered(name, leg)
        if state != _RINGING or leg.rang:
            return []
        leg.rang = True
        return [LegRang(LegId(name))]

    def _entered_bridge(self, event: Message) -> list[Told]:
        channel, bridge = event.get("Uniqueid"), event.get("BridgeUniqueid")
        leg = None
        if channel in self._calls:
            self._calls[channel] = bridge
        else:
            leg = self._leg(channel)
            if leg is not None:
                self._leave_bridge(channel, leg)
                leg.bridge, leg.up = bridge, True
                self._bridges.setdefault(bridge, set()).add(channel)
            elif not self._reached(CallId(channel), bridge, event.get("Linkedid")):
                return []
        met = sorted(each for each in self._bridges.get(bridge, ()) if self._legs[each].call == channel)
        if leg is not None and leg.call and self._bridge_of(leg.call) == bridge:
            met.append(channel)
        return [told for each in met for told in self._talk(each)]

    def _reached(self, channel: CallId, bridge: str, dialled_by: str) -> bool:
        """Whether this is the customer whom the leg of a call-back has dialled: he is the leg's caller from now on."""
        leg = self._leg(dialled_by) if is_call_back(dialled_by) else None
        if leg is None or leg.call is None or not is_call_back(leg.call):
            return False
        leg.call, self._calls[channel] = channel, bridge
        return True

    def _bridge_of(self, channel: str) -> str:
        leg = self._legs.get(channel)
        return self._calls.get(channel, "") if leg is None else leg.bridge

    def _leave_bridge(self, name: str, leg: Leg) -> None:
        legs = self._bridges.get(leg.bridge)
        if legs is not None:
            legs.discard(name)
            if not legs:
                del self._bridges[leg.bridge]

    def _talk(self, name: str) -> list[Told]:
        leg = self._legs[name]
        if leg.talked or leg.call is None:
            return []
        leg.talked = True
        return [TalkBegan(leg.call, LegId(name))]

    def _hung_up(self, event: Message) -> list[Told]:
        channel = event.get("Uniqueid")
        cause = _number(event.get("Cause"))
        leg = self._legs.get(channel)
        if leg is not None:
            leg.cause = cause
            return [] if leg.awaited and not leg.up else self._end_leg(channel, leg.last_cause())
        told = self._calls.pop(channel, None)
        if channel in self.dials:
            return self.dials.hung_up(event)
        if told is not None:  # its last words did not come
            return [CallEnded(self._node, CallId(channel), cause)]
        return []

    def _dialled(self, event: Message) -> list[Told]:
        """The word about a dialling. The end of a failed one's channel is told before or after it, or it had none."""
        name = event.get("ActionID").removeprefix(LEG_ACTION)
        leg = self._legs.get(name)
        if leg is None:
            return self.dials.originated(event) if name.startswith(DIAL_ACTION) else []
        leg.awaited = False
        told: list[Told] = []
        if event.get("Response") == "Success":
            told = self._answered(name, leg)  # before or after the new state of its channel
        else:
            leg.reason = event.get("Reason")
        return told + self._end_leg(name, leg.last_cause()) if leg.cause is not None else told

    def _answered(self, name: str, leg: Leg) -> list[Told]:
        """Somebody has answered, which is of interest where no talk need follow."""
        first, leg.up = not leg.up, True
        dials = leg.call is not None and is_call_back(leg.call)
        return [LegAnswered(LegId(name))] if first and (dials or is_listener(name)) else []

    def _dial_moved(self, event: Message) -> list[Told]:
        return self.dials.progressed(event.get("DestUniqueid")) if event.get("DialStatus") == "PROGRESS" else []

    def _last_words(self, event: Message) -> list[Told]:
        if event.get("UserEvent") != "SwitchroomEnded":
            return []
        end = read_last_words(self._node, event.get("Last"))
        if end is None:
            return []
        self._calls.pop(end.call, None)
        return self.dials.last_words(end) if is_dialled(end.call) else [end]

    def _contact(self, event: Message) -> list[Told]:
        phone = event.get("EndpointName") or event.get("AOR")
        known = self._contacts.setdefault(phone, set())
        if event.get("ContactStatus") in _CONTACT_GONE:
            known.discard(event.get("URI"))
        else:
            known.add(event.get("URI"))
        if not known:
            del self._contacts[phone]
        return [PhoneSeen(self._node, phone, reachable=bool(known))] if phone else []

    def _end_leg(self, name: str, cause: int) -> list[Told]:
        leg = self._legs.pop(name, None)
        if leg is None:
            return []
        self._leave_bridge(name, leg)
        return [LegEnded(self._node, LegId(name), cause)]

    def _leg(self, name: str) -> Leg | None:
        """A leg we know, or one by its name that an earlier server asked for."""
        leg = self._legs.get(name)
        if leg is None and _OURS.fullmatch(name):
            leg = self._legs[name] = Leg(CallId(call_of(name)))
        return leg

    # ── surveyed ────────────────────────────────────────────────────────────────────────────────────────────────────

    def surveyed(self, seen: NodeSurveyed) -> NodeSurveyed:
        """Take over what a survey saw; add the legs that are so new that Asterisk cannot have listed them yet."""
        listed = {each.leg for each in seen.legs}
        fresh = tuple(
            SeenLeg(LegId(name), "dialling", leg.call)
            for name, leg in self._legs.items()
            if name not in listed and leg.is_open and leg.asked_at > seen.asked_at - FRESH
        )
        # The list is read channel by channel: a leg may stand in a bridge that its caller enters only after his turn.
        together: set[str] = {each.call for each in seen.calls if each.place in {"talk", "room"}}
        together |= {each.leg for each in seen.legs if each.state == "talk"}
        self._take_over((*seen.legs, *fresh), together, seen.asked_at)
        self._calls = {each.call: self._calls.get(each.call, "") for each in seen.calls if each.place != DIALLING}
        dialled = self.dials.surveyed(tuple(each for each in seen.calls if is_dialled(each.call)), seen.asked_at)
        return replace(seen, calls=(*seen.calls, *dialled), legs=(*seen.legs, *fresh))

    def _take_over(self, legs: tuple[SeenLeg, ...], together: set[str], asked_at: float) -> None:
        """Know these legs alone; `together` is who stands in a bridge."""
        known, self._legs = self._legs, {}
        for each in legs:
            leg = known.get(each.leg) or Leg(each.call)
            is_as_seen = leg.asked_at <= asked_at  # else it was moved, or asked for, after the question
            if is_as_seen:
                leg.call = each.call or leg.call
            leg.up |= each.state in {"answered", "talk"}
            leg.rang |= each.state != "dialling"
            leg.talked |= is_as_seen and each.state == "talk" and each.call in together
            self._legs[each.leg] = leg
        self._bridges = {}
        for name, leg in self._legs.items():
            if leg.bridge:
                self._bridges.setdefault(leg.bridge, set()).add(name)


_TABLE: dict[str, Callable[[Translator, Message], list[Told]]] = {
    "Newstate": Translator._new_state,  # noqa: SLF001 (the table of this very class)
    "BridgeEnter": Translator._entered_bridge,  # noqa: SLF001 (as above)
    "Hangup": Translator._hung_up,  # noqa: SLF001 (as above)
    "OriginateResponse": Translator._dialled,  # noqa: SLF001 (as above)
    "DialState": Translator._dial_moved,  # noqa: SLF001 (as above)
    "UserEvent": Translator._last_words,  # noqa: SLF001 (as above)
    "ContactStatus": Translator._contact,  # noqa: SLF001 (as above)
}
HEARD_EVENTS = frozenset(_TABLE)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
