"""What a demo tells strangers: where to call, where to sit down as an agent, and where the pages are.

It does not know whether anybody comes. docs/lab.md tells the same at length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.outside.ports import HOST
from switchroom.outside.stage import MANAGER, SUPERVISOR

if TYPE_CHECKING:
    from switchroom.outside.stage import Stage


def invitation(stage: Stage, *, robots: bool) -> str:
    """A few lines; with every account when no robots sit at the phones."""
    passwords = stage.passwords()
    lines = [
        f"Pages:    {stage.url}/   user {SUPERVISOR}, password {passwords[SUPERVISOR]}",
        f"Call in:  sip:NUMBER@{HOST}:{stage.ports.sip} (UDP, no registration); numbers "
        + ", ".join(f"{number} {flow}" for number, flow in sorted(stage.floor.numbers.items())),
        f"Server's log: {stage.log}",
    ]
    if stage.campaign.borrowed:
        lines.insert(1, f"Campaign: {campaign_page(stage)}   user {MANAGER}, password {passwords[MANAGER]}")
    return "\n".join(lines if robots else [*lines, *_accounts(stage, passwords)])


def campaign_page(stage: Stage) -> str:
    """Where the demo's campaign is seen and steered."""
    return f"{stage.url}/#campaigns"


def _accounts(stage: Stage, passwords: dict[str, str]) -> list[str]:
    secrets = stage.exchange.secrets.phones
    lines = [f"Agents: register at sip:{HOST}:{stage.ports.sip} (UDP), then log in on the page and press Ready."]
    for agent, plan in sorted(stage.floor.agents.items()):
        page = f"page {agent} / {passwords[agent]}" if plan.screen != "none" else "no page: ready while registered"
        lines.append(f"  phone {plan.phone:8} password {secrets[plan.phone]:16}  {page}   ({plan.name})")
    return lines
