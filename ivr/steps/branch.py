"""The verb `branch`: a text or a list of conditions decides.

It compares and does nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.asking import AUTHENTICATED, IDENTIFIED
from ivr.computed import FAILED, failed_exit, read_expression
from ivr.expression import Expression, fill, references
from ivr.fields import Fields
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit
from ivr.written import Items, Table, Text, Value

MAX_CONDITIONS = 50
LEVEL = "${caller.level}"
LEVELS = (IDENTIFIED, AUTHENTICATED, FAILED)


@dataclass(frozen=True, slots=True)
class When:
    """A condition, and where it leads when it is the first that holds."""

    condition: Expression
    way: Exit


@dataclass(frozen=True, slots=True)
class Branch(Verb):
    VERB = "branch"
    SUMMARY = (
        "Either looks a text up and goes where its line in `cases` says (letters count as written), or goes where the "
        "first condition that holds says (see Expressions). The caller hears nothing. A secret variable cannot be "
        "branched upon, because the exit taken would show it."
    )
    FIELDS = (
        Doc(
            "branch",
            "text with names: `${customer.segment}`; or list of `when: condition` with `then: step`",
            "what is compared, or what is asked one after the other",
        ),
        Doc(
            "cases",
            "text: step, one a line; only with a text",
            "the exit is named like the text; `empty` stands for no text at all",
        ),
    )
    EXITS = (
        Doc("(a case)", "step", "the text is equal to the case"),
        Doc("(when-1, when-2, ...)", "step", "the condition is the first that holds"),
        Doc("otherwise", "step", "no case is equal, or no condition holds"),
        Doc("failed", "step; only with a condition that can fail", "a condition could not be computed"),
    )
    EXAMPLE = """
        who:
          branch: ${customer.segment}
          cases:
            gold: gold-person
          otherwise: enough

        enough:
          branch:
            - when: ${balance} >= 10000 and ${customer.segment} != 'new'
              then: gold-person
            - when: ${balance} < 0
              then: overdrawn
          otherwise: person
          failed: person
    """

    text: str
    cases: tuple[Exit, ...]
    otherwise: Exit
    whens: tuple[When, ...] = ()
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Branch:
        found = fields.value("branch", required=True)
        if isinstance(found, Items):
            return cls._conditions(fields, found)
        text = fields.template(found, "branch") if found else ""
        if found and text and not references(text):
            hint = "write for example ${customer.segment}"
            fields.fault(found.place, "constant-branch", f"'{text}' looks nothing up: it is always the same", hint)
        cases = tuple(_case(fields, key, fields.exit_to(key.value, target)) for key, target in fields.entries("cases"))
        failed_exit(fields, needed=False)
        return cls(text, cases, fields.exit("otherwise"))

    @classmethod
    def _conditions(cls, fields: StepFields, found: Items) -> Branch:
        if not 1 <= len(found.values) <= MAX_CONDITIONS:
            message = f"{len(found.values)} conditions; a branch has from 1 to {MAX_CONDITIONS}"
            fields.fault(found.place, "too-many" if found.values else "empty", message)
        if fields.has("cases"):
            fields.fault(fields.at("cases"), "two-branches", "'cases' belongs to a text, not to conditions")
        read = [_when(fields, value, f"when-{number}") for number, value in enumerate(found.values, 1)]
        whens = tuple(when for when in read if when)
        can_fail = any(when.condition.can_fail for when in whens)
        failed = failed_exit(fields, can_fail) if len(whens) == len(read) else None
        return cls("", (), fields.exit("otherwise"), whens, failed)

    @property
    def exits(self) -> tuple[Exit, ...]:
        failed = (self.failed,) if self.failed else ()
        return (*self.cases, *(when.way for when in self.whens), self.otherwise, *failed)

    def reads(self) -> tuple[str, ...]:
        return (*references(self.text), *(name for when in self.whens for name in when.condition.names))

    def level_on(self, leave: str) -> str:
        return leave if self.text.strip() == LEVEL and leave in LEVELS else ""

    def enter(self, visit: Visit) -> Outcome:
        for when in self.whens:
            holds = when.condition.holds(visit.lookup)
            if holds is None:
                return Leave(FAILED)
            if holds:
                return Leave(when.way.name)
        value = fill(self.text, visit.lookup) or "empty"
        taken = next((case.name for case in self.cases if case.name == value), "otherwise")
        return Leave(taken)


def _case(fields: StepFields, key: Text, way: Exit) -> Exit:
    if key.value == "otherwise":
        fields.fault(key.place, "bad-case", "'otherwise' cannot be a case", "write it beside `cases:`, not below it")
    return way


def _when(fields: StepFields, value: Value, name: str) -> When | None:
    if not isinstance(value, Table):
        hint = "write `- when: condition` and `then: step` below it"
        fields.fault(value.place, "not-a-mapping", "a condition needs the lines `when:` and `then:`", hint)
        return None
    line = Fields(value, fields.faults, fields.owner, ("when", "then"), value.place)
    when, then = line.value("when", required=True), line.value("then", required=True)
    way = fields.exit_to(name, then) if then else None
    text = line.scalar(when, "when") if when else None
    condition = read_expression(fields, text) if text and text.value else None
    if condition and text and not condition.is_condition:
        hint = "compare it with something, like ${balance} > 0"
        fields.fault(text.place, "no-condition", f"'{text.value}' is {condition.root.kind}, not a condition", hint)
    return When(condition, way) if condition and way else None
