"""A node, its fake Asterisk, and all that was told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from fake_ami import Action, FakeAmi, Session

from cti.asterisk.link import LinkState
from cti.asterisk.node import AsteriskNode
from cti.asterisk.node_settings import NodeSettings
from cti.vocabulary import (
    CallId,
    LegId,
    NodeId,
    NodeSurveyed,
    RingAgent,
    Told,
)

NODE, CALL, LEG = NodeId("a1"), CallId("a1-17.2"), LegId("a1-17.2.1")
RING = RingAgent(NODE, LEG, CALL, "alice", 20.0, "5551234", "Bob", "2026/11/21/a1-17.2")


class World:
    """A node, its fake Asterisk, and all that was told."""

    def __init__(self, ami: FakeAmi) -> None:
        self.ami = ami
        self.began = time.time()
        self.told: list[Told] = []
        settings = NodeSettings(NODE, "127.0.0.1", ami.port, "switchroom", "right", "token")
        self.node = AsteriskNode(settings, self.told.append, time.time)

    def of(self, *kinds: type[Told]) -> list[Told]:
        return [each for each in self.told if isinstance(each, kinds)]

    async def until(self, kind: type[Told], count: int = 1) -> Told:
        await self.ami.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with FakeAmi() as ami:
        world = World(ami)
        assert await world.node.start() is LinkState.UP
        await world.until(NodeSurveyed)
        yield world
        await world.node.stop()


def refuse(session: Session, action: Action) -> None:
    session.send(("Response", "Error"), ("ActionID", action["actionid"][0]), ("Message", "No such channel"))
