"""The verb `branch`: a text decides.

It compares for equality and does nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.source import Text
from ivr.steps.verb import Doc, Exit, Leave, Outcome, StepFields, Verb, Visit


@dataclass(frozen=True, slots=True)
class Branch(Verb):
    VERB = "branch"
    SUMMARY = (
        "Looks a text up and goes where its line says; letters count as written. The caller hears nothing. A secret "
        "variable cannot be branched upon, because the exit taken would show it."
    )
    FIELDS = (
        Doc("branch", "text with names: `${customer.segment}`", "what is compared"),
        Doc(
            "cases",
            "text: step, one a line",
            "the exit is named like the text; `empty` stands for no text at all",
        ),
    )
    EXITS = (
        Doc("(a case)", "step", "the text is equal to the case"),
        Doc("otherwise", "step", "no case is equal"),
    )
    EXAMPLE = """
        who:
          branch: ${customer.segment}
          cases:
            gold: gold-person
          otherwise: person
    """

    text: str
    cases: tuple[Exit, ...]
    otherwise: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Branch:
        found = fields.value("branch", required=True)
        text = fields.template(found, "branch") if found else ""
        if found and text and not references(text):
            hint = "write for example ${customer.segment}"
            fields.fault(found.place, "constant-branch", f"'{text}' looks nothing up: it is always the same", hint)
        cases = tuple(_case(fields, key, fields.exit_to(key.value, target)) for key, target in fields.entries("cases"))
        return cls(text, cases, fields.exit("otherwise"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (*self.cases, self.otherwise)

    def reads(self) -> tuple[str, ...]:
        return references(self.text)

    def enter(self, visit: Visit) -> Outcome:
        value = fill(self.text, visit.lookup) or "empty"
        taken = next((case.name for case in self.cases if case.name == value), "otherwise")
        return Leave(taken)


def _case(fields: StepFields, key: Text, way: Exit) -> Exit:
    if key.value == "otherwise":
        fields.fault(key.place, "bad-case", "'otherwise' cannot be a case", "write it beside `cases:`, not below it")
    return way
