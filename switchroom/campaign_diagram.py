"""The tables of campaigns and attempts as a page of Mermaid, so that drawing and code cannot differ.

It does not know where the page is kept: `docs/make_states.py` writes it, a test tells when it is stale.
"""

from __future__ import annotations

from acd.diagram import drawing
from outbound.states import ATTEMPT_MOVES, CAMPAIGN_MOVES, CampaignState, Stage

HEAD = """# How campaigns and attempts move

Written by `python docs/make_states.py` from the tables in `outbound/states.py`; do not edit.
[campaigns.md](campaigns.md) says what each means. What no arrow says means nothing in that state: it was told twice, or
came too late.

## A campaign
"""
ATTEMPT = """## An attempt

Its end may come at any stage: the channel is gone, and the stage says what it came to.
"""


def page() -> str:
    """Write the whole page."""
    campaign, attempt = drawing(CAMPAIGN_MOVES, CampaignState.PLANNED), drawing(ATTEMPT_MOVES, Stage.DIALLING)
    return f"{HEAD}\n{campaign}\n{ATTEMPT}\n{attempt}"
