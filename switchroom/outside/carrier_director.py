"""Sends the callers in: places each call at its time on the carrier's Asterisk and gathers the carrier's accounts.

It knows nothing of the server; whatever it counts was told by the carrier alone. Accounts come as events
and are read once more from the carrier's own database at the end, so that a lost event loses no count.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Self

from cti.asterisk import carrier
from cti.asterisk.actions import Originate, ReadFamily
from cti.asterisk.carrier import Account, originate_caller, read_account
from cti.asterisk.link import AmiAccess, AmiLink, LinkState, Listener
from switchroom.outside.campaign_floor import BEGINS
from switchroom.outside.tally import Tally, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cti.asterisk.codec import Message
    from cti.asterisk.protocol import Answer
    from switchroom.outside.callers import Caller

_RING_FOR = 15.0
_WANTED = frozenset({"UserEvent", "DBGetTreeResponse", "DBGetTreeComplete"})


class DirectorError(Exception):
    """The carrier cannot be driven; the text says why."""


class CarrierDirector:
    """Use it as `async with`. `on_account` is called once for each call that is over."""

    def __init__(self, access: AmiAccess, on_account: Callable[[Account], None] | None = None) -> None:
        self.placed: list[Caller] = []
        self.accounts: dict[str, Account] = {}
        self.customers: dict[str, Account] = {}  # of those whom the campaign calls
        self._on_account = on_account
        self._changed = asyncio.Event()
        self._run_id = f"{time.time_ns() // 1_000_000:x}"
        listener = Listener(self._heard, lambda _seconds: None, lambda: None)
        self._link = AmiLink("carrier", access, _WANTED, listener)

    async def __aenter__(self) -> Self:
        self._link.start()
        if await self._link.settled(10.0) is not LinkState.UP:
            self._link.stop()
            raise DirectorError(f"the carrier's AMI is not up: {self._link.fault or 'no answer within 10 s'}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._link.stop()

    @property
    def open_calls(self) -> int:
        """Calls placed that are not over yet."""
        return len(self.placed) - sum(caller.call in self.accounts for caller in self.placed)

    async def send(self, callers: Iterator[Caller]) -> None:
        """Place each call at its time, counted from now, until cancelled or nobody is left."""
        opened = time.monotonic()
        for caller in callers:
            await asyncio.sleep(max(0.0, opened + caller.at - time.monotonic()))
            self.place(caller)

    def place(self, caller: Caller) -> bool:
        """Place one call. False, and not counted as placed, when the carrier is out of reach."""
        headers, variables = originate_caller(
            carrier.Caller(
                call=f"{self._run_id}.{caller.call}",
                number=caller.number,
                keys=caller.keys,
                patience=caller.patience,
                talk=caller.talk,
                caller_number=caller.sender,
            )
        )
        sent = self._link.ask(
            Originate(
                channel=headers["Channel"],
                channel_id=f"{self._run_id}.{caller.call}",
                context=headers["Context"],
                ring_for=_RING_FOR,
                caller_number=caller.sender,
                caller_name="",
                variables=tuple(variables.items()),
            )
        )
        if sent:
            self.placed.append(caller)
        return sent

    async def drained(self, within: float) -> bool:
        """Wait until every placed call is over. False after `within` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.open_calls:
                    self._changed.clear()
                    await self._changed.wait()
        return not self.open_calls

    async def gather(self, within: float = 10.0) -> Tally:
        """Read every account from the carrier's own database and count. Raises DirectorError when it is silent."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answered(told: Answer) -> None:
            if not answer.done():
                answer.set_result(told)

        if not self._link.ask(ReadFamily(carrier.FAMILY), answered):
            raise DirectorError("the carrier is out of reach, its accounts cannot be read")
        try:
            told = await asyncio.wait_for(answer, within)
        except TimeoutError:
            raise DirectorError(f"the carrier's accounts were not told within {within:g} s") from None
        if told.lost or told.fault:
            raise DirectorError(f"the carrier's accounts cannot be read: {told.fault or 'no answer'}")
        for item in told.items:
            self._heard(item)
        return tally(self.placed, self.accounts)

    def _heard(self, message: Message) -> None:
        account = read_account(_plain(message))
        if account is not None and account.number.startswith(BEGINS):
            self.customers[account.call] = account
            return
        run, _, call = account.call.partition(".") if account else ("", "", "")
        if account is not None and run == self._run_id and call not in self.accounts:
            self.accounts[call] = account
            self._changed.set()
            if self._on_account:
                self._on_account(account)


def _plain(message: Message) -> dict[str, str]:
    """The few headers that an account needs, under the names that the carrier writes."""
    names = ("Event", "UserEvent", "Call", "Account", "Key", "Val")
    return {name: value for name in names if (value := message.get(name.lower()))}
