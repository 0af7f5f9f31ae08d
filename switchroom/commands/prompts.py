"""`switchroom prompts`: what callers hear of each prompt, making the sounds, and bringing in what people recorded.

It does not know how sound is made (`cti/prompts.py`), nor what is refused (`cti/recorded.py`).
"""

from __future__ import annotations

import getpass
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cti.loudness import active_level
from cti.prompts import PromptError, Prompts
from cti.recorded import Key, read_bounded
from cti.sound import RATE, NotSound, read_wav, write_wav
from ivr.faults import did_you_mean
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.floorplan import load_floor
from switchroom.prompt_shelf import PromptRow, State, prompts_of, row_of
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

BAD = frozenset({State.FAULTY, State.MISSING})
FRAGMENT = "say/"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file. `why` is "" when it was taken."""

    file: str
    name: str
    language: str
    taken: bool
    seconds: float = 0.0
    level: float = 0.0
    why: str = ""


def show_list(language: str, state: str, config: Path | None, *, as_json: bool) -> Code:
    """Print a line for each prompt; exit code 1 when one of those listed cannot be played."""
    if state and state not in tuple(State):
        raise UsageError(say("prompts.state.fault", state=state, states=", ".join(State)))
    rows = [
        row
        for row in _rows(_prompts(config))
        if (not language or row.language == language) and (not state or row.state == state)
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            told = row.why or (say("prompts.read", text=row.recorded_text) if row.state is State.STALE else "")
            figures = f"{row.seconds:7.2f} s {row.level:6.1f} dB" if row.seconds else " " * 19
            print_line(f"{row.language:6} {row.name:24} {_in_words()[row.state]:14} {figures}  {row.text[:60]}")
            if told:
                print_line(f"{'':6} -> {told}")
    return Code.NO if any(row.state in BAD for row in rows) else Code.OK


def show_status(config: Path | None, *, as_json: bool) -> Code:
    """Print counts for each language, and every prompt that needs somebody; exit code 1 when one cannot be played."""
    rows = _rows(_prompts(config))
    languages = sorted({row.language for row in rows})
    counts = {language: Counter(row.state for row in rows if row.language == language) for language in languages}
    seconds = {language: sum(row.seconds for row in rows if row.language == language) for language in languages}
    if as_json:
        found = {language: {state.value: counts[language][state] for state in State} for language in languages}
        print_json({language: {"seconds": round(seconds[language], 1), **found[language]} for language in languages})
    else:
        words = _in_words()
        for language in languages:
            told = ", ".join(f"{words[state]} {counts[language][state]}" for state in State if counts[language][state])
            print_line(f"{language:6} {seconds[language]:7.1f} s  {told}")
        for row in rows:
            if row.state in BAD or row.state is State.STALE:
                told = row.why or say("prompts.read", text=row.recorded_text)
                print_line(f"  {row.language} {row.name}: {words[row.state]}; {told}")
    return Code.NO if any(row.state in BAD for row in rows) else Code.OK


def render(config: Path | None, *, as_json: bool) -> Code:
    """Make every sound that is not there yet; exit code 1 and every fault when one cannot be made."""
    prompts = _prompts(config)
    before = {path.name for path in prompts.cache.glob("*.wav")}
    begun = time.perf_counter()
    try:
        sounds = prompts.render()
    except PromptError as fault:
        print_line(str(fault))
        return Code.NO
    finally:
        prompts.voices.close()
    took = round(time.perf_counter() - begun, 2)
    made = len({path.name for path in prompts.cache.glob("*.wav")} - before)
    if as_json:
        print_json({"prompts": len(sounds), "made": made, "seconds": took})
    else:
        print_line(say("prompts.rendered", prompts=len(sounds), made=made, seconds=took))
    return Code.OK


def speak(text: str, language: str, out: Path, config: Path | None, *, as_json: bool) -> Code:
    """Write any text as a prompt would sound."""
    prompts = _plain_prompts(config, {("text", language): text})
    try:
        path = prompts.make(("text", language))
        _, samples = read_wav(path)
        write_wav(out, samples)
    except (PromptError, NotSound) as fault:
        raise OutsideError(str(fault), say("prompts.say.remedy")) from fault
    except OSError as fault:
        raise UsageError(f"{out}: {fault.strerror}") from fault
    finally:
        prompts.voices.close()
    seconds, level = round(len(samples) / RATE, 2), round(active_level(samples), 1)
    if as_json:
        print_json({"file": str(out), "seconds": seconds, "level": level})
    else:
        print_line(say("prompts.said", file=out, seconds=seconds, level=level))
    return Code.OK


def bring_in(files: Sequence[Path], language: str, name: str, config: Path | None, *, as_json: bool) -> Code:
    """Take recordings in; exit code 1 when one was refused. The others are taken all the same."""
    if name and len(files) > 1:
        raise UsageError(say("prompts.import.one"))
    prompts = _prompts(config)
    done = [_brought(prompts, file, (name or file.stem, language)) for file in files]
    if as_json:
        print_json(done)
    else:
        for one in done:
            values = asdict(one)
            print_line(say("prompts.import.taken", **values) if one.taken else say("prompts.import.refused", **values))
    return Code.OK if all(one.taken for one in done) else Code.NO


def drop(name: str, language: str, config: Path | None, *, as_json: bool) -> Code:
    """Take a recording away; exit code 1 when there is none."""
    prompts = _plain_prompts(config, {})
    try:
        gone = prompts.recorded.drop((name, language))
    except NotSound as fault:
        raise UsageError(str(fault)) from fault
    if as_json:
        print_json({"name": name, "language": language, "dropped": gone})
    else:
        where = {"name": name, "language": language}
        print_line(say("prompts.dropped", **where) if gone else say("prompts.drop.none", **where))
    return Code.OK if gone else Code.NO


def _brought(prompts: Prompts, file: Path, key: Key) -> Imported:
    name, language = key
    text = prompts.catalogue.get(key)
    if text is None:
        hint = did_you_mean(name, {known for known, spoken in prompts.catalogue if spoken == language})
        why = say("prompts.import.unknown", name=name, language=language)
        return Imported(str(file), name, language, taken=False, why=f"{why}{f'; {hint}' if hint else ''}")
    try:
        take = prompts.recorded.put(key, read_bounded(file), (text, file.name, getpass.getuser(), time.time()))
    except NotSound as fault:
        return Imported(str(file), name, language, taken=False, why=str(fault))
    except OSError as fault:
        return Imported(str(file), name, language, taken=False, why=fault.strerror or str(fault))
    return Imported(str(file), name, language, taken=True, seconds=round(take.seconds, 2), level=take.level)


def _prompts(config: Path | None) -> Prompts:
    """The prompts of the configured floor. Its other faults stand in nobody's way here, a missing catalogue does."""
    settings = settings_from(config).settings
    floor, faults = load_floor(settings.server.dialplans)
    if floor is None:
        lines = "\n".join(map(str, faults))
        raise UsageError(f"{lines}\n{say('check.faults', count=len(faults), folder=settings.server.dialplans)}")
    return prompts_of(settings, floor.catalogue)


def _plain_prompts(config: Path | None, catalogue: dict[Key, str]) -> Prompts:
    return prompts_of(settings_from(config).settings, catalogue)


def _in_words() -> dict[State, str]:
    return {
        State.RECORDED: say("prompts.is.recorded"),
        State.STALE: say("prompts.is.stale"),
        State.SYNTHESISED: say("prompts.is.synthesised"),
        State.NOT_RENDERED: say("prompts.is.not_rendered"),
        State.FAULTY: say("prompts.is.faulty"),
        State.MISSING: say("prompts.is.missing"),
    }


def _rows(prompts: Prompts) -> list[PromptRow]:
    """A row for each prompt, and for each that another language has and this one lacks."""
    languages = {language for _, language in prompts.catalogue}
    names = {name for name, _ in prompts.catalogue if not name.startswith(FRAGMENT)}
    lacking = [
        PromptRow(name, language, State.MISSING, "", why=say("prompts.no_text", language=language))
        for name in names
        for language in languages
        if (name, language) not in prompts.catalogue
    ]
    rows = [row_of(prompts, key) for key in prompts.catalogue]
    return sorted([*rows, *lacking], key=lambda row: (row.language, row.name.startswith(FRAGMENT), row.name))
