"""Asking a source of records from a step: with which keys, for how long, and what becomes of the answer.

It does not know where a source is. The keys are filled in when the caller comes to the step; a secret goes into the
question alone, never into a record.

A question that was pending when the process died is asked again: sources are only ever asked, never told to do
something, so twice is as good as once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.expression import Lookup, fill, references
from ivr.faults import did_you_mean
from ivr.messages import CallerIdentified, LookedUp, LookUp
from ivr.sources import Source
from ivr.written import Text, Value

if TYPE_CHECKING:
    from ivr.steps.verb import Doc, StepFields
    from ivr.visit import Visit

LONGEST_DEADLINE = 30
LONGEST_VALUE = 500  # characters of one value that are kept
FOUND, REFUSED, LOCKED, NOT_FOUND = "found", "refused", "locked", "not_found"
IDENTIFIED, AUTHENTICATED, FAILED = "identified", "authenticated", "failed"
CUSTOMER = ("customer", "name", "segment")  # what a source calls the three things that are known of a customer
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Pairs = tuple[tuple[str, str], ...]


def docs(doc: type[Doc], unless: str = "") -> tuple[Doc, ...]:
    """The keys that every step has which asks a source; `unless` says when keys are not needed."""
    takes = f"key: text, one a line; {unless}" if unless else "key: text, one a line"
    return (
        doc("with", takes, "what is asked with; one line for every key of the source"),
        doc("into", "variable: name, one a line; none", "which values of the answer go into which variables"),
        doc("deadline", f"1s to {LONGEST_DEADLINE}s; 3s", "how long the answer is waited for, whatever happens"),
        doc("filler", "prompt; silence", "what the caller hears meanwhile"),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """`keys` are (key, template) pairs, `into` (variable, returned name) pairs. `source` knows what is private."""

    name: str
    source: Source
    keys: Pairs
    into: Pairs
    deadline: int
    filler: str

    def asked(self, visit: Visit, secrets: Pairs = ()) -> LookUp:
        """The question for this caller."""
        keys = tuple((key, fill(text, visit.lookup)) for key, text in self.keys)
        return LookUp(self.name, keys, float(self.deadline), self.filler, visit.language, secrets)

    def kept(self, told: LookedUp) -> Pairs:
        """The variables that an answer sets."""
        found = dict(told.values)
        return tuple((variable, clean(found.get(name, ""))) for variable, name in self.into)

    def identified(self, told: LookedUp, level: str, visit: Visit) -> CallerIdentified:
        """Who the answer says the caller is; nothing private of it before he has proved it.

        What a source does not tell of the customer who he is known to be stays as it is known.
        """
        hidden = frozenset() if level == AUTHENTICATED else self.source.private
        found = {name: clean(text) for name, text in told.values if name not in hidden}
        customer, name, segment = (found.get(key, "") for key in CUSTOMER)
        if customer and customer == visit.lookup("customer.id"):
            name, segment = name or visit.lookup("customer.name"), segment or visit.lookup("customer.segment")
        return CallerIdentified(level, customer, name if customer else "", segment if customer else "")

    def variables(self) -> tuple[str, ...]:
        return tuple(variable for variable, _ in self.into)

    def private_variables(self) -> tuple[str, ...]:
        return tuple(variable for variable, name in self.into if name in self.source.private)

    def reads(self) -> tuple[str, ...]:
        return tuple(name for _, text in self.keys for name in references(text))


def clean(text: str, most: int = LONGEST_VALUE) -> str:
    """A value from outside as one line of bounded length."""
    return _UNFIT.sub(" ", text)[:most]


def read_question(fields: StepFields, key: str) -> Question:
    """The question that the lines of a step ask of the source named at `key`."""
    sources = fields.flow.known.sources
    name = fields.known(key, "source", frozenset(sources))
    source = sources.get(name)
    keys = _keys(fields, name, source)
    into = _into(fields, name, source)
    fillers = fields.prompts("filler", required=False)
    if len(fillers) > 1:
        fields.fault(fields.at("filler"), "not-a-text", "'filler' is a list; it must be one prompt")
    deadline = fields.seconds("deadline", 1, LONGEST_DEADLINE, default=3)
    return Question(name, source or Source(()), keys, into, deadline, "".join(fillers[:1]))


def _keys(fields: StepFields, name: str, source: Source | None) -> Pairs:
    needs = source is None or bool(source.keys)
    pairs = tuple((key, fields.template(value, key.value)) for key, value in fields.entries("with", required=needs))
    if source and fields.has("with"):
        for key, _ in pairs:
            if key.value not in source.keys:
                message = f"source '{name}' is not asked with '{key.value}'"
                fields.fault(key.place, "unknown-source-key", message, did_you_mean(key.value, source.keys))
        missing = [key for key in source.keys if key not in {found.value for found, _ in pairs}]
        if missing:
            message = f"source '{name}' must also be asked with: {', '.join(missing)}"
            fields.fault(fields.at("with"), "missing-source-key", message)
    return tuple((key.value, text) for key, text in pairs)


def _into(fields: StepFields, name: str, source: Source | None) -> Pairs:
    pairs = []
    for key, value in fields.entries("into", required=False):
        text = fields.scalar(value, key.value)
        if source and text.value and text.value not in source.returns:
            message = f"source '{name}' returns no '{text.value}'"
            fields.fault(text.place, "unknown-return", message, did_you_mean(text.value, source.returns))
        pairs.append((fields.variable(key), text.value))
    return tuple(pairs)


def read_secret(fields: StepFields, value: Value, key: str) -> str:
    """The one variable that `value` names as `${pin}`."""
    text = fields.template(value, key)
    names = references(text)
    if isinstance(value, Text) and text and (len(names) != 1 or text != f"${{{names[0]}}}"):
        fields.fault(value.place, "bad-secret", f"'{text}' is not one variable", "write for example ${pin}")
        return ""
    return names[0] if names else ""


def read_secret_with(fields: StepFields, question: Question) -> Pairs:
    """(key, variable) of the lines below `secret_with`."""
    secret = question.source.secret
    pairs = []
    for key, value in fields.entries("secret_with", required=False):
        if question.name in fields.flow.known.sources and key.value != secret:
            message = f"source '{question.name}' takes no secret '{key.value}'"
            fields.fault(key.place, "unknown-source-key", message, did_you_mean(key.value, [secret] if secret else []))
        pairs.append((key.value, read_secret(fields, value, key.value)))
    return tuple(pairs)


def filled(secrets: Pairs, lookup: Lookup) -> Pairs:
    """(key, text) of (key, variable) pairs."""
    return tuple((key, lookup(variable)) for key, variable in secrets)
