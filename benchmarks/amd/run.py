"""How often an ear takes a person for a machine, or a machine for a person, and how long he waits for its verdict.

    python benchmarks/amd/run.py [--quick] [--json FILE] [--seed N] [--greetings N]

Made greetings in English and Mandarin (espeak-ng, tones, noise) are dialled on a real Asterisk over SIP and RTP: with
the settings that AMD() is delivered with, and with ours. Beside them, on the same sound but without a telephone, an ear
that follows the line's own noise. Exit code 1 when an aim is missed, 2 when it cannot be run.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.amd.greetings import Truth, greetings
from benchmarks.amd.line import Line
from benchmarks.amd.model import HUMAN, MACHINE, SILENT, UNSURE, Own, Verdict, own
from benchmarks.amd.sounds import Spoken, speak
from benchmarks.arena import ArenaError, machine
from benchmarks.figures import percentile
from cti.asterisk.daemon import DaemonError
from cti.asterisk.layout import template
from cti.asterisk.package import find_or_unpack
from cti.debian import CannotUnpackError
from cti.voices.espeak import Espeak
from cti.voices.voice import VoiceMissing

COUNT, QUICK = 400, 30
DELIVERED = """[general]
initial_silence = 2500
greeting = 1500
after_greeting_silence = 800
total_analysis_time = 5000
min_word_length = 100
between_words_silence = 50
maximum_number_of_words = 2
silence_threshold = 256
maximum_word_length = 5000
"""
PEOPLE = (Truth.PERSON, Truth.FIRM)
FALSE_MACHINE_AIM, LATE_AIM = 0.005, 0.8
ARMS = ("AMD() as delivered", "AMD() with our settings", "an ear that follows the noise")


def main(words: Sequence[str] | None = None) -> int:
    """Make, dial, count, print."""
    wanted = _arguments().parse_args(words)
    console = Console(stderr=wanted.json == "-")
    with tempfile.TemporaryDirectory(prefix="switchroom-amd-", ignore_cleanup_errors=True) as folder:
        try:
            told = _measure(wanted, Path(folder), console)
        except (ArenaError, DaemonError, CannotUnpackError, VoiceMissing, OSError) as fault:
            console.print(f"The benchmark cannot be run: {fault}", style="red", markup=False)
            return 2
    _publish(told, wanted.json, console)
    return 1 if told["missed"] else 0


def _arguments() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description="who has answered: errors and time of the ear beside the line")
    reader.add_argument("--quick", action="store_true", help="thirty greetings: does it run at all?")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    reader.add_argument("--seed", type=int, default=1, help="draws the greetings (default 1)")
    reader.add_argument("--greetings", type=int, default=0, help=f"how many (default {COUNT})")
    return reader


def _measure(wanted: argparse.Namespace, folder: Path, console: Console) -> dict[str, Any]:
    package = find_or_unpack(say=console.print)
    count = wanted.greetings or (QUICK if wanted.quick else COUNT)
    with Progress(console=console, transient=True) as bars:
        spoken = _speak(count, wanted.seed, folder, bars)
        with Line(folder / "line", package) as line:
            heard = {}
            for arm, settings in zip(ARMS, (DELIVERED, template("amd.conf")), strict=False):
                bar = bars.add_task(arm, total=count)
                line.settings(settings)
                heard[arm] = line.hear(spoken, lambda done, bar=bar: bars.update(bar, completed=done))  # type: ignore[misc]  # mypy cannot type a default of a lambda
    heard[ARMS[2]] = [own(each.loudness(), Own()) for each in spoken]
    rows = {arm: _row(spoken, verdicts) for arm, verdicts in heard.items()}
    ours = rows[ARMS[1]]
    missed = [
        *(["false machine"] if ours["false_machine"]["share"] > FALSE_MACHINE_AIM else []),
        *(["human verdict"] if (ours["late"]["p95"] or 0.0) > LATE_AIM else []),
    ]
    about = {**machine(), "asterisk": ".".join(map(str, package.version)), "greetings": count, "seed": wanted.seed}
    return {"about": about, "arms": rows, "missed": missed}


def _speak(count: int, seed: int, folder: Path, bars: Progress) -> list[Spoken]:
    espeak, bar = Espeak.find(), bars.add_task("making the greetings", total=count)
    parts = folder / "parts"
    parts.mkdir(parents=True)

    def one(place: int, greeting: Any) -> Spoken:
        made = speak(greeting, espeak, parts, place)
        bars.advance(bar)
        return made

    with ThreadPoolExecutor(2) as pool:
        drawn = greetings(count, seed)
        return list(pool.map(one, range(len(drawn)), drawn))


def _row(spoken: Sequence[Spoken], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What one ear made of them; a person who is heard as `human` or `unsure` goes to an agent."""
    pairs = list(zip(spoken, verdicts, strict=True))
    of = {truth: [(said, told) for said, told in pairs if said.greeting.truth is truth] for truth in Truth}
    people = [pair for truth in PEOPLE for pair in of[truth]]
    late = [told.at - said.said_before(told.at) for said, told in people if told.heard == HUMAN]
    return {
        "false_machine": _share(people, {MACHINE, "fax"}),
        "false_machine_persons": _share(of[Truth.PERSON], {MACHINE, "fax"}),
        "false_machine_firms": _share(of[Truth.FIRM], {MACHINE, "fax"}),
        "people_unsure": _share(people, {UNSURE}),
        "people_silent": _share(people, {SILENT}),
        "machines_as_people": _share(of[Truth.MACHINE], {HUMAN, UNSURE}),
        "faxes_known": _share(of[Truth.FAX], {"fax"}),
        "silence_known": _share(of[Truth.SILENT], {SILENT}),
        "late": {"median": percentile(late, 50), "p95": percentile(late, 95), "most": max(late, default=None)},
        "machine_at": percentile([told.at for _, told in of[Truth.MACHINE] if told.heard == MACHINE], 50),
    }


