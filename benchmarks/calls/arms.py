"""The two ways to run the same calls on the same Asterisk: a plain dialplan with app_queue, and our server.

It does not know how many calls come, nor what is measured.

Only the arm that runs is loaded: app_queue (which listens to every phone's state) is a module that is unloaded while
our server runs, and while app_queue runs nobody is connected to AMI.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.arena import ArenaError, Server
from switchroom.outside.backoffice import BackOffice, insist
from switchroom.outside.screens import Login

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

    from cti.asterisk.daemon import Daemon

OURS = "switchroom"
DEFAULTS, TUNED = "app_queue", "app_queue tuned"
SUPERVISOR = "supervisor"
READY_WITHIN = 20.0  # seconds
PLAIN_NUMBER, PLAIN_RECORDED = "4100", "4102"
OUR_NUMBER, OUR_SCREENS, OUR_RECORDED, OUR_FEW = "4000", "4001", "4002", "4003"

# What the comparison needs in both: one call at a time for an agent, one agent a call (the default, ringall, rings all
# of them), and waiting callers served side by side (without autofill only the first in line is, one a second; sample
# files switch it on). Everything else in the first is Asterisk's own default.
NEEDED = {"ringinuse": "no", "strategy": "leastrecent", "autofill": "yes"}
QUEUE_OPTIONS = {
    DEFAULTS: NEEDED,
    TUNED: NEEDED | {
        "strategy": "rrmemory",
        "retry": "1",
        "timeout": "15",
        "wrapuptime": "0",
        "memberdelay": "0",
        "autopause": "no",
        "announce-frequency": "0",
        "announce-holdtime": "no",
        "announce-position": "no",
        "reportholdtime": "no",
        "setinterfacevar": "no",
        "setqueuevar": "no",
        "setqueueentryvar": "no",
    },
}  # fmt: skip
_GENERAL = {
    DEFAULTS: {"persistentmembers": "no"},
    TUNED: {
        "persistentmembers": "no", "autofill": "yes", "shared_lastcall": "no",
        "log_membername_as_agent": "no", "negative_penalty_invalid": "no",
    },
}  # fmt: skip


def plain_dialplan(prompt: str, recordings: Path) -> str:
    """Return the app_queue arm's dialplan: answer, one prompt and one key, queue, the end; number 4102 records."""
    return f"""
[switchroom-in](+)
exten => {PLAIN_NUMBER},1,Answer()
 same => n,Read(KEY,{prompt},1,,2,5)
 same => n,Queue(plain,,,,600)
 same => n,Hangup()
exten => {PLAIN_RECORDED},1,Answer()
 same => n,Read(KEY,{prompt},1,,2,5)
 same => n,Queue(plain,,,,600,,plain-record)
 same => n,Hangup()

[plain-record]
exten => s,1,MixMonitor(,r({recordings}/plain-${{UNIQUEID}}-agent.wav)t({recordings}/plain-${{UNIQUEID}}-caller.wav))
 same => n,Return()
"""


def queues_conf(arm: str, members: Iterable[str]) -> str:
    """Return queues.conf of one app_queue arm."""
    general = [f"{key} = {value}" for key, value in _GENERAL[arm].items()]
    options = [f"{key} = {value}" for key, value in QUEUE_OPTIONS[arm].items()]
    seats = [f"member => PJSIP/{name}" for name in members]
    return "\n".join(["[general]", *general, "", "[plain]", *options, *seats, ""])


@dataclass(slots=True)
class PlainArm:
    """`with` loads app_queue with these members; leaving unloads it."""

    name: str
    daemon: Daemon
    members: tuple[str, ...]

    def __enter__(self) -> Self:
        conf = self.daemon.layout.conf.parent / "queues.conf"
        conf.write_text(queues_conf(self.name, self.members), encoding="utf-8")
        told = self.daemon.command("module load app_queue.so")
        if not self.daemon.command("queue show plain").startswith("plain"):
            raise ArenaError(f"app_queue did not load: {told.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.command("module unload app_queue.so")

    def pids(self) -> tuple[int, ...]:
        """No process beside Asterisk."""
        return ()


@dataclass(slots=True)
class OurArm:
    """`with` starts the server and waits until every agent without a screen is ready; leaving stops it."""

    server: Server
    ready: int
    name: str = OURS

    def __enter__(self) -> Self:
        self.server.__enter__()
        try:
            asyncio.run(self._agents_ready())
        except BaseException:
            self.server.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    def pids(self) -> tuple[int, ...]:
        """The watchdog and the server."""
        return self.server.pids()

    async def _agents_ready(self) -> None:
        place = self.server.place
        async with BackOffice(Login(place.url, SUPERVISOR, place.passwords()[SUPERVISOR])) as office:

            async def enough() -> bool | None:
                floor = await office.floor()
                agents = floor["agents"] if floor is not None else []
                return True if sum(agent["state"] == "ready" for agent in agents) >= self.ready else None

            try:
                await insist(enough, READY_WITHIN)
            except TimeoutError:
                raise ArenaError(f"not all of {self.ready} agents became ready in {READY_WITHIN:g} s") from None
