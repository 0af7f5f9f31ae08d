"""One real SIP call to a number: press keys as written, listen, and report what happened.

It knows nothing of flows, queues or agents; a *greeting* is a digit (RFC 4733) that the far end sends when it
starts to talk, as our robot agents do. A person who answers sends none: look at the levels then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from cti.sip.call import CallEnd, PhoneError, RobotCall
from cti.sip.keys import HangUp, Press, Step, Wait, read_keys
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech

GREETING = "D"  # what our robot agents press when they answer; no telephone has this key
_ANSWER_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Call `number` on a trunk, press `keys`, wait `patience` seconds for a greeting, talk, hang up.

    All times in seconds. `talk` 0 waits for no greeting: the caller hangs up after the last key.
    """

    number: str
    server: str = "127.0.0.1"
    port: int = 5060
    sender: str = "13800001111"
    name: str = ""
    keys: str = ""
    talk: float = 5.0
    patience: float = 60.0
    user: str = "caller"
    password: str = ""


@dataclass(frozen=True, slots=True)
class CallReport:
    """What happened, in seconds since the call was sent; None where it did not happen.

    `ended_by`: caller, exchange or nobody (no answer at all). `refused_code` is the SIP status of a call that
    was not taken, else 0. `levels` is the mean loudness (0.0 to 1.0) heard in each second since the answer,
    `loud` the seconds in which something was heard.
    """

    number: str
    sender: str
    answered: bool
    answered_after: float | None
    greeted: bool
    greeted_after: float | None
    keys_pressed: str
    digits_heard: str
    levels: tuple[float, ...]
    loud: float
    packets: int
    ended_by: str
    refused_code: int
    reason: str
    lasted: float
    talked: float


async def place_call(plan: CallPlan) -> CallReport:
    """Make the call and report. Raises ValueError for unreadable keys, PhoneError when it cannot be tried."""
    steps = read_keys(plan.keys)
    account = Account(plan.server, plan.port, plan.user, plan.password)
    async with RobotPhone(account) as phone:
        call = phone.call(plan.number, plan.sender, plan.name)
        pressed, greeted_at = "", None
        if await _answered(call):
            call.play(speech(), again=True)
            pressed = await _press(call, steps)
            greeted_at = await _talk(call, plan, steps)
        call.hang_up()
        end = await call.ended(within=10.0)
    return _report(plan, call, end, pressed, greeted_at)


async def _answered(call: RobotCall) -> bool:
    try:
        return await call.answered(within=_ANSWER_WITHIN)
    except PhoneError:
        return False


async def _press(call: RobotCall, steps: tuple[Step, ...]) -> str:
    """Press what is written, as long as the call lasts; gives back what was pressed."""
    pressed = ""
    for step in steps:
        if not call.talking:
            break
        if isinstance(step, Wait):
            await call.over_within(step.seconds)
        elif isinstance(step, Press):
            await call.press(step.digits)
            pressed += step.digits
    return pressed


async def _talk(call: RobotCall, plan: CallPlan, steps: tuple[Step, ...]) -> float | None:
    """Wait for the greeting and talk; gives back when it came."""
    if plan.talk <= 0 or HangUp() in steps:
        return None
    if not await call.heard_digit(GREETING, within=plan.patience):
        return None
    greeted_at = time.monotonic()
    await call.over_within(plan.talk)
    return greeted_at


def _report(plan: CallPlan, call: RobotCall, end: CallEnd, pressed: str, greeted_at: float | None) -> CallReport:
    def since(moment: float | None) -> float | None:
        return None if moment is None else round(moment - call.began_at, 3)

    return CallReport(
        number=plan.number,
        sender=plan.sender,
        answered=call.answered_at is not None,
        answered_after=since(call.answered_at),
        greeted=greeted_at is not None,
        greeted_after=since(greeted_at),
        keys_pressed=pressed,
        digits_heard=call.digits,
        levels=call.ear.levels(),
        loud=call.ear.loud_seconds,
        packets=call.ear.packets,
        ended_by={"us": "caller", "them": "exchange"}.get(end.by, "nobody"),
        refused_code=end.code,
        reason=end.reason,
        lasted=round(end.at - call.began_at, 3),
        talked=round(end.at - greeted_at, 3) if greeted_at is not None else 0.0,
    )
