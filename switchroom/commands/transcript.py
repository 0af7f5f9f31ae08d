"""`switchroom transcript CONTACT`: a finished call, as its facts tell it, written as a transcript.

It does not know what the caller said: keys, waits, talks and ends are on record, secret keys only as how many.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from journal.codec import OpaqueFact
from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_note, settings_from
from switchroom.trial.again import Walked, walk_again
from switchroom.trial.diary import Diary, diary_of
from switchroom.trial.floor import FloorAtFault, trial_plan
from switchroom.trial.writing import line_text, written
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

MOST_EARLIER = 10  # calls of which each went on where the one before had stopped


def transcript(contact: str, save: Path | None, folder: Path | None, config: Path | None, *, as_json: bool) -> Code:
    """Write the transcript of a contact; exit code 1 when today's flow does not lead where the call went."""
    settings = settings_from(config).settings
    folder = folder or settings.server.dialplans
    calls = _calls(settings.journal.url, contact)
    diary = calls[-1]
    try:
        plan = trial_plan(folder, settings.server.country)
    except FloorAtFault as fault:
        print_note(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder))
        return Code.NO
    walked = walk_again(calls, plan, settings.server.timezone)
    trouble = _trouble(diary, walked, plan.flow_for(diary.started.called).version)
    text = written([walked.recorder.transcript(title=say("transcript.title", contact=contact))])
    if save is not None:
        _save(save, text)
    if as_json:
        lines = [line_text(line.what) for line in walked.recorder.lines]
        print_json({"contact": contact, "opening": asdict(walked.recorder.opening), "lines": lines, "trouble": trouble})
    elif save is None:
        sys.stdout.write(text)
    for line in trouble:
        print_note(line)
    return Code.NO if trouble else Code.OK


def _calls(url: str, contact: str) -> list[Diary]:
    """The call, after the earlier ones where it went on where they had stopped."""
    try:
        reader = JournalReader.open_reader(url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        found = [_diary(reader, contact)]
        while found[0].taken is not None and len(found) < MOST_EARLIER:
            found.insert(0, _diary(reader, found[0].taken.earlier))
    finally:
        reader.close()
    return found


def _diary(reader: JournalReader, contact: str) -> Diary:
    facts = (stored.fact for stored in reader.facts(contact=contact))
    diary = diary_of(fact for fact in facts if not isinstance(fact, OpaqueFact))
    if diary is None or not diary.started.call:
        raise UsageError(say("transcript.unknown", contact=contact))
    if diary.ended is None:
        raise UsageError(say("transcript.open", contact=contact))
    return diary


def _trouble(diary: Diary, walked: Walked, version: str) -> list[str]:
    """Why the transcript does not tell this call, [] when it does."""
    now = diary_of(fact for fact in walked.walk.facts if getattr(fact, "contact", "") == walked.walk.contact)
    stopped = walked.stopped or (say("transcript.queue", queue=walked.queue) if walked.queue else "")
    if not stopped and now is not None and now.way == diary.way:
        return []
    path = ", ".join(diary.path)
    found = [say("transcript.differs", then=path, now=", ".join(now.path) if now else "")]
    if stopped:
        found.append(say("transcript.stopped", why=stopped))
    if diary.started.version != version:
        found.append(say("transcript.version", then=diary.started.version, now=version))
    return found


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutsideError(str(error), say("try.save.remedy")) from error
