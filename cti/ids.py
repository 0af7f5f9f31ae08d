"""The names of nodes, callers' channels and agents' legs: opaque text, of three kinds.

It does not know what they are used for.
"""

from __future__ import annotations

from typing import NewType

NodeId = NewType("NodeId", str)
CallId = NewType("CallId", str)
LegId = NewType("LegId", str)
