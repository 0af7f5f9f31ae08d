"""How the audit of the living floor stands.

It does not know what is audited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Audited:
    """`looks` at a node's channels were made; `findings` by invariant since the start; `standing` are so now.

    `took` is how long the last look was, in seconds.
    """

    looks: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    standing: int = 0
    took: float = 0.0


def nothing_audited() -> Audited:
    """The state of a desk beside which nobody audits."""
    return Audited()
