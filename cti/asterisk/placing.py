"""Places the dials of one node over AMI, and ends them, also before they are answered.

It does not know whom it dials nor why. What becomes of a dial that cannot be sent, is refused, or is lost on the way:

- the link is down, Asterisk refuses it, or the number is not allowed: told at once, as congestion: it is our fault, and
  whoever paces dials slows down;
- sent, and no answer: unknown. It is never sent again; the next survey tells whether it lives;
- asked for in the moment after a login: it waits until Asterisk has said which trunk it has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from cti.asterisk.actions import EncodeError, Hangup
from cti.asterisk.codec import Message
from cti.asterisk.dialling import DIAL_ACTION, originate
from cti.asterisk.dials import Dials
from cti.asterisk.link import AmiLink, Answer
from cti.dial_vocabulary import CustomerAnswered, DialCustomer, DialFailed, Failure
from cti.ids import CallId, NodeId
from cti.vocabulary import CallerArrived, Told

log = structlog.get_logger()

DROP_AGAIN, DROP_TRIES = 0.2, 10  # a dial may be dropped before Asterisk has made its channel
END_WITHIN = 2.0  # seconds between the word that a dial failed and the end of its channel, if it had one
UNALLOWED = 28  # Q.850: invalid number


class Placing:
    """`tell` is called in order, never concurrently. `clock` gives POSIX seconds."""

    def __init__(
        self, node: NodeId, link: AmiLink, dials: Dials, tell: Callable[[Told], None], clock: Callable[[], float]
    ) -> None:
        self._node = node
        self._link = link
        self._dials = dials
        self._tell = tell
        self._clock = clock
        self._trunk: str | None = None  # not known yet; "" for none
        self._waiting: list[DialCustomer] = []

    def trunk_is(self, trunk: str) -> None:
        """Asterisk has said over which trunk it dials out."""
        self._trunk = trunk
        waiting, self._waiting = self._waiting, []
        for dial in waiting:
            self._send(dial, trunk)

    def link_lost(self) -> None:
        """What waited is not sent any more."""
        waiting, self._waiting = self._waiting, []
        for dial in waiting:
            self._never_was(dial.call)

    def dial(self, dial: DialCustomer, *, allowed: bool) -> None:
        """Dial, once."""
        call = dial.call
        if call in self._dials:
            log.error("asterisk.dial_repeated", node=self._node, call=call, problem="it is being dialled already")
            return
        if not allowed or self._trunk == "":
            log.warning("asterisk.dial_impossible", node=self._node, call=call, trunk=self._trunk, allowed=allowed)
            self._tell(DialFailed(self._node, call, Failure.CONGESTION, UNALLOWED))
            return
        self._dials.asked(call, self._clock())
        if self._trunk is None:
            self._waiting.append(dial)
        else:
            self._send(dial, self._trunk)

    def _send(self, dial: DialCustomer, trunk: str) -> None:
        call = dial.call

        def answered(answer: Answer) -> None:
            if answer.lost:
                self._dials.unknown(call)
            elif answer.fault:
                log.warning("asterisk.dial_refused", node=self._node, call=call, why=answer.fault)
                self._never_was(call)

        try:
            if not self._link.ask(originate(dial, trunk), answered, DIAL_ACTION + call):
                self._never_was(call)
        except EncodeError as error:
            log.error("asterisk.dial_unwritable", node=self._node, call=call, problem=str(error))  # noqa: TRY400 (it says all)
            self._never_was(call)

    def drop(self, call: CallId, cause: int, tries: int = DROP_TRIES) -> None:
        """Hang up on him, wherever he is."""
        self._dials.dropped(call)
        if any(dial.call == call for dial in self._waiting):
            self._waiting = [dial for dial in self._waiting if dial.call != call]
            self._never_was(call)
            return

        def answered(answer: Answer) -> None:
            if answer.fault and not answer.lost and tries > 1 and call in self._dials:
                asyncio.get_running_loop().call_later(DROP_AGAIN, self.drop, call, cause, tries - 1)

        self._link.ask(Hangup(call, cause), answered)

    def heard(self, told: Told) -> Told:
        """Give an answer its time where Asterisk did not tell it."""
        if isinstance(told, CustomerAnswered) and not told.at:
            return replace(told, at=self._clock())
        return told

    def arrived(self, told: CallerArrived) -> None:
        """He stands at the door: that he answered is told before, if nobody has heard it yet."""
        for each in self._dials.answered(told.call, told.opened_at):
            self._tell(self.heard(each))

    def originated(self, event: Message) -> None:
        """The answer to an Originate has been heard; a failed one may never have had a channel."""
        call = self._dials.failed(event)
        if call is not None:
            asyncio.get_running_loop().call_later(END_WITHIN, self._never_was, call)

    def _never_was(self, call: CallId) -> None:
        for told in self._dials.never_was(call, Failure.CONGESTION):
            self._tell(told)
