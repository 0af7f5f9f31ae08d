"""What became of each caller and each agent, read from the SIP messages on the wire alone.

It does not know which arm ran. A caller's leg and the agents' legs rung for it share the number that the caller shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.sip_wire import SipMessage


@dataclass(frozen=True, slots=True)
class Ends:
    """Who is at which port: the exchange, the callers, the agents' phones."""

    exchange: int
    callers: tuple[int, ...]
    phones: int


@dataclass(slots=True)
class Leg:
    """One agent rung once. Times in POSIX seconds, None = it did not happen."""

    agent: str
    caller: str
    rung_at: float
    answered_at: float | None = None
    ended_at: float | None = None  # BYE sent, by either side
    by_agent: bool = False  # by the agent's side
    closed: bool = False  # and that BYE was answered with 200


@dataclass(slots=True)
class Call:
    """One caller."""

    number: str
    invited_at: float
    taken_at: float | None = None  # 200 to the INVITE
    keyed_at: float | None = None
    left_by_exchange: bool = False  # the exchange hung up, and the caller's side confirmed
    legs: list[Leg] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """An agent answered, the talk was ended by the agent, and both legs were closed in order."""
        talked = [leg for leg in self.legs if leg.answered_at is not None]
        return len(talked) == 1 and talked[0].by_agent and talked[0].closed and self.left_by_exchange


@dataclass(frozen=True, slots=True)
class Trace:
    """All calls of a step by the caller's number, and every agent's legs in the order of time."""

    calls: dict[str, Call]
    legs: tuple[Leg, ...]

    def good(self) -> int:
        """How many callers reached an agent and ended normally."""
        return sum(call.good for call in self.calls.values())

    def setup(self) -> list[float]:
        """Seconds from a caller's INVITE to its 200."""
        return [call.taken_at - call.invited_at for call in self.calls.values() if call.taken_at is not None]

    def join_to_ring(self) -> list[float]:
        """Seconds from a caller's key to the first agent's INVITE for him."""
        return [
            call.legs[0].rung_at - call.keyed_at
            for call in self.calls.values()
            if call.legs and call.keyed_at is not None
        ]

    def freed_to_ring(self) -> list[float]:
        """Seconds from the end of an agent's talk to his next INVITE, where a caller was waiting at that end."""
        following = _next_legs(self.legs)
        waiting = Waiting(self.calls.values())
        return [
            after.rung_at - leg.ended_at
            for leg, after in following
            if leg.ended_at is not None and leg.answered_at is not None and waiting.at(leg.ended_at) > 0
        ]


class Waiting:
    """How many callers had pressed their key and were not rung for yet, at any moment."""

    def __init__(self, calls: Iterable[Call]) -> None:
        keyed = [call for call in calls if call.keyed_at is not None]
        self._came = sorted(call.keyed_at for call in keyed if call.keyed_at is not None)
        self._went = sorted(call.legs[0].rung_at for call in keyed if call.legs)

    def at(self, moment: float) -> int:
        return bisect_right(self._came, moment) - bisect_right(self._went, moment)


def _next_legs(legs: Sequence[Leg]) -> Iterator[tuple[Leg, Leg]]:
    last: dict[str, Leg] = {}
    for leg in legs:
        if leg.agent in last:
            yield last[leg.agent], leg
        last[leg.agent] = leg


def trace(messages: Iterable[SipMessage], ends: Ends) -> Trace:
    """Sort the messages, in the order of time, into calls and legs."""
    reader = _Reader(ends)
    for message in messages:
        reader.read(message)
    return Trace(reader.calls, tuple(reader.legs.values()))


class _Reader:
    def __init__(self, ends: Ends) -> None:
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, Leg] = {}
        self._ends = ends
        self._dialogs: dict[str, Call] = {}

    def read(self, message: SipMessage) -> None:
        ports = {message.source, message.target}
        if self._ends.phones in ports:
            self._phone(message)
        elif not ports.isdisjoint(self._ends.callers):
            self._caller(message)

    def _caller(self, message: SipMessage) -> None:
        if message.is_request("INVITE") and message.call_id not in self._dialogs:
            call = self._dialogs[message.call_id] = Call(message.caller, message.at)
            self.calls[message.caller] = call
            return
        known = self._dialogs.get(message.call_id)
        if known is None:
            return
        if message.is_answer("INVITE", 200):
            known.taken_at = known.taken_at or message.at
        elif message.is_request("INFO"):
            known.keyed_at = known.keyed_at or message.at
        elif message.is_answer("BYE", 200) and message.target == self._ends.exchange:
            known.left_by_exchange = True

    def _phone(self, message: SipMessage) -> None:
        leg = self.legs.get(message.call_id)
        if leg is None:
            if message.is_request("INVITE") and message.source == self._ends.exchange:
                self._ring(message)
        elif message.is_answer("INVITE", 200):
            leg.answered_at = leg.answered_at or message.at
        elif message.is_request("BYE"):
            if leg.ended_at is None:
                leg.ended_at, leg.by_agent = message.at, message.source == self._ends.phones
        elif message.is_answer("BYE", 200):
            leg.closed = True

    def _ring(self, message: SipMessage) -> None:
        leg = self.legs[message.call_id] = Leg(message.asked, message.caller, message.at)
        call = self.calls.get(message.caller)
        if call is not None:
            call.legs.append(leg)
