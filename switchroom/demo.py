"""The whole thing on one machine: callers, carrier, exchange, server and agents, and a verdict at the end.

It knows nothing of SIP, AMI or the server's insides; `switchroom/outside/` does the work, and whatever is
shown was asked over HTTP or told by the carrier.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live

from cti.asterisk.package import find_or_unpack
from cti.debian import CannotUnpackError
from cti.sip.call import PhoneError
from cti.sip.phone import Account
from switchroom.demo_campaign import DemoCampaign
from switchroom.demo_lab import invitation
from switchroom.demo_summary import Run, Summary, as_json, pops_of, sentences, summarize, tables, write_json
from switchroom.demo_table import Moment, headline, picture
from switchroom.outside.backoffice import insist
from switchroom.outside.callers import Crowd, callers
from switchroom.outside.carrier_director import CarrierDirector, DirectorError
from switchroom.outside.ports import HOST
from switchroom.outside.robots import Manners, RobotAgent, Seat
from switchroom.outside.stage import Stage, StageError
from switchroom.outside.tally import Circumstances, compare, with_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from switchroom.outside.callers import Caller

AGREED, DISAGREED, NO_STAGE = 0, 1, 2
_DRAIN = 120.0  # the longest patience and the longest talk together are shorter
_SETTLE = 20.0
_LOOK = 0.5
_LINE = 10.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What to show. `for_seconds` 0: until Ctrl-C. `kill_every` seconds: SIGKILL for the server, 0: never.

    `json_path` "-" is standard output, "" writes none. `folder` None: a temporary one that is removed at
    the end. `calls_per_minute` 0 sends nobody.
    """

    for_seconds: float = 0.0
    json_path: str = ""
    robots: bool = True
    seed: int = 1
    calls_per_minute: float = 12.0
    kill_every: float = 0.0
    dialplans: Path = Path("dialplans")
    folder: Path | None = None


async def run_demo(options: DemoOptions, console: Console | None = None) -> int:
    """Run a demo to its end; 0 when server and carrier agree, 1 when not, 2 when it could not be set up."""
    console = console or Console(stderr=options.json_path == "-")
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(_temporary()))
        try:
            package = await asyncio.to_thread(find_or_unpack, say=console.print)
            async with Stage(folder, options.dialplans, package, campaign=True) as stage:
                return await _Demo(options, stage, console).run()
        except (StageError, CannotUnpackError, DirectorError, PhoneError, TimeoutError, OSError) as fault:
            console.print(f"The demo cannot be shown: {fault or type(fault).__name__}", style="red", markup=False)
            return NO_STAGE


def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="switchroom-demo-", ignore_cleanup_errors=True)


