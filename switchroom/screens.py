"""The screens of a running server: what the desk is given to show and to ask, who may log in, and where it listens.

It does not know a page or a role. Who is new gets a password, which goes once into a file of its owner.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog
from aiohttp import web

from desk.app import make_app
from desk.archive import JournalLibrary
from desk.live import LiveDesk
from desk.settings import DeskSettings
from desk.users import Users
from journal.thread import AsyncJournal
from switchroom import pilot_desk
from switchroom.auditing import Auditor
from switchroom.calling import Calling
from switchroom.edition import Edition
from switchroom.floor_watch import FloorWatch
from switchroom.loop import Loop
from switchroom.node_settings import recordings_of
from switchroom.people import people_of
from switchroom.prompt_desk import DeskPrompts
from switchroom.reconciling import Reconciler
from switchroom.settings import Settings
from switchroom.steering_desk import FloorReasons, FloorSteering

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Screens:
    """`troubles` say what may be wrong, by name, for the page of health."""

    settings: Settings
    loop: Loop
    memory: AsyncJournal
    live: LiveDesk
    watch: FloorWatch
    reconciler: Reconciler
    auditor: Auditor
    calling: Calling
    troubles: Mapping[str, Callable[[], str]]

    async def open(self, stack: AsyncExitStack) -> None:
        """Listen until the stack is closed; who may log in follows each edition."""
        users = await asyncio.to_thread(self._users, self.watch.present)

        async def admit(edition: Edition) -> None:
            users.become(await asyncio.to_thread(self._users, edition))

        self.watch.after.append(admit)
        http, runner = self.settings.http, web.AppRunner(self._app(users), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, http.host, http.port, reuse_address=True).start()
        log.info("screens_open", url=f"http://{http.host}:{http.port}/")

    def _app(self, users: Users) -> web.Application:
        loop, centre, journal = self.loop, self.loop.centre, self.memory.journal
        return make_app(
            loop, JournalLibrary(journal), users, self._desk_settings(), live=self.live, also=self.troubles,
            prompts=self._prompts(), flows=self.watch, clock=loop.clock, reckoning=self.reconciler.reckoning,
            audited=self.auditor.audited, pilot=pilot_desk.viewer(centre, loop.clock),
            outbound=self.calling.desk(journal), steering=FloorSteering(centre, journal),
            reasons=FloorReasons(centre, journal, loop.clock),
            planned=lambda *asked: centre.plan.floor.schedule.planned(*asked),  # noqa: PLW0108 - the floor may change
        )

    def _prompts(self) -> DeskPrompts:
        centre, clock = self.loop.centre, self.loop.clock
        return DeskPrompts(
            self.settings, lambda: centre.plan.floor.catalogue, self.memory, clock, self.watch.look_now
        )

    def _desk_settings(self) -> DeskSettings:
        settings = self.settings
        return DeskSettings(
            folder=settings.server.data / "desk",
            recordings=recordings_of(settings),
            target=settings.figures.target,
            short_abandon=settings.figures.short,
            outside=settings.outside.numbers,
            timezone=settings.server.timezone,
        )

    def _users(self, edition: Edition) -> Users:
        """Everyone who may log in: agents with a screen, and who is there for the floor, campaigns, or the rules."""
        agents = {agent: "agent" for agent, row in edition.plan.agents.items() if row.screen != "none"}
        others, departments = people_of(self.settings.people)
        users, fresh = Users.open(self.settings.server.data / "users.json", {**agents, **others}, departments)
        self._tell_passwords(fresh)
        return users

    def _tell_passwords(self, fresh: Mapping[str, str]) -> None:
        """New passwords go once into a file that only its owner can read, never into the log."""
        if not fresh:
            return
        path = self.settings.server.data / "first-passwords.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
            file.writelines(f"{user} {password}\n" for user, password in sorted(fresh.items()))
        log.info("passwords_made", users=len(fresh), file=str(path))
