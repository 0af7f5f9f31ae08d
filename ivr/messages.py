"""What a flow session is told, and what it answers.

It knows nothing of telephones: a prompt is a name in a language, a key is a character of `0-9*#`.

Every answer is either something to do (`Play`, `Collect`, `JoinQueue`, `End`) or something that happened
(`StepEntered`, `StepLeft`). A session answers exactly one thing to do per turn, and then waits.
"""

from __future__ import annotations

from dataclasses import dataclass

# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CallerCame:
    """The caller stands at the door: for the first time, or again after our restart (his saved step goes on)."""


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """The prompt of the last `Play` was heard, or could not be played."""

    failed: bool = False


@dataclass(frozen=True, slots=True)
class DigitsCollected:
    """Keys of the last `Collect`; "" when none came in time."""

    digits: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class QueueEnded:
    """The caller is back from the queue. `why`: answered (exit `answered`), limit or closed (exit `timed_out`)."""

    why: str


Told = CallerCame | PromptEnded | DigitsCollected | QueueEnded


# ── answered ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Play:
    prompts: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Collect:
    """`prompts` may be empty. `wait` in seconds. `secret` marks keys that no record may show."""

    prompts: tuple[str, ...]
    language: str
    at_most: int
    wait: float
    secret: bool = False


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """`limit` in seconds, 0 for none."""

    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    limit: float


@dataclass(frozen=True, slots=True)
class End:
    """The flow has finished with the caller. `cause` is Q.850. `failed` when a guard stopped a broken flow."""

    cause: int = 16
    failed: bool = False


@dataclass(frozen=True, slots=True)
class StepEntered:
    step: str
    verb: str
    tries: int = 1


@dataclass(frozen=True, slots=True)
class StepLeft:
    """The caller left a step.

    `kept` are variables set by the step, never secret ones; a changed language is in it as `language`. `keys` is ""
    when secret; `key_count` tells how many. Besides the verb's own exits: `again` (one more try), `end` (the flow has
    finished), `asked_again` (a secret was lost with the process), `flow_changed` (the saved step exists no more).
    """

    step: str
    exit: str
    keys: str = ""
    secret: bool = False
    key_count: int = 0
    kept: tuple[tuple[str, str], ...] = ()


Answer = Play | Collect | JoinQueue | End | StepEntered | StepLeft
