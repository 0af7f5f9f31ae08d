"""The verb `say`: one value is said.

It does not know how a number, an amount or a date sounds in any language.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import Play as PlayPrompts
from ivr.messages import PromptEnded, Told
from ivr.saying import CURRENCIES, Kind
from ivr.saying.script import Said, Script, read_said
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait


@dataclass(frozen=True, slots=True)
class Say(Verb):
    VERB = "say"
    SUMMARY = (
        "Says one value in the language of the call. The same values can stand between prompts wherever prompts are "
        'listed: `play: [your-balance-is, {money: "${balance}"}]`.'
    )
    FIELDS = (
        Doc("say", ", ".join(f"`{kind}`" for kind in Kind), "how the value is said"),
        Doc("value", "text", "what is said; it may look names up: `${balance}`"),
        Doc("currency", f"{', '.join(CURRENCIES)}; CNY", "of money whose value does not name it (`12.50 USD` does)"),
    )
    EXITS = (
        Doc("next", "step", "the value was said"),
        Doc("failed", "step", "the value is no such thing: nothing was said"),
    )
    EXAMPLE = """
        tell-number:
          say: phone
          value: ${caller.number}
          next: main-menu
          failed: main-menu
    """

    said: Said
    next: Exit
    failed: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Say:
        chosen = fields.choice("say", tuple(Kind))
        kind = Kind(chosen) if chosen in tuple(Kind) else Kind.LETTERS
        value = fields.value("value", required=True)
        currency = fields.value("currency", required=False)
        known = value is not None and chosen == kind
        said = read_said(fields, kind, value, currency) if value and known else Said(kind, "")
        return cls(said, fields.exit("next"), fields.exit("failed"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.failed)

    def reads(self) -> tuple[str, ...]:
        return self.said.reads()

    def says(self) -> tuple[Said, ...]:
        return (self.said,)

    def enter(self, visit: Visit) -> Outcome:
        prompts = Script((self.said,)).prompts(visit)
        return Leave("failed") if prompts is None else Wait(PlayPrompts(prompts, visit.language))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        return Leave("next") if isinstance(told, PromptEnded) else None
