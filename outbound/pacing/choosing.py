"""Which pacer a campaign's mode needs.

It does not know when it is asked: the dialler makes one when a campaign begins, and anew when its mode changes.
"""

from __future__ import annotations

from outbound.campaign import Campaign, Mode
from outbound.pacing.all_lines import AllLines
from outbound.pacing.counted import Progressive, Ratio
from outbound.pacing.predictive import Predictive
from outbound.pacing.sight import Pacer


def pacer_for(campaign: Campaign) -> Pacer:
    """The pacer of a campaign whose agents do not dial themselves, or which has none."""
    if campaign.mode is Mode.MESSAGE:
        return AllLines()
    if campaign.mode is Mode.PREDICTIVE:
        return Predictive(campaign.cap)
    return Ratio(campaign.ratio) if campaign.mode is Mode.RATIO else Progressive()