class _Demo:
    """One demo on a stage that stands."""

    def __init__(self, options: DemoOptions, stage: Stage, console: Console) -> None:
        self.options = options
        self.stage = stage
        self.console = console
        self.began_at = time.time()
        self.opened = time.monotonic()
        self.first_ring: float | None = None
        self.robots = [RobotAgent(seat, Manners(), options.seed, self._rang) for seat in self._seats()]
        self.director = CarrierDirector(stage.carrier_access())
        self.campaign = DemoCampaign(stage, self.director, options.seed, self.began_at)
        self._stop = asyncio.Event()

    async def run(self) -> int:
        self.console.print(invitation(self.stage, robots=self.options.robots), markup=False, highlight=False)
        work = [asyncio.create_task(robot.work()) for robot in self.robots]
        try:
            async with self.director:
                await asyncio.gather(*(robot.at_work(within=30.0) for robot in self.robots))
                await self._show()
                await self._drain()
                return await self._judge()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    def _seats(self) -> Iterator[Seat]:
        if not self.options.robots:
            return
        secrets = self.stage.exchange.secrets.phones
        for agent, plan in sorted(self.stage.floor.agents.items()):
            account = Account(HOST, self.stage.ports.sip, plan.phone, secrets[plan.phone])
            yield Seat(agent, account, self.stage.login(agent) if plan.screen != "none" else None)

    def _rang(self, agent: str, number: str) -> None:
        self.campaign.may_begin.set()
        if self.first_ring is None:
            self.first_ring = time.monotonic() - self.opened
            name = self.stage.floor.agents[agent].name
            self.console.print(
                f"First ring after {self.first_ring:.1f} s: {name}'s phone, the caller is {number}.", markup=False
            )

    # ── while it runs ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _show(self) -> None:
        """Send callers and show the floor until the time is over or somebody presses Ctrl-C."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        beside = [
            asyncio.create_task(self.director.send(self._crowd())),
            asyncio.create_task(self._picture()),
            asyncio.create_task(self._kill()),
        ]
        self.campaign.open()
        try:
            async with asyncio.timeout(self.options.for_seconds or None):
                await self._stop.wait()
        except TimeoutError:
            pass
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _crowd(self) -> Iterator[Caller]:
        return callers(Crowd(per_minute=self.options.calls_per_minute), self.options.seed)

    async def _kill(self) -> None:
        while self.options.kill_every > 0:
            await asyncio.sleep(self.options.kill_every)
            if self.stage.kill_server():
                self.console.print("The server was killed (SIGKILL).", style="red")

    async def _picture(self) -> None:
        if not self.console.is_terminal:
            while True:
                await asyncio.sleep(_LINE)
                self.console.print(headline(await self._moment()), markup=False, highlight=False)
        with Live(console=self.console, auto_refresh=False) as live:
            while True:
                live.update(picture(await self._moment()), refresh=True)
                await asyncio.sleep(_LOOK)

    async def _moment(self) -> Moment:
        placed = len(self.director.placed)
        return Moment(
            elapsed=time.monotonic() - self.opened,
            placed=placed,
            over=placed - self.director.open_calls,
            kills=self.stage.kills,
            url=self.stage.url,
            floor=await self.stage.office.floor(),
            figures=await self.stage.office.figures(self.began_at),
            campaign=await self.campaign.view(),
        )

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _drain(self) -> None:
        """Let what is going on come to its own end."""
        if self.director.open_calls:
            self.console.print(f"No more callers. {self.director.open_calls} calls come to their end...")
        is_drained, is_over = await asyncio.gather(self.director.drained(_DRAIN), self.campaign.close(_DRAIN))
        if not is_drained:
            self.console.print(f"{self.director.open_calls} calls did not end.", style="red")
        if not is_over:
            self.console.print("Calls of the campaign did not end.", style="red")
        with contextlib.suppress(TimeoutError):
            await insist(self._settled, _SETTLE)

    async def _settled(self) -> bool | None:
        """Tell whether the server has no open contact left, live and in its history; None when it has, or is away."""
        floor = await self.stage.office.floor()
        calls = await self.stage.office.calls(self.began_at)
        if floor is None or calls is None or floor["contacts"]:
            return None
        return all(call.outcome for call in calls) or None

    async def _judge(self) -> int:
        summary = await self._summary()
        for table in tables(summary):
            self.console.print(table)
        for line in sentences(summary):
            self.console.print(line, markup=False, style="" if summary.agree else "red")
        if self.options.json_path == "-":
            print(as_json(summary))  # noqa: T201 - standard output is what was asked for
        elif self.options.json_path:
            write_json(summary, Path(self.options.json_path))
        return AGREED if summary.agree else DISAGREED

    async def _summary(self) -> Summary:
        counted = await self.director.gather()
        figures = await insist(lambda: self.stage.office.figures(self.began_at), _SETTLE)
        calls = await insist(lambda: self.stage.office.calls(self.began_at), _SETTLE)
        circumstances = Circumstances(disturbed=self.stage.kills > 0, ungreeted=not self.options.robots)
        counts = await insist(self.stage.office.reckoning, _SETTLE)
        agreement = compare(self.director.placed, self.director.accounts, calls, circumstances)
        shown, differs = await self.campaign.shown(disturbed=self.stage.kills > 0)
        agreement = with_counts(agreement, [*counts["last"], *differs])
        run = Run(
            seed=self.options.seed,
            seconds=round(time.monotonic() - self.opened, 1),
            kills=self.stage.kills,
            took=self.stage.took,
            first_ring_after=None if self.first_ring is None else round(self.first_ring, 2),
            robots=self.options.robots,
        )
        pops = pops_of(robot.deeds for robot in self.robots)
        return summarize(figures, calls, counted, agreement, pops, run, counts["checks"], shown)
