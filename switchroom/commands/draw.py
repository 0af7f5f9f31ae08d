"""`switchroom draw`: a flow as a picture, with one call's way or the traffic of an interval in it.

It does not know how anything is drawn; `ivr/picture/` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.journeys import journey_of
from ivr.figures import figures_of
from ivr.picture.drawing import draw as drawn
from ivr.picture.light import Light, light_of
from ivr.picture.mermaid import mermaid
from ivr.picture.outline import outline
from ivr.picture.sketch import Sketch, sketch
from ivr.picture.svg import svg
from switchroom.commands.answers import Code, UsageError, print_line, print_note, settings_from
from switchroom.commands.report_steps import interval, open_journal, read_journeys
from switchroom.floorplan import load_floor
from switchroom.versions import Versions
from switchroom.words import say

if TYPE_CHECKING:
    from ivr.figures import Journey
    from switchroom.settings import Settings

SUFFIXES = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be drawn. `flow` is a name, or a file; `shape` "" goes by the name of `out`."""

    flow: str
    shape: str
    out: Path | None
    call: str
    heat: bool
    since: str
    until: str
    dialplans: Path | None


def draw(wish: Wish, config: Path | None) -> Code:
    """Write the picture to a file or to standard output; code 2 when there is no such flow or call."""
    settings = settings_from(config).settings
    journey = _journey(settings, wish.call) if wish.call else None
    found, caption = _sketch(settings, wish, journey)
    figures = None
    if wish.heat:
        begin, end = interval(settings, wish.since, wish.until)
        figures = figures_of(found.name, read_journeys(settings, begin, end, found.name))
        caption = caption or say("draw.interval", since=wish.since, until=wish.until)
    text = _written(found, light_of(journey, figures, _names(found)), _shape(wish), caption)
    if wish.out is None:
        print_line(text.removesuffix("\n"))
    else:
        wish.out.write_text(text, encoding="utf-8")
        print_note(say("draw.written", file=wish.out))
    return Code.OK


def _names(found: Sketch) -> frozenset[str]:
    return frozenset(node.name for node in found.nodes)


def _shape(wish: Wish) -> str:
    return wish.shape or (SUFFIXES.get(wish.out.suffix, "text") if wish.out else "text")


def _written(found: Sketch, light: Light, shape: str, caption: str) -> str:
    if shape == "svg":
        return svg(drawn(found, light), caption)
    return mermaid(found, light) if shape == "mermaid" else outline(found, light)


def _journey(settings: Settings, contact: str) -> Journey:
    reader = open_journal(settings)
    try:
        journey = journey_of(stored.fact for stored in reader.facts(contact=contact))
    finally:
        reader.close()
    if journey is None:
        raise UsageError(say("draw.no_call", contact=contact))
    return journey


def _sketch(settings: Settings, wish: Wish, journey: Journey | None) -> tuple[Sketch, str]:
    """The flow to be drawn, and a line about it; the version that a call met, where that is kept."""
    folder = wish.dialplans or settings.server.dialplans
    caption = say("draw.call_shown", contact=wish.call) if journey else ""
    if journey is not None and journey.flow == wish.flow:
        versions = Versions(settings.server.data / "versions")
        key = versions.find(journey.flow, journey.version)
        if key:
            return _read(versions.place(key) / "flows" / f"{wish.flow}.yaml", journey.version), caption
        caption = say("draw.older", contact=wish.call, version=journey.version)
    path = folder / "flows" / f"{wish.flow}.yaml"
    if not path.is_file() and Path(wish.flow).suffix == ".yaml":
        return _read(Path(wish.flow), ""), caption
    floor, _ = load_floor(folder)
    known = floor.flows.get(wish.flow) if floor else None
    return _read(path, known.version if known else ""), caption


def _read(path: Path, version: str) -> Sketch:
    try:
        found = sketch(path.read_bytes(), version=version)
    except OSError as error:
        raise UsageError(say("draw.no_flow", file=path, why=error.strerror or error)) from error
    if found is None:
        raise UsageError(say("draw.nothing", file=path))
    return found
