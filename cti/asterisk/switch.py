"""All our Asterisks as one switch: what is asked goes to the node or to the caller at the door.

It does not know AMI or FastAGI words, nor why anything is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from cti.asterisk.agi import AgiDoor, AtDoor
from cti.asterisk.agi_lines import BadLineError
from cti.asterisk.link import LinkState
from cti.asterisk.node import NOT_ALLOWED, AsteriskNode
from cti.asterisk.node_settings import NodeSettings
from cti.moves import Move
from cti.vocabulary import (
    Asked,
    CallerArrived,
    CallerRecorded,
    CollectDigits,
    DialCustomer,
    DigitsCollected,
    DropLeg,
    EndCall,
    FetchCaller,
    ForwardCaller,
    ForwardEnded,
    NodeId,
    PlayPrompt,
    PromptEnded,
    RecordCaller,
    RingAgent,
    SurveyNode,
    TellCaller,
    Told,
)

log = structlog.get_logger()


class Switch:
    """Start it, perform what is asked, be told what happens.

    `tell` is called synchronously on the event loop, in one order for all nodes; it must only queue. `agi_port` 0 takes
    any free port, readable as `agi_port` after `start`. `clock` gives POSIX seconds.
    """

    def __init__(
        self,
        nodes: Sequence[NodeSettings],
        agi_host: str,
        agi_port: int,
        tell: Callable[[Told], None],
        clock: Callable[[], float],
    ) -> None:
        self._tell = tell
        self._nodes = {each.node: AsteriskNode(each, tell, clock) for each in nodes}
        allowed = {network for each in nodes for network in each.agi_from}
        tokens = {each.agi_token: each.node for each in nodes}
        if len(tokens) < len(nodes) or not all(tokens):
            raise ValueError("every node needs an agi_token of its own: the token tells whose caller it is")
        self._door = AgiDoor(agi_host, agi_port, tokens, self._at_door, sorted(allowed))

    @property
    def agi_port(self) -> int:
        """Where the door is, after `start`."""
        return self._door.port

    @property
    def strangers_refused(self) -> int:
        """How many connections to the door were cut without having been a caller of ours."""
        return self._door.refused

    @property
    def unanswered(self) -> int:
        """How many actions wait for an Asterisk's answer now."""
        return sum(node.link.unanswered for node in self._nodes.values())

    def links(self) -> dict[NodeId, tuple[LinkState, str]]:
        """How each node's link stands, and the last reason why not in words for an operator."""
        return {name: (node.link.state, node.link.fault) for name, node in self._nodes.items()}

    async def start(self, within: float = 5.0) -> None:
        """Open the door, log in everywhere; returns when every link is up or refused, or after `within` seconds.

        Raises `OSError` when the door's address is taken. A node that is away is no error: it is told when it comes.
        """
        await self._door.start()
        await asyncio.gather(*(node.start(within) for node in self._nodes.values()))

    async def stop(self) -> None:
        """Close everything. Talks go on, waiting callers hear music, callers in a flow knock until somebody opens."""
        await self._door.stop()
        await asyncio.gather(*(node.stop() for node in self._nodes.values()))

    def perform(self, action: Asked) -> None:
        """Do what is asked. Never blocks, never raises: what could not be done is told, or shows at the next survey."""
        node = self._nodes.get(action.node)
        if node is None:
            log.error("switch.unknown_node", node=action.node, action=type(action).__name__)
            return
        try:
            self._perform(node, action)
        except Exception:
            log.exception("switch.action_failed", node=action.node, action=type(action).__name__)

    def _perform(self, node: AsteriskNode, action: Asked) -> None:
        if isinstance(action, RingAgent | DropLeg | SurveyNode | TellCaller | DialCustomer | Move):
            node.perform(action)
            return
        if isinstance(action, ForwardCaller) and not node.settings.may_forward_to(action.number):
            log.warning("switch.forward_refused", node=action.node, call=action.call, problem=NOT_ALLOWED)
            self._tell_impossible(action)
            return
        try:
            done = self._door.perform(action)
        except BadLineError as error:
            log.error("switch.unplayable", call=action.call, problem=str(error))  # noqa: TRY400 (the text says all)
            self._tell_impossible(action)
            return
        if not done and isinstance(action, EndCall | FetchCaller):
            node.perform(action)

    def _tell_impossible(self, action: AtDoor) -> None:
        if isinstance(action, PlayPrompt):
            self._tell(PromptEnded(action.call, failed=True))
        elif isinstance(action, CollectDigits):
            self._tell(DigitsCollected(action.call, "", complete=False))
        elif isinstance(action, RecordCaller):
            self._tell(CallerRecorded(action.call, action.recording, 0.0, action.task))
        elif isinstance(action, ForwardCaller):
            self._tell(ForwardEnded(action.call, "failed", action.number, action.task))

    def _at_door(self, told: Told) -> None:
        if isinstance(told, CallerArrived):
            self._nodes[told.node].call_arrived(told)
        self._tell(told)
