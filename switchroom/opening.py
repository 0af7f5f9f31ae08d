"""What a server opens its floor with: where editions are made and kept, the one to begin with, those of older calls.

It does not know the centre's rules, nor how a prompt becomes sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cti.prompts import PromptError
from journal.facts import CallStarted
from switchroom.edition import Edition, Editions
from switchroom.floor_watch import FloorWatch
from switchroom.prompt_shelf import prompts_of, tell_stale
from switchroom.staging import CannotRender, Stage
from switchroom.versions import Versions

if TYPE_CHECKING:
    from journal.store import Journal
    from switchroom.floorplan import FloorPlan
    from switchroom.loop import Loop
    from switchroom.settings import Settings


def stage_of(settings: Settings) -> Stage:
    """Where the editions of the configured dialplans folder are made and kept."""
    server = settings.server

    def render(floor: FloorPlan) -> Mapping[tuple[str, str], str]:
        prompts = prompts_of(settings, floor.catalogue)
        try:
            sounds = prompts.render()
        except PromptError as fault:
            raise CannotRender(str(fault)) from fault
        finally:
            prompts.voices.close()
        tell_stale(prompts)
        return sounds

    return Stage(server.dialplans, Versions(server.data / "versions"), server.country, render, settings.outside.numbers)


def editions_of(stage: Stage, begun: Edition, journal: Journal) -> Editions:
    """The edition to begin with, and those of the calls that are still open."""
    calls = [stored.fact for stored in journal.open_facts() if isinstance(stored.fact, CallStarted)]
    return Editions(begun, older=stage.of_calls(begun, ((call.flow, call.version) for call in calls)))


def watch_of(stage: Stage, begun: Edition, loop: Loop) -> FloorWatch:
    """A watch over the folder, which tells the loop."""

    def show(edition: Edition) -> None:
        loop.centre.editions.staged[edition.key] = edition

    clock: Callable[[], float] = loop.clock
    return FloorWatch(stage, begun, clock, show, loop.tell)
