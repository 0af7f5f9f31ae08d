"""A flow's picture: sound XML whatever the names hold, the same on every run, nothing on top of anything else."""

from __future__ import annotations

import random
import re
import unicodedata
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from ivr.figures import Ending, Journey, Visit, figures_of
from ivr.flow import Resume
from ivr.picture.drawing import draw
from ivr.picture.light import light_of
from ivr.picture.mermaid import mermaid
from ivr.picture.outline import outline
from ivr.picture.sketch import Node, Sketch, Way, sketch
from ivr.picture.svg import svg

pytestmark = pytest.mark.unit

HOTLINE = Path(__file__).parents[1] / "floors" / "hotline" / "flows" / "card-hotline.yaml"
HOSTILE = ["</text><script>alert(1)</script>", '"]--> x', "a\u202eb", "&lt;", "x" * 500, "中文" * 60, "\ud800", "`|#;"]


@pytest.fixture(scope="module")
def hotline() -> Sketch:
    found = sketch(HOTLINE.read_bytes())
    assert found is not None
    return found


def random_flow(seed: int, steps: int = 40) -> str:
    dice = random.Random(seed)  # noqa: S311  a layout is no secret
    lines = ["flow: any", "languages: [en]", "start: s0", "steps:"]
    for n in range(steps):
        a, b, c = (f"s{dice.randrange(steps) if dice.random() < 0.3 else min(steps - 1, n + dice.randint(1, 6))}"
                   for _ in range(3))  # fmt: skip
        lines += [f"  s{n}:", f"    menu: p{n}", f"    keys: {{1: {a}, 2: {b}}}", "    tries: 2"]
        lines += [f"    no_input: {c}", f"    no_match: {a}"]
    return "\n".join(lines)


# ── what is drawn ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_step_is_drawn_with_what_it_is_about_and_its_ways_out(hotline):
    menu = hotline.node("main-menu")
    assert (menu.verb, menu.subject) == ("menu", "card-menu")
    assert Way(("0", "no_input", "no_match"), "person") in menu.ways
    assert hotline.start == "language"
    assert [node.name for node in hotline.nodes][:3] == ["language", "chinese", "english"]


def test_a_flow_at_fault_is_drawn_as_far_as_it_can_be_read():
    found = sketch(
        "flow: odd\nlanguages: [en]\nstart: a\nsteps:\n"
        "  a: {play: x, next: nowhere}\n  b: {play: x, next: a}\n  c: {ply: x}\n"
    )
    assert found.node("nowhere").missing
    assert [node.name for node in found.nodes if not node.reached] == ["b", "c"]
    assert found.node("c").verb == ""
    drawn = svg(draw(found))
    assert drawn.count("url(#hatched)") == 2
    assert "no such step" in drawn


@pytest.mark.parametrize("text", ["", "x", "flow: a", "flow: a\nsteps: []", "steps: {}", b"\xff", "a: &x 1", "[" * 999])
def test_nothing_to_be_drawn_is_none(text):
    assert sketch(text) is None


def test_where_it_can_be_resumed_and_what_is_reached_is_marked():
    found = sketch(
        "flow: f\nlanguages: [en]\nstart: a\nsteps:\n  a: {play: x, next: b, resume: freely, point: p}\n"
        "  b: {play: x, next: c, resume: authenticated, point: p, goal: done}\n  c: {hangup: normal}\n"
    )
    assert found.node("a").resume is Resume.FREELY
    for text in (svg(draw(found)), mermaid(found), outline(found)):
        for mark in ("resume", "resume after proof", "goal done"):
            assert mark in text


def test_a_step_behind_another_is_drawn_and_a_subflow_is_one_step():
    found = sketch(
        "flow: f\nlanguages: [en]\nstart: card\nsteps:\n"
        "  card: {collect: ask, digits: 4, into: n, confirm: [right, {digits: '${n}'}], tries: 2, next: part, "
        "no_input: bye, no_match: bye}\n"
        "  part: {subflow: other, returns: {good: bye, bad: card}}\n  bye: {hangup: normal}\n"
    )
    names = [node.name for node in found.nodes]
    assert "card/confirm" in names
    assert [way.exits for way in found.node("part").ways] == [("good",), ("bad",)]
    assert all(node.reached and not node.missing for node in found.nodes)


# ── how it stands ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(6))
def test_no_step_stands_on_another_and_no_line_runs_through_a_step(seed):
    drawing = draw(sketch(random_flow(seed)))
    boxes = drawing.plan.boxes
    for (_, one), (_, other) in combinations(boxes.items(), 2):
        beside = abs(one.x - other.x) >= (one.width + other.width) / 2 + 1
        assert beside or one.bottom <= other.y or other.bottom <= one.y
    for (source, target), points in drawing.plan.routes.items():
        for (x1, y1), (x2, y2) in pairwise(points):
            for name, box in boxes.items():
                left, right = box.x - box.width / 2 + 0.5, box.x + box.width / 2 - 0.5
                apart = max(x1, x2) <= left or min(x1, x2) >= right or max(y1, y2) <= box.y or min(y1, y2) >= box.bottom
                assert apart, (source, target, name)


