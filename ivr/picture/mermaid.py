"""A flow as a Mermaid flowchart, for a forge or a wiki that shows such text as a picture.

It does not know where steps stand: whoever shows the text decides that. Names are numbers in the text and everything
else is quoted, so no name can become a word of Mermaid's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow import Resume
from ivr.picture.cards import KEYS, clipped
from ivr.picture.light import DARK, Light
from ivr.picture.palette import LIT, kind_of
from ivr.picture.sketch import Node, Sketch, Way

LONGEST = 48
_QUOTED = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;", "|": "#124;", "\\": "#92;"}


def mermaid(sketch: Sketch, light: Light = DARK) -> str:
    """The whole chart. Its nodes and lines stand in the order of the text."""
    ids = {node.name: f"n{number}" for number, node in enumerate(sketch.nodes)}
    lines = [f"%% {_quoted(sketch.name)} {_quoted(sketch.version)}", "flowchart TD"]
    if sketch.start in ids:
        lines.append(f"  start((start)) --> {ids[sketch.start]}")
    lines += [f"  {ids[node.name]}{_shape(node, light)}" for node in sketch.nodes]
    arrows = [(node, way) for node in sketch.nodes for way in node.ways]
    lines += [f"  {ids[node.name]} -->|{_label(node, way, light)}| {ids[way.target]}" for node, way in arrows]
    lines += _colours(sketch, light, ids)
    first = sketch.start in ids
    lit = [number + first for number, (node, way) in enumerate(arrows) if light.was_taken(node.name, way)]
    if lit:
        lines.append(f"  linkStyle {','.join(map(str, lit))} stroke:{LIT},stroke-width:4px")
    return "\n".join(lines) + "\n"


def _shape(node: Node, light: Light) -> str:
    """The node's text in its brackets: round where the flow ends, slanted where it decides, else a box."""
    told = [f"<b>{_quoted(clipped(node.name, LONGEST))}</b>", _quoted(clipped(_about(node), LONGEST))]
    if node.goal:
        told.append(f"goal {_quoted(node.goal)}")
    if node.resume is not Resume.NEVER:
        told.append("resume" if node.resume is Resume.FREELY else "resume after proof")
    if light.calls is not None:
        told.append(f"{light.entries.get(node.name, 0)} entries")
    if light.ended[0] == node.name:
        told.append(f"ended: {light.ended[1]}")
    text = "<br>".join(part for part in told if part)
    if node.verb == "hangup":
        return f'(["{text}"])'
    return f'{{{{"{text}"}}}}' if kind_of(node.verb).does == "decides" else f'["{text}"]'


def _about(node: Node) -> str:
    if node.missing:
        return "no such step"
    if not node.reached:
        return f"{node.verb}: {node.subject} (never reached)"
    return f"{node.verb}: {node.subject}" if node.subject else node.verb


def _label(node: Node, way: Way, light: Light) -> str:
    text = _quoted(clipped(" · ".join(KEYS.get(name, name) for name in way.exits), LONGEST))
    count = f" ({light.count(node.name, way)})" if light.calls is not None else ""
    return f'"{text}{count}"'


def _colours(sketch: Sketch, light: Light, ids: dict[str, str]) -> Iterator[str]:
    """A class for each kind of step that occurs, and for lit and lost ones."""
    kinds = {kind_of(node.verb): "" for node in sketch.nodes}
    for number, kind in enumerate(kinds):
        members = ",".join(ids[node.name] for node in sketch.nodes if kind_of(node.verb) == kind)
        yield f"  classDef kind{number} fill:{kind.paper},stroke:{kind.ink},color:#0f172a"
        yield f"  class {members} kind{number}"
    special = {
        "lit": (f"stroke:{LIT},stroke-width:4px", [node for node in sketch.nodes if node.name in light.numbers]),
        "lost": ("stroke-dasharray:6 4", [node for node in sketch.nodes if not node.reached or node.missing]),
    }
    for name, (style, nodes) in special.items():
        if nodes:
            yield f"  classDef {name} {style}"
            yield f"  class {','.join(ids[node.name] for node in nodes)} {name}"


def _quoted(text: str) -> str:
    """A text that Mermaid shows as it is, on one line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return "".join(_QUOTED.get(letter, letter) for letter in plain)
