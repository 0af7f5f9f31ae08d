"""`switchroom call FILE.call`: transcripts on a real line, with the verdict that `switchroom simulate` gives.

It does not know SIP or sound; `switchroom/trial/rung.py` does.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cti.hearing import Fingerprints
from cti.prompts import PromptError
from cti.sip.call import PhoneError
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.call import target
from switchroom.commands.simulate import failure_text, verdict_record
from switchroom.prompt_shelf import prompts_of
from switchroom.secret_files import read_secret
from switchroom.trial.floor import FloorAtFault, read_files, transcript_files, trial_plan
from switchroom.trial.remembered import Asking
from switchroom.trial.rung import Line, ring
from switchroom.trial.script import NOWHERE
from switchroom.trial.spelling import Unfit, Word, keys_of
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from switchroom.settings import Settings
    from switchroom.trial.script import Transcript
    from switchroom.trial.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `to` is HOST:PORT or ""; `secrets` are NAME=KEYS; `hurry` and `patience` are seconds."""

    file: Path
    to: str
    secrets: tuple[str, ...]
    user: str
    password_file: Path | None
    folder: Path | None
    hurry: float
    patience: float


def call_file(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Call every transcript of a file or folder; exit code 1 when one does not come true."""
    settings = settings_from(config).settings
    host, port = target(wish.to, config)
    transcripts, faults = read_files(transcript_files((wish.file,), wish.file))
    if faults:
        print_line("\n".join(map(str, faults)))
        return Code.NO
    asking = Asking()
    if wish.password_file is not None:
        url = f"http://{settings.http.host}:{settings.http.port}"
        asking = Asking(url, wish.user, read_secret(wish.password_file))
    prompts = _prompts(wish, settings)
    line = Line(host, port, prompts, _secrets(wish.secrets), asking, wish.hurry, wish.patience)
    try:
        verdicts = asyncio.run(_ring(transcripts, line))
    except (PhoneError, OSError) as error:
        raise OutsideError(str(error), say("call.failed.remedy", host=host, port=port)) from error
    if as_json:
        print_json([{**verdict_record(one), "unchecked": list(one.unchecked)} for one in verdicts])
    else:
        _tell(verdicts)
    return Code.OK if all(verdict.passed for verdict in verdicts) else Code.NO


async def _ring(transcripts: list[Transcript], line: Line) -> list[Verdict]:
    return [await ring(transcript, line) for transcript in transcripts]


def _prompts(wish: Wish, settings: Settings) -> Fingerprints:
    """The sounds as the server plays them, from its own cache."""
    folder = wish.folder or settings.server.dialplans
    try:
        plan = trial_plan(folder, settings.server.country)
    except FloorAtFault as fault:
        raise UsageError(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder)) from fault
    prompts = prompts_of(settings, plan.floor.catalogue)
    try:
        return Fingerprints(prompts.render())
    except PromptError as fault:
        raise OutsideError(str(fault), say("call.prompts.remedy")) from fault
    finally:
        prompts.voices.close()


def _secrets(given: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for text in given:
        name, _, keys = text.partition("=")
        try:
            found[name] = keys_of([Word(keys, NOWHERE)])
        except Unfit as wrong:
            raise UsageError(say("call.secret.fault", name=name)) from wrong
        if not name or not keys:
            raise UsageError(say("call.secret.fault", name=name))
    return found


def _tell(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.difference is not None:
            print_line(failure_text(verdict))
        for line in verdict.unchecked:
            print_line(say("call.unchecked", line=line))
    failed = sum(not verdict.passed for verdict in verdicts)
    print_line(say("call.rung", count=len(verdicts), failed=failed))
