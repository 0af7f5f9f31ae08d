"""What the journal gives back: stored facts, and rows of its read models.

They do not know the database; a row is a copy and does not change any more.

Times are POSIX seconds, None where the thing has not happened; texts are "" where there is nothing to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean import dataclass

if TYPE_CHECKING:
    from journal.codec import AnyFact


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact with its place in the journal: numbers grow by one from 1. A gap tells that facts were taken out."""

    seq: int
    fact: AnyFact


@dataclass(frozen=True, slots=True)
class RawFact:
    """A fact as it lies in the journal: `body` is the JSON text of an object. What the bus carries."""

    seq: int
    at: float
    kind: str
    contact: str
    agent: str
    body: str


@dataclass(frozen=True, slots=True)
class StoredTape:
    """The messages of one commit. `fact_seq` is the number of the journal's last fact after that commit."""

    seq: int
    epoch: int
    fact_seq: int
    body: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact, as far as it has gone.

    `queue` is the queue he first asked for, `last_queue` the one he was in last. `asked_at` and `answered_at` are the
    first of their kind; `agent`, `offer` and `talk_ended_at` belong to the last talk; `talked` adds all talks up.
    `left_queue_at` is set while he is out of the queue without an answer. `outcome` is "" while the contact is open.
    `step` is the last flow step entered. `recording` is the last recording's state. `skills` are those of the first
    request (a blank for none), `answered_by` who answered first, `callback_at` when he last asked to be called back.
    Moments that end in `_ms` are those that end in `_at`, in whole milliseconds.
    """

    contact: str
    call: str
    node: str
    number: str
    name: str
    called: str
    flow: str
    version: str
    language: str
    customer: str
    customer_name: str
    segment: str
    started_at: float
    step: str
    queue: str
    last_queue: str
    asked_at: float | None
    left_queue_at: float | None
    left_queue_why: str
    offers: int
    agent: str
    offer: str
    answered_at: float | None
    talk_ended_at: float | None
    talked: float
    ended_at: float | None
    outcome: str
    cause: int
    breakpoint: str
    recording: str
    skills: str = ""
    answered_by: str = ""
    callback_at: float | None = None
    asked_ms: int | None = None
    answered_ms: int | None = None
    left_ms: int | None = None
    callback_ms: int | None = None
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One agent rung for one caller. `outcome`: "" while ringing, answered, consulted, or as in `OfferClosed`.

    `closed_at` is the end of the ringing without a talk, or of the talk. `recording` is a path without extension
    below the recordings folder, "" when the talk is not recorded; `recording_state` is "" until the recording was
    looked at. `recorded` is the audio's length in seconds. `queue` is the one that the caller waited in; the wrap-up
    that followed the talk took `wrap_ms` milliseconds, and he was on hold for `held_ms` of the `talked_ms`.
    """

    offer: str
    contact: str
    agent: str
    node: str
    made_at: float
    rang_at: float | None
    answered_at: float | None
    closed_at: float | None
    outcome: str
    cause: int
    talked: float
    ended_by: str
    recording: str
    recording_state: str
    recorded: float
    legs: tuple[str, ...]
    sha256: tuple[str, ...]
    queue: str = ""
    talked_ms: int = 0
    held_ms: int = 0
    wrap_ms: int = 0


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One caller who asked for a person, counted once, under the queue that he first asked for.

    `how`: answered, abandoned, flowed_out, callback (he left the queue to be called back), lost, or waiting (then
    `ended_at` is None). The wait is `ended_at - asked_at`.
    """

    contact: str
    queue: str
    asked_at: float
    ended_at: float | None
    how: str


def wait_of(row: ContactRow) -> WaitRow:
    """Return how this contact's wait went; the row must have `asked_at`."""
    asked_at = row.started_at if row.asked_at is None else row.asked_at
    if row.answered_at is not None:
        ended_at, how = row.answered_at, "answered"
    elif row.left_queue_at is not None:
        wished = row.callback_at is not None and row.callback_at >= row.left_queue_at
        ended_at, how = row.left_queue_at, "callback" if wished or row.left_queue_why == "callback" else "flowed_out"
    elif row.ended_at is not None:
        ended_at, how = row.ended_at, how_of(row.outcome)
    else:
        return WaitRow(row.contact, row.queue, asked_at, None, "waiting")
    return WaitRow(row.contact, row.queue, asked_at, ended_at, how)


def how_of(outcome: str) -> str:
    """How the wait of a caller went who was in the queue when his contact ended with this outcome.

    A caller whom the flow ended while he was in the queue went otherwise than by his own will. An outcome that is not
    known here was written by another version, or is damaged: nobody knows what became of him, so he is no abandoned
    caller.
    """
    return HOW_ENDED.get(outcome, "lost")


HOW_ENDED = {
    "answered": "answered", "abandoned": "abandoned", "lost": "lost", "flowed_out": "flowed_out",
    "ended_in_flow": "flowed_out", "not_reached": "abandoned",
}  # fmt: skip
