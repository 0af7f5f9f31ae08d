"""The verb `language`: the call goes on in another language.

It does not know what is said in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit


@dataclass(frozen=True, slots=True)
class Language(Verb):
    VERB = "language"
    SUMMARY = (
        "Speaks another language of the flow from here on: every prompt, and the way in which values are said. The "
        "caller hears nothing. A menu whose keys lead to such steps lets him choose."
    )
    FIELDS = (Doc("language", "language", "one of the flow's `languages`"),)
    EXITS = (Doc("next", "step", "always"),)
    EXAMPLE = """
        speak-english:
          language: en
          next: main-menu
    """

    language: str
    next: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Language:
        return cls(fields.language("language"), fields.exit("next"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next,)

    def enter(self, visit: Visit) -> Outcome:
        del visit
        return Leave("next", kept=(("language", self.language),))
