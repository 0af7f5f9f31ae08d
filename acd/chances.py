"""Who could serve whom: questions that the floor puts to the board.

It does not know what follows from the answers, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.agents import AgentState
from acd.contacts import ContactState
from acd.messages import AgentId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from acd.board import Board
    from acd.contacts import ContactRecord
    from acd.messages import ContactId, Wanted


def dialled_for(board: Board, record: ContactRecord) -> AgentId | None:
    """Find the agent for whom this contact was dialled, and who is kept for it."""
    agent = board.agents.get(AgentId(record.only)) if record.only else None
    is_kept = agent is not None and agent.state is AgentState.DIALLING and agent.offer == record.contact
    return agent.agent if agent is not None and is_kept and agent.node == record.node else None


def is_there(board: Board, wanted: Wanted, record: ContactRecord) -> bool:
    """Whether a contact can wait for this agent: signed on, fit, and it was not he who let it pass."""
    bit = board.house.bit.get(wanted.agent, 0)
    if not bit & board.signed_on or wanted.agent in record.tried:
        return False
    line = (record.node, record.queue, record.skills, record.stage, "")
    return not wanted.fit or bool(bit & board.house.able(line))


def could_be_served(board: Board, contact: ContactRecord) -> bool:
    """Whether somebody who is signed on is able to serve it, now or when it has waited on."""
    wanted = board.house.bits([each.agent for each in contact.wanted if not each.fit])
    steps = range(contact.stage, len(board.house.rules(contact.queue).relax) + 1)
    node, queue, skills = contact.node, contact.queue, contact.skills
    able = [board.house.able((node, queue, skills, stage, "")) for stage in steps]
    return any(each & board.signed_on for each in (wanted, *able))


def turned_away(board: Board, doubted: Mapping[ContactId, bool]) -> Iterator[tuple[ContactRecord, str]]:
    """Give the doubted who may not wait, one at a time: a new one that is too many, and those whom nobody can serve.

    Each is looked at when the one before has gone.
    """
    for key, is_new in sorted(doubted.items()):
        contact = board.contacts.get(key)
        if contact is None or contact.state is not ContactState.WAITING:
            continue
        rules = board.house.rules(contact.queue)
        if is_new and 0 < rules.full < board.lines.waiting(contact.queue):
            yield contact, "full"
        elif rules.no_agent and not could_be_served(board, contact):
            yield contact, "no_agent"
