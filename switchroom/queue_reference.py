"""The pages about queues and campaigns for users, with tables made from what the readers of the files say of keys.

It does not know how the files are read. `python -m switchroom.queue_reference` writes them anew: what
stands between the marks is made, all else on a page is left as somebody wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from acd.orders import ORDERS
from acd.strategies import STRATEGIES
from ivr.steps.verb import Doc
from switchroom.agentfile import AGENT_KEYS
from switchroom.campaignfile import CAMPAIGN_KEYS, HOUSE_KEYS, RETRIED
from switchroom.queuefile import QUEUE_KEYS
from switchroom.relax_text import RELAX

PAGE = Path(__file__).parents[1] / "docs" / "queues.md"
CAMPAIGNS = Path(__file__).parents[1] / "docs" / "campaigns.md"
_MADE = re.compile(r"(<!-- made: (?P<name>[a-z_]+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def table(docs: Iterable[Doc]) -> str:
    """The lines of a table of keys."""
    return "".join(f"| `{doc.key}` | {doc.takes} | {doc.means} |\n" for doc in docs)


def page(written: str) -> str:
    """The page with its made parts as they are now."""
    return _MADE.sub(lambda made: f"{made[1]}{_PARTS[made['name']]()}{made[3]}", written)


def _names() -> str:
    choices, orders = (", ".join(f"`{name}`" for name in names) for names in (STRATEGIES, ORDERS))
    return f"`choose` is one of {choices}; `order` one of {orders}.\n"


def _outcomes() -> str:
    return ", ".join(f"`{name}`" for name in RETRIED) + "\n"


_HEAD = "| key | takes; when left out | means |\n|---|---|---|\n"
_PARTS = {
    "queue_keys": lambda: _HEAD + table(QUEUE_KEYS),
    "relax_keys": lambda: _HEAD + table(RELAX),
    "agent_keys": lambda: _HEAD + table(AGENT_KEYS),
    "names": _names,
    "campaign_keys": lambda: _HEAD + table(CAMPAIGN_KEYS),
    "house_keys": lambda: _HEAD + table(HOUSE_KEYS),
    "outcomes": _outcomes,
}

if __name__ == "__main__":
    for file in (PAGE, CAMPAIGNS):
        file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")
