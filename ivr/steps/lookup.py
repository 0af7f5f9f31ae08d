"""The verb `lookup`: something about the caller is looked up in a source of records.

It does not know where the source is, nor what its answers mean.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.asking import FAILED, FOUND, LOCKED, NOT_FOUND, REFUSED, Pairs, Question, docs, filled, read_question
from ivr.asking import read_secret_with as read_secrets
from ivr.messages import LookedUp, Told
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait


@dataclass(frozen=True, slots=True)
class Lookup(Verb):
    VERB = "lookup"
    SUMMARY = (
        "Asks a source of `sources.yaml`. The caller hears the filler meanwhile, and is held no longer than the "
        "deadline. A secret variable can be given with `secret_with` alone; it is sent and nowhere recorded. After a "
        "restart of the server the source is asked again, so it must be one that may be asked twice. What the source "
        "calls private can be asked for only behind an `authenticate` that was passed."
    )
    FIELDS = (
        Doc("lookup", "source", "a source of `sources.yaml`"),
        *docs(Doc),
        Doc("secret_with", "key: `${variable}`; none", "the secret of the source, from a variable that is secret"),
    )
    EXITS = (
        Doc("found", "step", "the variables are set"),
        Doc("not_found", "step", "the source has nothing for these keys, or the secret is wrong"),
        Doc("failed", "step", "the source cannot be asked, answers nonsense, or did not answer by the deadline"),
    )
    EXAMPLE = """
        find-card:
          lookup: cards
          with:
            card: ${caller.number}
          into:
            state: state
          deadline: 3s
          filler: one-moment
          found: main-menu
          not_found: sorry
          failed: person
    """

    question: Question
    secrets: Pairs
    found: Exit
    not_found: Exit
    failed: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Lookup:
        question = read_question(fields, "lookup")
        return cls(
            question,
            read_secrets(fields, question),
            fields.exit("found"),
            fields.exit("not_found"),
            fields.exit("failed"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.found, self.not_found, self.failed)

    def writes(self) -> tuple[str, ...]:
        return self.question.variables()

    def private_writes(self) -> tuple[str, ...]:
        return self.question.private_variables()

    def reads(self) -> tuple[str, ...]:
        return self.question.reads()

    def secret_reads(self) -> tuple[str, ...]:
        return tuple(variable for _, variable in self.secrets)

    def enter(self, visit: Visit) -> Outcome:
        return Wait(self.question.asked(visit, filled(self.secrets, visit.lookup)))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        if not isinstance(told, LookedUp):
            return None
        if told.outcome == FOUND:
            return Leave(FOUND, kept=self.question.kept(told))
        return Leave(NOT_FOUND if told.outcome in (NOT_FOUND, REFUSED, LOCKED) else FAILED)
