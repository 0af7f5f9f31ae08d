"""A chain of hashes over kept recordings: each link covers what was found of one, and the link before. Pure.

It does not know where links are kept. A server begins a chain of its own. Every link goes out on the bus with its fact,
so that who listens is a witness: to alter a recording and its fact, all links behind it would have to be altered too.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recordings.messages import RecordingLookedAt


def link(before: str, found: RecordingLookedAt) -> str:
    """The link of a recording behind the link `before`, "" at the beginning of a chain."""
    whole = [
        before, found.contact, found.offer, list(found.legs), found.seconds, found.talked, found.state,
        list(found.sha256),
    ]  # fmt: skip
    text = json.dumps(whole, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
