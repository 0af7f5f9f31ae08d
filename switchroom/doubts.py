"""Nodes of which a survey did not show all that should be there: when to look once more.

It does not know what a survey means for a call (`truth.py`), nor for a dial of ours (`dial_line.py`).

While Asterisk lists its channels it tells nothing else. Who leaves in that time is not in the list, and the word of his
end comes after it. So nobody is looked for at once: on a busy node each list would bring the next one about, and calls
wait for Asterisk while it makes lists. A moment later the words that were on their way have come, and a node is
surveyed only if somebody is missing still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cti.vocabulary as cti
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

AGAIN: Final = 0.3  # seconds after the list in which somebody was missing


def doubt(centre: Centre, node: cti.NodeId, turn: Turn) -> None:
    """Somebody is missing on this node for the first time."""
    centre.doubts.setdefault(node, turn.now + AGAIN)


def look_again(centre: Centre, turn: Turn) -> None:
    """Ask the nodes whose time has come, and of which somebody is missing still."""
    for node in [node for node, due in centre.doubts.items() if due <= turn.now]:
        del centre.doubts[node]
        if _is_missing(centre, node):
            turn.ask(cti.SurveyNode(node))


def _is_missing(centre: Centre, node: str) -> bool:
    if any(contact.missed_at and contact.node == node for contact in centre.contacts.values()):
        return True
    return any(centre.outbound.nodes.get(attempt) == node for attempt in centre.outbound.missed)
