"""The verb `play`: the caller hears something and goes on.

It does not know what a prompt sounds like, nor how a value is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import Play as PlayPrompts
from ivr.messages import PromptEnded, Told
from ivr.saying.script import Said, Script
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait


@dataclass(frozen=True, slots=True)
class Play(Verb):
    VERB = "play"
    SUMMARY = (
        'Plays prompts, one after the other, and values between them: `{money: "${balance}"}`. Keys are ignored. A '
        "prompt that cannot be played is skipped."
    )
    FIELDS = (Doc("play", SCRIPT, "what is played"),)
    EXITS = (Doc("next", "step", "the prompts were heard"), FAILED_TO_SAY)
    EXAMPLE = """
        welcome:
          play: welcome
          next: main-menu
    """

    script: Script
    next: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Play:
        script = fields.script("play")
        return cls(script, fields.exit("next"), fields.failed(script))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.failed) if self.failed else (self.next,)

    def reads(self) -> tuple[str, ...]:
        return self.script.reads()

    def says(self) -> tuple[Said, ...]:
        return self.script.said

    def enter(self, visit: Visit) -> Outcome:
        prompts = self.script.prompts(visit)
        return Leave("failed") if prompts is None else Wait(PlayPrompts(prompts, visit.language))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        return Leave("next") if isinstance(told, PromptEnded) else None
