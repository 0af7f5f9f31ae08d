"""The floor of a demo with a campaign on it: the dialplans folder as it is, and beside its campaigns one of the demo's.

It does not change the folder: the floor is a folder of links to it, with a campaign and a law of the demo's written
behind its own. A change saved in `dialplans/` is seen through the links, but one of `campaigns.yaml` or `laws.yaml`.

The law is the United States' but for its hours: a demo is looked at by night, too. It is written down as what it is,
gives more than the law that it is based on, and so takes the word of two persons, who are the demo's own; the people
called are played by the demo's carrier.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outbound.campaign import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from outbound.campaign import Campaign
    from switchroom.floorplan import FloorPlan

CAMPAIGN, LAW, LIST = "demo-offer", "demo-any-hour", "demo-customers"
REGION, BEGINS = "US", "+1"  # where the carrier's customers live, and how their numbers begin
_LAW = f"""
# The demo's: people whom its own carrier plays may be called at any hour. Nobody else may.
{LAW}:
  version: demo-1
  based_on: us
  hours:
    daily: 00:00-24:00
  public_holidays: none
  consent_for: none
"""


@dataclass(frozen=True, slots=True)
class CampaignFloor:
    """The folder to be served, and whose message and words the demo's campaign has; "" where there is no campaign."""

    folder: Path
    borrowed: str


def with_campaign(dialplans: Path, floor: FloorPlan, folder: Path) -> CampaignFloor:
    """Make the folder; the one that is there itself where its floor has no campaign whose message could be borrowed."""
    like = _to_borrow_from(floor)
    if like is None or {CAMPAIGN, LAW} & {*floor.calling.campaigns, *floor.laws}:
        return CampaignFloor(dialplans, "")
    folder.mkdir()
    for path in dialplans.iterdir():
        if path.name not in {"campaigns.yaml", "laws.yaml"}:
            (folder / path.name).symlink_to(path)
    for name, text in (("campaigns.yaml", _text(like, _largest_queue(floor, like.queue))), ("laws.yaml", _LAW)):
        own = dialplans / name
        before = own.read_text(encoding="utf-8").rstrip("\n") + "\n" if own.exists() else ""
        (folder / name).write_text(before + text, encoding="utf-8")
    return CampaignFloor(folder, like.name)


def _to_borrow_from(floor: FloorPlan) -> Campaign | None:
    """The first campaign, by name, with agents and a message for whom none is free."""
    plans = (plan.campaign for _, plan in sorted(floor.calling.campaigns.items()))
    return next((one for one in plans if one.queue and one.message and one.mode is not Mode.MESSAGE), None)


def _largest_queue(floor: FloorPlan, usual: str) -> str:
    """The queue that most agents can serve: a demo has few, and callers come first."""

    def agents(queue: str) -> int:
        return sum(agent.serves(queue, (), floor.queues[queue].need) for agent in floor.agents.values())

    return max(sorted(floor.queues), key=agents, default=usual)


def _text(like: Campaign, queue: str) -> str:
    """One line for each free agent, so that nobody is called in vain however few robots there are."""
    lines = [
        "", "# The demo's: its carrier's customers, with the message and words of " + like.name + ".",
        f"{CAMPAIGN}:",
        "  label: {en: The demo's own campaign, zh-CN: 演示外呼}",
        f"  mode: {Mode.PROGRESSIVE}",
        f"  queue: {queue}",
        f"  lists: {LIST}",
        f"  law: {LAW}",
        f"  message: {like.message}",
        f"  numbers: {json.dumps(list(like.numbers))}",
        "  lines: 6",
        "  ring_for: 15s",
        "  tries: 1",
    ]  # fmt: skip
    if like.results:
        lines += ["  results:", *(f"    {word}: {'success' if won else 'other'}" for word, won in like.results)]
    if like.department:
        lines.append(f"  department: {like.department}")
    return "\n".join(lines) + "\n"
