"""The verb `identify`: the flow learns who calls, without proof.

It does not know whether the caller is who he seems to be; `authenticate` asks for the proof.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.asking import FAILED, FOUND, IDENTIFIED, LOCKED, NOT_FOUND, REFUSED, Question, docs, read_question
from ivr.messages import CallerIdentified, LookedUp, Told
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait

BY_NUMBER = "number"
KNOWN = "known"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identify(Verb):
    VERB = "identify"
    SUMMARY = (
        "Finds out who calls: by the caller's number (`identify: number` looks into `customers.csv`), or by asking a "
        "source. What the source returns as `customer`, `name` and `segment` becomes `${customer.id}`, "
        "`${customer.name}` and `${customer.segment}`. `${caller.level}` is `identified` from here on. A number can be "
        "feigned and a card be found: this is no proof."
    )
    FIELDS = (Doc("identify", "`number`, or source", "how the customer is found"), *docs(Doc, "not with `number`"))
    EXITS = (
        Doc("known", "step", "it is a customer"),
        Doc("unknown", "step", "it is nobody's number, or the source has nothing for these keys"),
        Doc("failed", "step; not with `number`", "the source did not answer by the deadline, or not sensibly"),
    )
    EXAMPLE = """
        who-calls:
          identify: cards
          with:
            card: ${caller.number}
          known: main-menu
          unknown: person
          failed: person
    """

    question: Question | None
    known: Exit
    unknown: Exit
    failed: Exit | None

    @classmethod
    def read(cls, fields: StepFields) -> Identify:
        if fields.text("identify", "") == BY_NUMBER:
            for key in ("with", "into", "deadline", "filler", "failed"):
                if fields.has(key):
                    hint = "remove the line"
                    fields.fault(fields.at(key), "not-here", f"'{key}' is for sources, not for the number", hint)
            return cls(None, fields.exit("known"), fields.exit("unknown"), None)
        question = read_question(fields, "identify")
        if question.name in fields.flow.known.sources and "customer" not in question.source.returns:
            message = f"source '{question.name}' does not return 'customer'"
            fields.fault(fields.at("identify"), "unknown-return", message, "add it to its `returns`")
        return cls(question, fields.exit("known"), fields.exit("unknown"), fields.exit("failed"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.known, self.unknown, *((self.failed,) if self.failed else ()))

    def writes(self) -> tuple[str, ...]:
        return self.question.variables() if self.question else ()

    def private_writes(self) -> tuple[str, ...]:
        return self.question.private_variables() if self.question else ()

    def reads(self) -> tuple[str, ...]:
        return self.question.reads() if self.question else ("customer.id",)

    def level_on(self, leave: str) -> str:
        return IDENTIFIED if leave == KNOWN else ""

    def enter(self, visit: Visit) -> Outcome:
        if self.question:
            return Wait(self.question.asked(visit))
        customer = visit.lookup("customer.id")
        if not customer:
            return Leave(UNKNOWN)
        who = CallerIdentified(IDENTIFIED, customer, visit.lookup("customer.name"), visit.lookup("customer.segment"))
        return Leave(KNOWN, aside=(who,))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, LookedUp) or not self.question:
            return None
        who = self.question.identified(told, IDENTIFIED, visit)
        if told.outcome == FOUND and who.customer:
            return Leave(KNOWN, kept=self.question.kept(told), aside=(who,))
        nobody = told.outcome in (FOUND, NOT_FOUND, REFUSED, LOCKED)
        return Leave(UNKNOWN if nobody else FAILED)
