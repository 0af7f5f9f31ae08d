"""One Asterisk and how to reach it: what the house says of it.

It does not know whether it is there.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from cti.asterisk.away import is_number
from cti.vocabulary import NodeId


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What is set of one node.

    `node` is its `systemname`. `agi_token` is the path of the AGI URL in its dialplan, `agi_from` are the networks that
    its AGI connections may come from. `dial` is the channel to dial for a phone. `tls` None = plain TCP. `outside` are
    the beginnings of the numbers to which a caller may be forwarded; none means none.
    """

    node: NodeId
    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    agi_token: str = field(repr=False)
    agi_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    dial: str = "PJSIP/{phone}"
    tls: ssl.SSLContext | None = None
    outside: tuple[str, ...] = ()

    def may_forward_to(self, number: str) -> bool:
        """Whether this is a number, and one of those that are allowed."""
        return is_number(number) and number.startswith(self.outside)
