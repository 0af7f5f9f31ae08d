"""The verb `menu`: one key decides where the caller goes.

It does not know what a key means to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import Collect, DigitsCollected, Told
from ivr.saying.script import Said, Script
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Again, Leave, Outcome, Visit, Wait

KEYS = {**{digit: digit for digit in "0123456789"}, "star": "*", "pound": "#"}
_ADVICE = {"*": "write the word: star", "#": "write the word: pound"}


@dataclass(frozen=True, slots=True)
class Menu(Verb):
    VERB = "menu"
    SUMMARY = (
        "Plays prompts and takes one key; the first key stops the sound. A wrong key, or none, plays the menu again "
        "until the tries are used up. A caller who used them up leaves by what he did last: `no_input` or `no_match`."
    )
    FIELDS = (
        Doc("menu", SCRIPT, "what is played"),
        Doc("keys", "key: step, one a line", "`0` to `9`, and the words `star` and `pound`"),
        Doc("wait", "1s to 60s; 5s", "how long a key is waited for after the sound"),
        Doc("tries", "1 to 9", "how often the menu is played in all"),
        Doc("again", f"{SCRIPT}; none", "played before the menu from the second try on"),
    )
    EXITS = (
        Doc("(a key)", "step", "the key was pressed; the exit is named like the key"),
        Doc("no_input", "step", "no key came at the last try"),
        Doc("no_match", "step", "a key without a line came at the last try"),
        FAILED_TO_SAY,
    )
    EXAMPLE = """
        main-menu:
          menu: main-menu
          keys:
            1: balance
            0: person
            star: main-menu
          wait: 5s
          tries: 3
          no_input: person
          no_match: person
    """
    ASKS = True

    script: Script
    keys: tuple[Exit, ...]
    wait: int
    tries: int
    again: Script
    no_input: Exit
    no_match: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Menu:
        script, again = fields.script("menu"), fields.script("again", required=False)
        return cls(
            script,
            _keys(fields),
            fields.seconds("wait", 1, 60, default=5),
            fields.number("tries", 1, 9),
            again,
            fields.exit("no_input"),
            fields.exit("no_match"),
            fields.failed(script, again),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (*self.keys, self.no_input, self.no_match, *((self.failed,) if self.failed else ()))

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.no_input, *((self.failed,) if self.failed else ()))

    def reads(self) -> tuple[str, ...]:
        return (*self.script.reads(), *self.again.reads())

    def says(self) -> tuple[Said, ...]:
        return (*self.script.said, *self.again.said)

    def enter(self, visit: Visit) -> Outcome:
        script = self.again.then(self.script) if visit.tries > 1 else self.script
        prompts = script.prompts(visit)
        if prompts is None:
            return Leave("failed")
        return Wait(Collect(prompts, visit.language, 1, float(self.wait)))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, DigitsCollected):
            return None
        pressed = told.digits
        for way in self.keys:
            if KEYS[way.name] == pressed:
                return Leave(way.name, pressed)
        if visit.tries < self.tries:
            return Again(pressed)
        return Leave("no_match" if pressed else "no_input", pressed)


def _keys(fields: StepFields) -> tuple[Exit, ...]:
    exits = []
    for key, target in fields.entries("keys"):
        way = fields.exit_to(key.value, target)
        if key.value in KEYS:
            exits.append(way)
        else:
            hint = _ADVICE.get(key.value, "keys are 0 to 9, star and pound")
            fields.fault(key.place, "bad-menu-key", f"'{key.value}' is not a key of a telephone", hint)
    return tuple(exits)
