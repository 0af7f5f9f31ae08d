"""What a caller who stands at the door can be asked to hear and to key, and what came of it.

It does not know what the keys mean, nor why anything is played.
"""

from __future__ import annotations

from cti.ids import CallId, NodeId
from lean import dataclass


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Play sound files one after the other; keys are ignored. Ends in `PromptEnded`. Paths have no extension."""

    node: NodeId
    call: CallId
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectDigits:
    """Play sounds and collect up to `at_most` digits; the first key stops the sound. Ends in `DigitsCollected`.

    `wait` is the time in seconds for the first key after the sound and between keys; `#` ends the entry early when
    `at_most` > 1.
    """

    node: NodeId
    call: CallId
    sounds: tuple[str, ...]
    at_most: int
    wait: float


@dataclass(frozen=True, slots=True)
class PlayFiller:
    """Let the caller hear something while we find something out; the next thing asked for him ends it at once.

    `sounds` are played once, one after the other, then music until then; without sounds it is silence. Ends in nothing.
    """

    node: NodeId
    call: CallId
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """What `PlayPrompt` asked for has been heard to its end (or could not be played: `failed`)."""

    call: CallId
    failed: bool = False


@dataclass(frozen=True, slots=True)
class DigitsCollected:
    """The end of a `CollectDigits`. `digits` is "" when the caller pressed nothing in time.

    `complete` is False when the time ran out before the last digit or the terminator. Never written to a log.
    """

    call: CallId
    digits: str
    complete: bool = True
