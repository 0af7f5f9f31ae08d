"""The process that plays some hours of a campaign with other settings: seconds of processor, none of them the server's.

It does not know who asks. It reads one `Question` as JSON from standard input, and writes the answer as one line.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Any, Final

from outbound.campaign import Campaign, Mode
from outbound.law.shares import LONGEST_WAIT
from switchroom.projecting import Learned, projected

_NICE: Final = 10
Answer = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a campaign with these settings would come to with so many agents and lines, after such a day.

    `wait` is the law's: so long a person may wait from the end of his greeting.
    """

    campaign: str
    mode: str
    ratio: float
    cap: float
    ring_for: float
    agents: int
    most: int
    learned: Learned
    wait: float = LONGEST_WAIT


def answered(question: Question) -> Answer:
    """The shares of persons abandoned and of agents' time talked; None where nobody paces, or nobody works."""
    campaign = Campaign(
        question.campaign, Mode(question.mode), "", (), "", ratio=question.ratio, cap=question.cap,
        ring_for=question.ring_for,
    )  # fmt: skip
    return projected(campaign, question.agents, question.most, question.learned, question.wait)


def question_of(said: dict[str, Any]) -> Question:
    """The question that was written as JSON."""
    return Question(**{**said, "learned": Learned(**said["learned"])})


def main() -> int:
    """Answer the question that stands on standard input."""
    os.nice(_NICE)
    told = answered(question_of(json.load(sys.stdin)))
    sys.stdout.write(json.dumps({"answer": told}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