@pytest.mark.parametrize("seed", range(4))
def test_every_line_begins_and_ends_where_it_should(seed):
    drawing = draw(sketch(random_flow(seed)))
    wanted = {(n.name, w.target) for n in drawing.sketch.nodes for w in n.ways if w.target != n.name}
    assert set(drawing.plan.routes) == wanted
    for (source, target), points in drawing.plan.routes.items():
        here, there = drawing.plan.boxes[source], drawing.plan.boxes[target]
        assert abs(points[0][0] - here.x) < here.width / 2
        assert points[0][1] == pytest.approx(here.bottom, abs=0.2)
        assert points[-1] == pytest.approx((there.x, there.y), abs=0.2)
        assert all(abs(a[0] - b[0]) < 1.1 or abs(a[1] - b[1]) < 0.2 for a, b in pairwise(points)), "only right angles"


def test_the_same_flow_is_the_same_picture_on_every_run(hotline):
    again = sketch(HOTLINE.read_bytes())
    assert svg(draw(hotline)) == svg(draw(again))
    assert mermaid(hotline) == mermaid(again)
    assert outline(hotline) == outline(again)


def test_what_follows_stands_below(hotline):
    boxes = draw(hotline).plan.boxes
    assert boxes["language"].y < boxes["opening"].y < boxes["main-menu"].y < boxes["queue"].y < boxes["bye"].y


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────────────────


def hostile() -> Sketch:
    names = [f"{text} {number}" for number, text in enumerate(HOSTILE)]
    ways = [Way((text, "no_input"), names[(number + 1) % len(names)]) for number, text in enumerate(HOSTILE)]
    nodes = tuple(Node(name, HOSTILE[0], name, (way,), goal=name) for name, way in zip(names, ways, strict=True))
    return Sketch(HOSTILE[0], HOSTILE[1], (HOSTILE[2],), names[0], nodes)


def test_hostile_names_stay_text_in_the_picture():
    text = svg(draw(hostile()), HOSTILE[0])
    root = ET.fromstring(text.encode("utf-8"))  # noqa: S314  our own picture
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "defs", "pattern", "rect", "g", "path", "circle", "text"}
    assert all(not name.startswith("on") for element in root.iter() for name in element.attrib)


def test_hostile_names_stay_text_in_mermaid():
    text = mermaid(hostile())
    for line in text.splitlines():
        assert line.count('"') % 2 == 0, line
        inside = re.sub(r"</?(b|br)>", "", "".join(re.findall(r'"([^"]*)"', line)))
        assert not set(inside) & set('<>|`"\\'), line
    assert "script" in text, "it is shown, not dropped"


def test_no_line_of_the_text_is_wider_than_80_cells(hotline):
    busy = light_of(journey_through(hotline), figures_of("card-hotline", [journey_through(hotline)] * 70_000))
    for text in (outline(hostile()), outline(hotline), outline(hotline, busy)):
        for line in text.splitlines():
            assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) <= 80, line
            assert line.isprintable()


def test_the_picture_is_xml_for_any_flow():
    for seed in range(5):
        ET.fromstring(svg(draw(sketch(random_flow(seed, 25)))))  # noqa: S314  our own picture


# ── light ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def journey_through(_hotline) -> Journey:
    way = (("language", "menu", "2"), ("english", "set", "next"), ("opening", "hours", "open"),
           ("main-menu", "menu", "again"), ("main-menu", "menu", "star"), ("main-menu", "menu", "0"))  # fmt: skip
    visits = [Visit(step, verb, float(n), float(n + 1), out) for n, (step, verb, out) in enumerate(way)]
    last = Visit("person", "set", 9.0)
    return Journey("c1", "card-hotline", "v", 0.0, (*visits, last), Ending.HUNG_UP, 12.0)


def test_a_calls_way_is_lit_and_numbered(hotline):
    light = light_of(journey_through(hotline))
    assert light.numbers["main-menu"] == (4, 5), "another try is no other step, coming again is"
    assert light.numbers["person"] == (6,)
    assert light.was_taken("main-menu", Way(("0", "no_input"), "person"))
    assert not light.was_taken("main-menu", Way(("1",), "lost-card"))
    drawn = svg(draw(hotline, light))
    assert "hung up here" in drawn
    assert ">4, 5<" in drawn


def test_heat_counts_come_from_the_figures(hotline):
    light = light_of(figures=figures_of("card-hotline", [journey_through(hotline)] * 1234))
    assert light.count("main-menu", Way(("0", "no_input", "no_match"), "person")) == 1234
    assert light.entries["main-menu"] == 2 * 1234
    drawn = svg(draw(hotline, light))
    assert "1,234 calls" in drawn
    assert "2,468" in drawn
    assert "1,234 hung up" in drawn


def test_a_step_inside_a_subflow_lights_the_one_that_calls_it():
    visits = (Visit("part", "subflow", 0, 1, "next"), Visit("part/ask", "menu", 1, 2, "1"),
              Visit("part/ok", "return", 2, 2, "good"), Visit("bye", "hangup", 2, 2, "end"))  # fmt: skip
    one = Journey("c", "f", "v", 0.0, visits, Ending.FINISHED, 3.0)
    light = light_of(one, figures_of("f", [one] * 5), {"part", "bye"})
    assert light.numbers == {"part": (1,), "bye": (2,)}
    assert light.was_taken("part", Way(("good",), "bye"))
    assert not light.was_taken("part", Way(("next",), "x"))
    assert light.entries == {"part": 5, "bye": 5}
    assert light.count("part", Way(("good",), "bye")) == 5


def test_without_light_nothing_is_lit(hotline):
    assert "#ea580c" not in svg(draw(hotline))
    assert "linkStyle" not in mermaid(hotline)
    assert "linkStyle" in mermaid(hotline, light_of(journey_through(hotline)))
