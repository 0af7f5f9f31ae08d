"""`switchroom call NUMBER --keys ...`: one real caller, and what happened to him.

It does not know SIP; `cti/sip/caller.py` does.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cti.sip.call import PhoneError
from cti.sip.caller import CallPlan, CallReport, place_call
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.own_asterisk import own_nodes
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `to` is HOST:PORT or ""; `talk` and `patience` are seconds."""

    number: str
    keys: str
    caller: str
    to: str
    talk: float
    patience: float


def call(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Make the call; exit code 0 when it was answered, 1 when not, 3 when it could not be tried."""
    host, port = target(wish.to, config)
    plan = CallPlan(number=wish.number, server=host, port=port, keys=wish.keys, talk=wish.talk, patience=wish.patience)
    if wish.caller:
        plan = CallPlan(**{**asdict(plan), "sender": wish.caller})
    try:
        report = asyncio.run(place_call(plan))
    except ValueError as error:
        raise UsageError(str(error)) from error
    except (PhoneError, OSError) as error:
        raise OutsideError(str(error), say("call.failed.remedy", host=host, port=port)) from error
    if as_json:
        print_json(report)
    else:
        _tell(report)
    return Code.OK if report.answered else Code.NO


def target(to: str, config: Path | None) -> tuple[str, int]:
    """HOST:PORT of the exchange: as asked for, or the first own node's."""
    if to:
        host, _, port = to.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UsageError(say("call.to.fault", to=to))
        return host, int(port)
    nodes = own_nodes(settings_from(config).settings)
    if not nodes:
        raise OutsideError(say("asterisk.no_own"), say("call.to.remedy"))
    return nodes[0].bind.replace("0.0.0.0", "127.0.0.1"), nodes[0].sip_port  # noqa: S104  replaced, not bound


def _tell(report: CallReport) -> None:
    if not report.answered:
        print_line(say("call.unanswered", code=report.refused_code or "-", reason=report.reason or report.ended_by))
        return
    print_line(say("call.answered", seconds=f"{report.answered_after or 0:.2f}"))
    if report.keys_pressed:
        print_line(say("call.pressed", keys=report.keys_pressed))
    if report.greeted:
        print_line(say("call.greeted", seconds=f"{report.greeted_after or 0:.2f}"))
    heard = f"{report.loud:.1f}"
    print_line(say("call.ended", by=report.ended_by, seconds=f"{report.lasted:.1f}", heard=heard))
