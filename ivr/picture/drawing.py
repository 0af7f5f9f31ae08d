"""A flow as a drawing: every step's card and box, every way's line.

It does not know in what the drawing is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.picture import cards, lanes, layers, places
from ivr.picture.cards import Card
from ivr.picture.layers import Layering, Spot
from ivr.picture.light import DARK, Light
from ivr.picture.sketch import Node, Sketch, Way

TOP = 24.0  # above the first layer: where the caller comes in


@dataclass(frozen=True, slots=True)
class Drawing:
    """Cards are by step, in reading order: layer by layer, from left to right."""

    sketch: Sketch
    light: Light
    cards: Mapping[str, Card]
    plan: lanes.Plan


def draw(sketch: Sketch, light: Light = DARK) -> Drawing:
    """Lay a flow out."""
    edges = {node.name: tuple(way.target for way in node.ways) for node in sketch.nodes}
    found = layers.layering(edges, sketch.start)
    nodes = {node.name: node for node in sketch.nodes}
    order = [spot.name for layer in found.layers for spot in layer if not spot.rail]
    faces = {name: cards.card_of(nodes[name], _by_place(nodes[name], found), light) for name in order}
    width = {name: card.width for name, card in faces.items()}
    port = {
        (name, chip.way.target): round(chip.at - card.width / 2, 1)
        for name, card in faces.items()
        for chip in card.chips
    }
    forward = {
        name: tuple(target for target in ways if target != name and (name, target) not in found.back)
        for name, ways in edges.items()
    }
    places.stand(found, forward, width, port)
    ground = lanes.Ground(found, width, port, cards.HEIGHT, TOP)
    return Drawing(sketch, light, faces, lanes.lay(ground))


def _by_place(node: Node, found: Layering) -> tuple[Way, ...]:
    """A step's ways in the order in which their lines go on below: those back to itself first, those up again last."""

    def place(way: Way) -> tuple[int, int]:
        if way.target == node.name:
            return 0, 0
        if (node.name, way.target) in found.back:
            return 2, found.layer_of[way.target]
        level = found.layer_of[node.name] + 1
        spot: Spot = found.below(node.name, way.target)
        return 1, found.layers[level].index(spot)

    return tuple(sorted(node.ways, key=place))
