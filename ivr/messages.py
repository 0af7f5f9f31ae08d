"""What a flow session is told, and what it answers.

It knows nothing of telephones: a prompt is a name in a language, a key is a character of `0-9*#`.

Every answer is something to do and wait for (`Asking`), something to do aside (`Aside`), or something that happened
(`StepEntered`, `StepLeft`). A session answers exactly one `Asking` per turn, and then waits.
"""

from __future__ import annotations

from dataclasses import field

from lean import dataclass

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
    """The caller is back from the queue. `why`: answered, limit (exit `timed_out`), full, closed, no_agent."""

    why: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The end of the last `LookUp`. `values` only when found.

    `outcome`: found, not_found, refused (a wrong secret), locked (too many wrong secrets), failed,
    timed_out.
    """

    outcome: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MessageRecorded:
    """The end of the last `RecordMessage`. `recording` is its name below the recordings folder, "" when silent."""

    recording: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The caller is back from the last `TransferCaller`. `why`: answered, busy, no_answer, failed."""

    why: str


Told = CallerCame | PromptEnded | DigitsCollected | QueueEnded | LookedUp | MessageRecorded | TransferEnded


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
    """`limit` in seconds, 0 for none. `agent` is one for whom the caller waits first, "" for none."""

    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    limit: float
    agent: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a source of `sources.yaml`; ends in `LookedUp` at the latest after `deadline` seconds.

    `secrets` are keys that no record may show. `filler` is the sound meanwhile: a prompt name, or "" for silence.
    """

    source: str
    keys: tuple[tuple[str, str], ...]
    deadline: float
    filler: str = ""
    language: str = ""
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RecordMessage:
    """Play, beep, and record the caller until he presses a key, is silent for `silence` s, or `at_most` s are over."""

    prompts: tuple[str, ...]
    language: str
    at_most: float
    silence: float


@dataclass(frozen=True, slots=True)
class TransferCaller:
    """Connect the caller with an outside number; `ring_for` in seconds. Ends in `TransferEnded`, or in his hang-up."""

    number: str
    ring_for: float


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """A recorded message is to be found by the people of a queue. Nothing is waited for."""

    queue: str
    recording: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RefuseCalls:
    """This number is never to be called again. `scope`: house or campaign."""

    scope: str
    number: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A text goes out by `channel` (sms, mail, ...) to `to`. Nothing is waited for."""

    channel: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class AskCallback:
    """The caller wants to be called back at `number`, and keeps his place in the queue. Nothing is waited for.

    `due` is the moment that he has chosen (POSIX seconds), 0 for as soon as it is his turn.
    """

    number: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class CallerIdentified:
    """The flow knows who calls. `level`: identified, authenticated; or failed, after which nothing private is told."""

    level: str
    customer: str = ""
    customer_name: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """The caller's answer to one question."""

    question: str
    score: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The end of the offer to go on where an earlier call stopped. `answer`: yes, no, silent, refused.

    `step` is where he goes on, or would have ("" when refused); `fallen_from` his point when it stands no more.
    `kept` are the variables that he gets back, and his language as `language`.
    """

    step: str
    answer: str
    fallen_from: str = ""
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The flow has finished with the caller. `cause` is Q.850. `failed` when a guard stopped a broken flow."""

    cause: int = 16
    failed: bool = False


@dataclass(frozen=True, slots=True)
class StepEntered:
    """The caller came to a step. `goal` is what he has reached with it, "" for nothing named."""

    step: str
    verb: str
    tries: int = 1
    goal: str = ""


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


Asking = Play | Collect | JoinQueue | LookUp | RecordMessage | TransferCaller | End
Aside = LeaveMessage | SendMessage | RefuseCalls | AskCallback | CallerIdentified | SurveyAnswered | Resumed
Answer = Asking | Aside | StepEntered | StepLeft
