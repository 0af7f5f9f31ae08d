"""A flow as plain text in 80 columns: its steps in the order in which a caller can come to them, each with its exits.

It does not know boxes or lines. A way that leads on is shown as `->`, one that leads up again as `<-`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow import Resume
from ivr.picture import layers
from ivr.picture.cards import KEYS, clipped, is_wide
from ivr.picture.light import DARK, Light
from ivr.picture.sketch import Node, Sketch, Way

COLUMNS = 80
NAME, EXITS, TARGET = 24, 22, 26
LIT = "●"
BARS = "▏▎▍▌▋▊▉█"


def outline(sketch: Sketch, light: Light = DARK) -> str:
    """The whole text. No line is wider than 80 cells."""
    edges = {node.name: tuple(way.target for way in node.ways) for node in sketch.nodes}
    found = layers.layering(edges, sketch.start)
    order = [spot.name for layer in found.layers for spot in layer if not spot.rail]
    languages = ", ".join(sketch.languages)
    head = [_fit(part) for part in (sketch.name, f"version {sketch.version}", languages) if part]
    lines = ["  ".join(head), ""]
    if light.calls is not None:
        lines[0] += f"  {light.calls} calls"
    for name in sorted(order, key=lambda each: not sketch.node(each).reached):
        lines += _step(sketch, sketch.node(name), light, found)
    return "\n".join(_cut(line.rstrip()) for line in lines) + "\n"


def _step(sketch: Sketch, node: Node, light: Light, found: layers.Layering) -> Iterator[str]:
    sign = LIT if node.name in light.numbers else ">" if node.name == sketch.start else " "
    head = f"{sign} {_padded(_fit(node.name, NAME), NAME)} {_padded(node.verb or '-', 9)}"
    yield f"{head} {_tail(node, light, COLUMNS - len(head) - 1)}"
    for way in node.ways:
        yield _way(node, way, light, found)
    yield ""


def _tail(node: Node, light: Light, room: int) -> str:
    """What the step is about, and what is special about it."""
    marks = [f"goal {node.goal}" if node.goal else ""]
    marks += {Resume.FREELY: ["resume"], Resume.AUTHENTICATED: ["resume after proof"], Resume.NEVER: []}[node.resume]
    marks += ["never reached"] if not node.reached else []
    marks += ["no such step"] if node.missing else []
    marks += ["step " + ", ".join(map(str, light.numbers[node.name]))] if node.name in light.numbers else []
    marks += [f"ended here: {light.ended[1]}"] if light.ended[0] == node.name else []
    if light.calls is not None:
        marks.append(f"{light.entries.get(node.name, 0)} entries")
        marks += [f"{light.endings[node.name]} hung up"] if light.endings.get(node.name) else []
    told = "".join(f" [{mark}]" for mark in marks if mark)
    return f"{_fit(node.subject, max(6, room - len(told)))}{told}"


def _way(node: Node, way: Way, light: Light, found: layers.Layering) -> str:
    sign = LIT if light.was_taken(node.name, way) else " "
    back = (node.name, way.target) in found.back or way.target == node.name
    exits = _fit(" ".join(KEYS.get(name, name) for name in way.exits), EXITS)
    target = _fit(way.target, TARGET)
    line = f"{sign}     {_padded(exits, EXITS)} {'<-' if back else '->'} {_padded(target, TARGET)}"
    if light.calls is None:
        return line
    count = light.count(node.name, way)
    bar = "█" * int(12 * count / light.most) + (BARS[int(96 * count / light.most) % 8] if count < light.most else "")
    return f"{line} {count:>7} {bar if count else ''}"


def _fit(text: str, most: int = COLUMNS) -> str:
    """A text on one line and of at most so many cells."""
    return clipped(_plain(text), most)


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - _cells(text))


def _cells(text: str) -> int:
    return sum(1 + is_wide(letter) for letter in text)


def _cut(line: str) -> str:
    line = _plain(line)
    return line if _cells(line) <= COLUMNS else clipped(line, COLUMNS)
