"""The call table that every arm must end with: for each call how it ended, for each of its legs how far it came.

Kept in two ways that share nothing but the rows. `ToldTable` applies what our translator told. `HeaderTable` reads the
events' headers itself, with no more code than a program on top of a dict needs; the other parsers feed it. Neither
knows where bytes come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from cti.vocabulary import CallEnded, LegEnded, LegRang, PhoneSeen, TalkBegan

Headers = Mapping[str, Any]


@dataclass(slots=True)
class LegRow:
    """`over`: no more to be heard of it."""

    call: str
    rang: bool = False
    talked: bool = False
    over: bool = False


@dataclass(slots=True)
class CallRow:
    """`at`, `leg` and `answered_at` are the last words of the call in Asterisk's dialplan."""

    ended: bool = False
    cause: int = 0
    at: float = 0.0
    leg: str = ""
    answered_at: float = 0.0


class Table:
    """Rows of calls and legs."""

    def __init__(self) -> None:
        self.calls: dict[str, CallRow] = {}
        self.legs: dict[str, LegRow] = {}

    def arrived(self, call: str) -> None:
        """A caller stands at the door; known ones come back."""
        if call not in self.calls:
            self.calls[call] = CallRow()

    def asked(self, leg: str, call: str) -> None:
        """An agent's leg is being dialled."""
        self.legs[leg] = LegRow(call)

    def digest(self) -> str:
        """Equal for equal tables, whatever the order in which they were filled."""
        rows = [(name, astuple(row)) for rows in (self.calls, self.legs) for name, row in rows.items()]
        return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()[:16]


class ToldTable(Table):
    """Filled from what is told."""

    def apply(self, told: object) -> None:
        """Take one thing told; what the table does not show is passed over."""
        kind = type(told)
        if kind is LegRang:
            self.legs[told.leg].rang = True  # type: ignore[attr-defined]  # its type was just looked at
        elif kind is TalkBegan:
            self.legs[told.leg].talked = True  # type: ignore[attr-defined]  # as above
        elif kind is LegEnded:
            self.legs[told.leg].over = True  # type: ignore[attr-defined]  # as above
        elif kind is CallEnded:
            self._ended(told)  # type: ignore[arg-type]  # as above
        elif kind is not PhoneSeen:
            raise TypeError(f"the table has no place for {kind.__name__}")

    def _ended(self, told: CallEnded) -> None:
        row = self.calls[told.call]
        row.ended, row.cause, row.at = True, told.cause, told.at or 0.0
        row.leg, row.answered_at = told.leg or "", told.answered_at or 0.0


class HeaderTable(Table):
    """Filled from events as mappings of header names to values."""

    def __init__(self) -> None:
        super().__init__()
        self._bridged: dict[str, str] = {}  # who is in which bridge
        self._up: set[str] = set()  # legs that answered, or whose dialling has ended
        self._down: set[str] = set()  # legs that hung up
        self.readers = {
            "Newstate": self.new_state,
            "BridgeEnter": self.bridge_enter,
            "Hangup": self.hangup,
            "OriginateResponse": self.originate_response,
            "UserEvent": self.user_event,
            "ContactStatus": self.contact_status,
        }

    def new_state(self, event: Headers) -> None:
        """A channel rings or is up."""
        row = self.legs.get(event["Uniqueid"])
        if row is not None and event["ChannelState"] == "5":
            row.rang = True
        elif row is not None and event["ChannelState"] == "6":
            self._up.add(event["Uniqueid"])

    def bridge_enter(self, event: Headers) -> None:
        """A channel is in a bridge; the second one of a pair makes it a talk."""
        channel, bridge = event["Uniqueid"], event["BridgeUniqueid"]
        self._bridged[channel] = bridge
        if channel in self.legs:
            self._up.add(channel)
            row = self.legs[channel]
            row.talked = row.talked or self._bridged.get(row.call) == bridge
        elif (leg := self.legs.get(self._bridged.get(bridge, ""))) is not None:
            leg.talked = leg.talked or leg.call == channel
        self._bridged[bridge] = channel

    def hangup(self, event: Headers) -> None:
        """A channel is gone."""
        channel = event["Uniqueid"]
        self._bridged.pop(self._bridged.pop(channel, ""), None)
        if channel in self.legs:
            self._down.add(channel)
            self._over(channel)

    def originate_response(self, event: Headers) -> None:
        """The word about a dialling."""
        leg = event["ActionID"].removeprefix("leg:")
        if leg in self.legs:
            self._up.add(leg)
            self._over(leg)

    def _over(self, leg: str) -> None:
        if leg in self._up and leg in self._down:
            self._up.discard(leg)
            self._down.discard(leg)
            self.legs[leg].over = True

    def user_event(self, event: Headers) -> None:
        """The last words of a call."""
        if event["UserEvent"] != "SwitchroomEnded":
            return
        call, at, cause, leg, answered_at = event["Last"].split("|")[:5]
        row = self.calls[call]
        row.ended, row.cause, row.at = True, int(cause), float(at)
        row.leg, row.answered_at = leg, float(answered_at or 0) if leg else 0.0

    def contact_status(self, event: Headers) -> None:
        """A phone's registration: not in the table."""
