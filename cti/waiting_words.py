"""The part of the telephone's vocabulary that is for callers who wait. `cti/vocabulary.py` names all of it.

It does not know why they are told anything.
"""

from __future__ import annotations

from cti.ids import CallId, NodeId
from lean import dataclass


@dataclass(frozen=True, slots=True)
class TellCaller:
    """Play sounds to a caller who waits, and then music again. He needs nobody meanwhile.

    A key during the sounds, or within `listen` seconds after them, brings him to the door (`CallerArrived.key`). An
    agent who answers has him at once. Not to be asked while an agent may be answering: he would lose the caller.
    """

    node: NodeId
    call: CallId
    sounds: tuple[str, ...]
    listen: float = 0.0
