"""The verb `play`: the caller hears something and goes on.

It does not know what a prompt sounds like.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import Play as PlayPrompts
from ivr.messages import PromptEnded, Told
from ivr.steps.verb import Doc, Exit, Leave, Outcome, Prompts, StepFields, Verb, Visit, Wait


@dataclass(frozen=True, slots=True)
class Play(Verb):
    VERB = "play"
    SUMMARY = "Plays prompts, one after the other. Keys are ignored. A prompt that cannot be played is skipped."
    FIELDS = (Doc("play", "prompt, or list of prompts", "what is played"),)
    EXITS = (Doc("next", "step", "the prompts were heard"),)
    EXAMPLE = """
        welcome:
          play: welcome
          next: main-menu
    """

    prompts: Prompts
    next: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Play:
        return cls(fields.prompts("play"), fields.exit("next"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next,)

    def enter(self, visit: Visit) -> Outcome:
        return Wait(PlayPrompts(self.prompts, visit.language))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        return Leave("next") if isinstance(told, PromptEnded) else None
