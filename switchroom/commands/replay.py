"""`switchroom replay`: the journal's tape through the same centre again.

It does not know how decisions are compared; `switchroom/replay.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.centre import Centre
from switchroom.commands.answers import Code, OutsideError, print_json, print_line, settings_from
from switchroom.edition import Edition, Editions
from switchroom.opening import stage_of
from switchroom.replay import replay as run_tape
from switchroom.staging import Refusal, Stage
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path


def replay(url: str, config: Path | None, *, as_json: bool) -> Code:
    """Compare every decision on the tape; exit code 1 at the first one that is not made again."""
    settings = settings_from(config).settings
    floors = StoredFloors(stage_of(settings))
    try:
        reader = JournalReader.open_reader(url or settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        found = run_tape(reader, floors)
    finally:
        reader.close()
    if as_json:
        print_json(found)
    else:
        print_line(say("replay.ran", messages=found.messages, facts=found.facts, servers=found.servers))
        text = say("replay.differs", at=found.at_fact, difference=found.first_difference)
        print_line(say("replay.same") if found.same else text)
    return Code.OK if found.same else Code.NO


class StoredFloors:
    """The editions of the store, and the files of today for what is no longer in it."""

    def __init__(self, stage: Stage) -> None:
        found = stage.edition()
        if isinstance(found, Refusal):
            raise OutsideError("\n".join(found.lines()), say("replay.floor.remedy"))
        self._stage = stage
        self._today = found
        self._loaded: dict[str, Edition | None] = {found.key: found}

    def named(self, edition: str) -> Edition | None:
        if edition not in self._loaded:
            self._loaded[edition] = self._stage.kept(edition)
        return self._loaded[edition]

    def begin(self, edition: str, calls: Iterable[tuple[str, str]]) -> Centre:
        begun = self.named(edition) or self._today
        centre = Centre(begun.plan, begun.sounds)
        centre.editions = Editions(begun, older=self._stage.of_calls(begun, calls))
        return centre
