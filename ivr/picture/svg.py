"""A drawing as SVG: one XML document that needs no style sheet, no script and no font of its own.

It does not know how the drawing came about. Every text goes through `_text`, so whatever a flow's names hold, the
document stays what it is; colours are attributes, so it shows under the strictest content policy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ivr.picture import palette
from ivr.picture.cards import CHIP_HEIGHT, HEIGHT, NAME, PADDING, SMALL, TINY, Card, Chip, label_of, length
from ivr.picture.drawing import Drawing
from ivr.picture.lanes import Box, Point
from ivr.picture.light import Light
from ivr.picture.palette import LIT, MUTED, TEXT

MARGIN, HEAD, FOOT = 28.0, 62.0, 30.0
ROUND = 7.0
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {
    "finished": "ended", "answered": "ended talking", "hung_up": "hung up here", "lost": "lost",
}  # fmt: skip


def svg(drawing: Drawing, caption: str = "") -> str:
    """The whole document. `caption` is one line below the name, such as whose call or which interval is shown."""
    title = drawing.sketch.name or "flow"
    head = length(title, 20, bold=True) + 40
    width = max(drawing.plan.width, head, length(caption, SMALL), 420.0) + 2 * MARGIN
    height = drawing.plan.height + HEAD + FOOT
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    named = f'role="img" aria-label={_attribute(f"Flow {title}")} font-family={quoteattr(FONT)}'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f"<title>{_text(title)}</title>",
        _hatching(),
        f'<rect width="{_n(width)}" height="{_n(height)}" fill="{palette.PAPER}"/>',
        *_head(drawing, caption),
        f'<g transform="translate({_n((width - drawing.plan.width) / 2)} {_n(HEAD)})">',
        *_start(drawing),
        *_lines(drawing),
        *(part for name, card in drawing.cards.items() for part in _card(drawing, card, drawing.plan.boxes[name])),
        "</g>",
        *_legend(drawing, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _hatching() -> str:
    return (
        '<defs><pattern id="hatched" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" fill="#f8fafc"/>'
        '<rect width="2.4" height="7" fill="#dbe2ea"/></pattern></defs>'
    )


def _head(drawing: Drawing, caption: str) -> Iterator[str]:
    sketch = drawing.sketch
    facts = [f"version {sketch.version}", ", ".join(sketch.languages), f"{len(sketch.nodes)} steps"]
    if drawing.light.calls is not None:
        facts.append(f"{drawing.light.calls:,} calls")
    told = " · ".join(fact for fact in (*facts, caption) if fact)
    yield _said(MARGIN, 36, sketch.name or "flow", 20, TEXT, bold=True)
    yield _said(MARGIN, 54, told, SMALL, MUTED)


def _start(drawing: Drawing) -> Iterator[str]:
    box = drawing.plan.boxes.get(drawing.sketch.start)
    if box is None:
        return
    ink = LIT if drawing.light.call_shown else TEXT
    yield f'<circle cx="{_n(box.x)}" cy="5" r="5" fill="{ink}"/>'
    yield _stroke(f"M{_n(box.x)} 9V{_n(box.y - 6)}", ink, 1.6)
    yield _arrow(box, ink, 1.6)


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(drawing: Drawing) -> Iterator[str]:
    """All lines, those to one step together; each has a halo, so that what it crosses seems to pass below."""
    inks = _inks(drawing)
    groups: dict[str, list[tuple[str, str]]] = {}
    for pair in drawing.plan.routes:
        groups.setdefault(pair[1], []).append(pair)
    for target in sorted(groups, key=lambda name: _nearness(drawing, groups[name])):
        weighed = sorted((_weight(drawing, pair, inks)[::-1], drawing.plan.routes[pair]) for pair in groups[target])
        most = weighed[-1][0][0]
        drawn = [(_path(points, most), ink, width) for (width, ink), points in weighed]
        faded = ' opacity="0.3"' if drawing.light.call_shown and not _is_lit_group(drawing, groups[target]) else ""
        yield f"<g{faded}>"
        yield from (_stroke(path, palette.PAPER, width + 4.0) for path, _, width in drawn)
        yield from (_stroke(path, ink, width) for path, ink, width in drawn)
        yield _arrow(drawing.plan.boxes[target], drawn[-1][1], most)
        yield "</g>"


def _inks(drawing: Drawing) -> dict[str, str]:
    """A colour for the lines to each step where many meet."""
    sources = Counter(target for _, target in drawing.plan.routes)
    hubs = [name for name in drawing.cards if sources[name] >= palette.MANY]
    return {name: palette.HUBS[number % len(palette.HUBS)] for number, name in enumerate(hubs)}


def _nearness(drawing: Drawing, pairs: Sequence[tuple[str, str]]) -> tuple[bool, float, int]:
    """What is drawn last lies on top: what is lit, then what is thick, then what is single."""
    return _is_lit_group(drawing, pairs), max(_weight(drawing, pair, {})[1] for pair in pairs), -len(pairs)


def _is_lit_group(drawing: Drawing, pairs: Sequence[tuple[str, str]]) -> bool:
    return any(_is_lit(drawing, *pair) for pair in pairs)


def _is_lit(drawing: Drawing, source: str, target: str) -> bool:
    return any(
        drawing.light.was_taken(source, way) for way in drawing.sketch.node(source).ways if way.target == target
    )


def _weight(drawing: Drawing, pair: tuple[str, str], inks: dict[str, str]) -> tuple[str, float]:
    """The ink and the width of a line."""
    light = drawing.light
    if light.call_shown:
        return (LIT, 3.2) if _is_lit(drawing, *pair) else (palette.FAINT, 1.4)
    ink = inks.get(pair[1], palette.LINE)
    if light.calls is None:
        return ink, 1.5
    count = sum(light.count(pair[0], way) for way in drawing.sketch.node(pair[0]).ways if way.target == pair[1])
    return (LIT, 1.5 + 6.0 * (count / light.most) ** 0.5) if count else (palette.FAINT, 1.2)


def _path(points: Sequence[Point], thickest: float) -> str:
    """A line through the points with round corners, ending just above the last one: the arrow does the rest."""
    points = (*points[:-1], (points[-1][0], points[-1][1] - _arrow_height(thickest) + 1.5))
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(ROUND, _apart(before, here) / 2, _apart(here, after) / 2)
        one, other = _towards(here, before, radius), _towards(here, after, radius)
        parts.append(f"L{_n(one[0])} {_n(one[1])}Q{_n(here[0])} {_n(here[1])} {_n(other[0])} {_n(other[1])}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def _apart(one: Point, other: Point) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def _towards(start: Point, end: Point, by: float) -> Point:
    share = by / (_apart(start, end) or 1.0)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _stroke(path: str, ink: str, width: float) -> str:
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{_n(width)}" stroke-linecap="round"/>'


def _arrow(box: Box, ink: str, width: float) -> str:
    high = _arrow_height(width)
    half = high * 0.6
    return f'<path d="M{_n(box.x)} {_n(box.y - 1.0)}l-{_n(half)} -{_n(high)}h{_n(2 * half)}z" fill="{ink}"/>'


def _arrow_height(width: float) -> float:
    return 7.5 + max(0.0, width - 2.5) * 0.9


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _card(drawing: Drawing, card: Card, box: Box) -> Iterator[str]:
    light, node = drawing.light, card.node
    kind = palette.kind_of(node.verb)
    lit = node.name in light.numbers
    faded = ' opacity="0.38"' if light.call_shown and not lit else ""
    left, top = box.x - box.width / 2, box.y
    fill = "url(#hatched)" if not node.reached else kind.paper
    if light.calls is not None and node.reached:
        fill = palette.heat_of(light.entries.get(node.name, 0), light.busiest)
    edge = f'stroke="{LIT}" stroke-width="2.4"' if lit else f'stroke="{kind.ink}" stroke-opacity="0.45"'
    broken = ' stroke-dasharray="5 4"' if node.missing or not node.reached or not node.verb else ""
    yield f'<g transform="translate({_n(left)} {_n(top)})"{faded}>'
    yield f"<title>{_text(_tip(card, light))}</title>"
    yield f'<rect width="{_n(box.width)}" height="{_n(HEIGHT)}" rx="8" fill="{palette.PAPER}"/>'
    yield f'<rect width="{_n(box.width)}" height="{_n(HEIGHT)}" rx="8" fill="{fill}" {edge}{broken}/>'
    if node.verb:
        yield f'<path d="M8 0A8 8 0 0 0 0 8V{_n(HEIGHT - 8)}A8 8 0 0 0 8 {_n(HEIGHT)}A4 8 0 0 1 4.5 {_n(HEIGHT - 8)}'
        yield f'V8A4 8 0 0 1 8 0Z" fill="{kind.ink}"/>'
    yield from _written(card, box, kind)
    yield from (part for chip in card.chips for part in _chip(chip, kind, light, node.name))
    yield from _badges(card, box, light)
    yield "</g>"


def _written(card: Card, box: Box, kind: palette.Kind) -> Iterator[str]:
    node, right = card.node, box.width - PADDING
    yield _said(PADDING, 20, card.name, NAME, TEXT if node.verb else kind.ink, bold=True)
    at = PADDING + length(card.name, NAME, bold=True) + 8
    for mark in card.marks:
        width = length(mark, TINY) + 12
        yield f'<rect x="{_n(at)}" y="9" width="{_n(width)}" height="14" rx="7" fill="{TEXT}" fill-opacity="0.78"/>'
        yield _said(at + width / 2, 19.2, mark, TINY, "#ffffff", anchor="middle")
        at += width + 8
    yield _said(right, 19.5, label_of(node), TINY, kind.ink, anchor="end", bold=True)
    subject = card.subject if node.reached or node.missing else card.subject or "never reached"
    yield _said(PADDING, 36, subject, SMALL, MUTED)
    if card.entries:
        yield _said(right, 36, card.entries, SMALL, palette.COUNT, anchor="end", bold=True)


def _chip(chip: Chip, kind: palette.Kind, light: Light, step: str) -> Iterator[str]:
    taken = light.was_taken(step, chip.way)
    paper = LIT if taken else kind.ink if chip.is_key else palette.PAPER
    ink = "#ffffff" if taken or chip.is_key else TEXT
    left, top = chip.at - chip.width / 2, HEIGHT - CHIP_HEIGHT - 4.5
    edge = LIT if taken else kind.ink
    yield f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(chip.width)}" height="{_n(CHIP_HEIGHT)}" rx="4" '
    yield f'fill="{paper}" stroke="{edge}" stroke-opacity="{"1" if taken or chip.is_key else "0.4"}"/>'
    at = left + 5.5
    if chip.loops:
        yield _loop(at + 4, top + CHIP_HEIGHT / 2, ink)
        at += 12
    yield _said(at, top + 12.2, chip.label, TINY, ink, bold=chip.is_key)
    if chip.count:
        hot = "#ffffff" if taken or chip.is_key else palette.COUNT
        yield _said(left + chip.width - 5.5, top + 12.2, chip.count, TINY, hot, anchor="end")


def _loop(x: float, y: float, ink: str) -> str:
    """A small round arrow: this way out leads back to the same step."""
    arc = f"M{_n(x + 3.2)} {_n(y - 1.6)}A3.6 3.6 0 1 0 {_n(x + 3.6)} {_n(y + 0.8)}"
    head = f"M{_n(x + 4.4)} {_n(y - 4)}V{_n(y - 1)}H{_n(x + 1.4)}"
    return f'<path d="{arc}{head}" fill="none" stroke="{ink}" stroke-width="1.2"/>'


def _badges(card: Card, box: Box, light: Light) -> Iterator[str]:
    """On the upper edge: as which step the call came here, and how it ended."""
    if card.number:
        width = max(17.0, length(card.number, TINY, bold=True) + 10)
        yield f'<rect x="-7" y="-9" width="{_n(width)}" height="17" rx="8.5" fill="{LIT}"/>'
        yield _said(width / 2 - 7, 3, card.number, TINY, "#ffffff", anchor="middle", bold=True)
    ended = _WORDS.get(light.ended[1], light.ended[1]) if light.ended[0] == card.node.name else ""
    if not ended and light.endings.get(card.node.name):
        ended = f"{light.endings[card.node.name]:,} hung up"
    if ended:
        width = length(ended, TINY, bold=True) + 14
        left = max(box.width - width + 6, box.width / 2 + 9)  # beside the arrow
        yield f'<rect x="{_n(left)}" y="-9" width="{_n(width)}" height="17" rx="8.5" fill="#7f1d1d"/>'
        yield _said(left + width / 2, 3, ended, TINY, "#ffffff", anchor="middle", bold=True)


def _tip(card: Card, light: Light) -> str:
    """What a screen shows when the pointer rests on a step."""
    node = card.node
    lines = [f"{node.name}: {node.verb or 'no such step'} {node.subject}".rstrip()]
    if light.calls is not None:
        lines.append(f"{light.entries.get(node.name, 0):,} entries")
    lines += [f"{', '.join(way.exits)} -> {way.target}" for way in node.ways]
    return "\n".join(lines)


# ── the foot, and writing ───────────────────────────────────────────────────────────────────────────────────────────


def _legend(drawing: Drawing, height: float) -> Iterator[str]:
    """The kinds of steps that are in the picture."""
    at, y = MARGIN, height - 20
    for kind in dict.fromkeys(palette.kind_of(card.node.verb) for card in drawing.cards.values()):
        yield f'<rect x="{_n(at)}" y="{_n(y - 9)}" width="11" height="11" rx="3" fill="{kind.ink}"/>'
        yield _said(at + 17, y, kind.does, TINY + 0.5, MUTED)
        at += 17 + length(kind.does, TINY) + 22


def _said(x: float, y: float, text: str, size: float, ink: str, *, anchor: str = "", bold: bool = False) -> str:  # noqa: PLR0913 - how a text is written
    more = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="600"' if bold else "")
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{ink}"{more}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(_UNFIT.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_UNFIT.sub("\ufffd", text))


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


