"""`switchroom replay`: the journal's tape through the same centre again.

It does not know how decisions are compared; `switchroom/replay.py` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.centre import Centre
from switchroom.commands.answers import Code, OutsideError, print_json, print_line, settings_from
from switchroom.replay import replay as run_tape
from switchroom.service import read_floor
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path


def replay(url: str, config: Path | None, *, as_json: bool) -> Code:
    """Compare every decision on the tape; exit code 1 at the first one that is not made again."""
    settings = settings_from(config).settings
    plan, sounds = read_floor(settings)
    try:
        reader = JournalReader.open_reader(url or settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        found = run_tape(reader, lambda: Centre(plan, sounds))
    finally:
        reader.close()
    if as_json:
        print_json(found)
    else:
        print_line(say("replay.ran", messages=found.messages, facts=found.facts, servers=found.servers))
        text = say("replay.differs", at=found.at_fact, difference=found.first_difference)
        print_line(say("replay.same") if found.same else text)
    return Code.OK if found.same else Code.NO