def _share(pairs: Sequence[tuple[Spoken, Verdict]], heard: set[str]) -> dict[str, float]:
    """Share with the upper end of its 95 % interval (Wilson)."""
    count = sum(told.heard in heard for _, told in pairs)
    total = len(pairs)
    if not total:
        return {"count": 0, "of": 0, "share": 0.0, "upper": 1.0}
    z, share = 1.96, count / total
    middle, width = share + z * z / (2 * total), z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2))
    return {"count": count, "of": total, "share": share, "upper": min(1.0, (middle + width) / (1 + z * z / total))}


LINES = (
    ("persons and firms taken for machines", "false_machine"),
    ("  persons who say hello", "false_machine_persons"),
    ("  firms with a long greeting", "false_machine_firms"),
    ("persons and firms: unsure (an agent)", "people_unsure"),
    ("persons and firms: silent (the message)", "people_silent"),
    ("machines taken for persons", "machines_as_people"),
    ("fax machines known", "faxes_known"),
    ("silent lines known", "silence_known"),
)


def _publish(told: dict[str, Any], target: str, console: Console) -> None:
    arms = told["arms"]
    table = Table(title=f"Who has answered: {told['about']['greetings']} made greetings, seed {told['about']['seed']}")
    table.add_column("")
    for arm in ARMS:
        table.add_column(arm, justify="right")
    for name, key in LINES:
        table.add_row(name, *(_written(told["arms"][arm][key]) for arm in ARMS))
    for name, key in (("median", "median"), ("95th percentile", "p95"), ("longest", "most")):
        cells = (told["arms"][arm]["late"][key] for arm in ARMS)
        table.add_row(f"verdict `human` after the last word, {name}", *(_seconds(each) for each in cells))
    table.add_row("verdict `machine` after the answer, median", *(_seconds(arms[arm]["machine_at"]) for arm in ARMS))
    console.print(table)
    if told["missed"]:
        console.print(f"Missed: {', '.join(told['missed'])}", style="yellow")
    if target:
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        sys.stdout.write(text) if target == "-" else Path(target).write_text(text, encoding="utf-8")


def _written(share: dict[str, float]) -> str:
    return f"{share['count']} of {share['of']} = {share['share']:.1%} (at most {share['upper']:.1%})"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
