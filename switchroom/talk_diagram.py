"""The table of a talk as a page of Mermaid, so that drawing and code cannot differ.

It does not know where the page is kept: `docs/make_states.py` writes it, a test tells when it is stale.
"""

from __future__ import annotations

from acd.diagram import drawing, still
from switchroom.talk import TABLE, Standing

HEAD = """# How a talk stands

Written by `python docs/make_states.py` from the table in `switchroom/talk.py`; do not edit. [talks.md](talks.md) says
what each means.

Arrows are the steps that change how a talk stands. Below the drawing stands what changes nothing: a second press of the
same button. For every other pair the agent is told what would help, and nothing happens.
"""


def page() -> str:
    """Write the whole page."""
    return "\n".join([HEAD, drawing(TABLE, Standing.TOGETHER), still(TABLE)])
