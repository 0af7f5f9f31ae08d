"""The three tables as pages of Mermaid, so that drawing and code cannot differ.

It does not know where the page is kept: `docs/make_states.py` writes it, a test tells when it is stale.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from acd import agents, chains, contacts, offers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum
    from types import ModuleType
    from typing import Any

HEAD = """# States

Written by `python docs/make_states.py` from the tables in `acd/`; do not edit.

Arrows are the steps that change the state. Below each drawing stands what is answered without a change
of state: messages that come late, twice, or have nothing to do. Every other pair raises
`IllegalTransition` and changes nothing.
"""

FIRST: dict[str, StrEnum] = {
    "agents": agents.AgentState.OFFLINE,
    "contacts": contacts.ContactState.GONE,
    "offers": offers.OfferState.PENDING,
}
BESIDE = {"agents": (chains,)}


def page() -> str:
    """Write the whole page."""
    rooms = (("An agent", agents), ("A contact", contacts), ("An offer", offers))
    return "\n".join([HEAD, *(_section(title, module) for title, module in rooms)])


def _section(title: str, module: ModuleType) -> str:
    name = module.__name__.rpartition(".")[2]
    essay = "\n\n".join(_read(each) for each in (module, *BESIDE.get(name, ())))
    return f"## {title}\n\n{drawing(module.TABLE, FIRST[name])}\n{still(module.TABLE)}\n{essay}\n"


def _read(module: ModuleType) -> str:
    """Take what a module says of itself, but for the two paragraphs that every module begins with."""
    return inspect.cleandoc(module.__doc__ or "").partition("\n\n")[2].partition("\n\n")[2]


def drawing(table: Mapping[tuple[Any, Any], Any], first: StrEnum) -> str:
    """Draw one table: an arrow for each pair of different states, with all its messages."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, event), target in table.items():
        if state is not target:
            arrows.setdefault((state, target), []).append(_name(event))
    lines = [f"    {state} --> {target}: {', '.join(names)}" for (state, target), names in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```", ""])


def still(table: Mapping[tuple[Any, Any], Any]) -> str:
    """List what changes nothing, a line per state."""
    quiet: dict[str, list[str]] = {}
    for (state, event), target in table.items():
        if state is target:
            quiet.setdefault(state, []).append(_name(event))
    lines = [f"| {state} | {', '.join(names)} |" for state, names in quiet.items()]
    return "\n".join(["| state | stays so after |", "|---|---|", *lines, ""])


def _name(event: Any) -> str:
    return event.__name__ if isinstance(event, type) else str(event)
