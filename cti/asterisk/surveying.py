"""One survey of a node under way: the ends that are remembered, the phones, and last the channels.

It does not know when a survey is due, nor what follows from it.

The channels come last, and what was told before their list is told before it: the list is never older than an event
that was told already. The remembered ends are read only after a login or on request, for there may be thousands; the
phones then, and now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from cti.asterisk.actions import ListChannels, ListDevices, ReadFamily
from cti.asterisk.link import AmiLink, Answer
from cti.asterisk.survey import FAMILY, VARIABLES, read_channels, read_ended, read_phones
from cti.vocabulary import CallEnded, DialFailed, NodeId, NodeSurveyed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Who asks: a node, the link to it, the time, and who is told what was seen."""

    node: NodeId
    link: AmiLink
    clock: Callable[[], float]
    done: Callable[[Survey, NodeSurveyed | None], None]


class Survey:
    """Calls `done` once, with what was seen, or with None when it failed. `repeat`: another is wanted after it."""

    def __init__(self, surveyor: Surveyor, *, with_ended: bool, with_phones: bool) -> None:
        self.with_ended = with_ended
        self.with_phones = with_phones
        self.repeat = False
        self._surveyor = surveyor
        self._ended: tuple[CallEnded | DialFailed, ...] = ()
        self._phones: tuple[str, ...] | None = None
        self._asked_at = 0.0

    def begin(self) -> None:
        if not self.with_ended:
            self._ask_phones(Answer())
        elif not self._surveyor.link.ask(ReadFamily(FAMILY), self._ask_phones):
            self._surveyor.done(self, None)

    def _ask_phones(self, answer: Answer) -> None:
        self._ended = read_ended(self._surveyor.node, answer.items)  # no entry at all is answered with a refusal
        if not self.with_phones and not answer.lost:
            self._ask_channels(answer)
        elif answer.lost or not self._surveyor.link.ask(ListDevices(), self._ask_channels):
            self._surveyor.done(self, None)

    def _ask_channels(self, answer: Answer) -> None:
        if self.with_phones and not answer.fault:
            self._phones = read_phones(answer.items)
        self._asked_at = self._surveyor.clock()
        if answer.lost or not self._surveyor.link.ask(ListChannels(VARIABLES), self._done):
            self._surveyor.done(self, None)

    def _done(self, answer: Answer) -> None:
        if answer.fault:
            log.warning("asterisk.survey_failed", node=self._surveyor.node, why=answer.fault)
            self._surveyor.done(self, None)
            return
        calls, legs = read_channels(answer.items)
        ended = tuple(end for end in self._ended if isinstance(end, CallEnded))
        failed = tuple(end for end in self._ended if isinstance(end, DialFailed))
        seen = NodeSurveyed(self._surveyor.node, self._asked_at, calls, legs, ended, self._phones, failed)
        self._surveyor.done(self, seen)
