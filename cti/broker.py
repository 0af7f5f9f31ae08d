"""A small MQTT broker inside our own process, for the demo and for tests: nothing to install, nothing left behind.

It does not know what is published. It listens on loopback only, lets anybody in who is on this machine, and forgets
everything when it stops; a floor of its own uses mosquitto or another broker of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amqtt.broker import Broker

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_ANYBODY = "amqtt.plugins.authentication.AnonymousAuthPlugin"


class LoopbackBroker:
    """Use it as `async with LoopbackBroker() as broker:`; clients find it on 127.0.0.1 at `broker.port`."""

    def __init__(self, port: int = 0) -> None:
        """Prepare a broker; port 0 takes any free one."""
        listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
        self._config = {"listeners": {"default": listener}, "plugins": {_ANYBODY: {"allow_anonymous": True}}}
        self._broker: Broker | None = None
        self.port = port

    async def start(self) -> None:
        """Listen. Raises `amqtt.errors.BrokerError` when the port is taken."""
        self._broker = Broker(self._config)
        await self._broker.start()
        sockets = self._broker._servers["default"].instance.sockets  # noqa: SLF001 - amqtt tells its port nowhere else
        self.port = int(sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop; a second time does nothing."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.shutdown()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
