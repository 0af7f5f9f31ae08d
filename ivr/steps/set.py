"""The verb `set`: variables of the call, and the language it goes on in.

It does not know who reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.faults import did_you_mean
from ivr.source import Text, Value
from ivr.steps.verb import Doc, Exit, Leave, Outcome, StepFields, Verb, Visit

LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Set(Verb):
    VERB = "set"
    SUMMARY = (
        "Sets variables. The name `language` is special: it must be one of the flow's languages, and every prompt from "
        "here on is played in it. The caller hears nothing."
    )
    FIELDS = (Doc("set", "name: text, one a line", "texts may look names up: `${caller.number}`"),)
    EXITS = (Doc("next", "step", "always"),)
    EXAMPLE = """
        speak-english:
          set:
            language: en
            topic: cards
          next: main-menu
    """

    values: tuple[tuple[str, str], ...]
    next: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Set:
        return cls(
            tuple((fields.variable_or_language(key), _value(fields, key, text)) for key, text in fields.entries("set")),
            fields.exit("next"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next,)

    def writes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.values if name != LANGUAGE)

    def reads(self) -> tuple[str, ...]:
        return tuple(name for _, text in self.values for name in references(text))

    def enter(self, visit: Visit) -> Outcome:
        return Leave("next", kept=tuple((name, fill(text, visit.lookup)) for name, text in self.values))


def _value(fields: StepFields, key: Text, value: Value) -> str:
    languages = fields.flow.languages
    text = fields.template(value, key.value)
    if key.value == LANGUAGE and text not in languages:
        message = f"'{text}' is not a language of this flow"
        fields.fault(value.place, "unknown-language", message, did_you_mean(text, languages))
    return text
