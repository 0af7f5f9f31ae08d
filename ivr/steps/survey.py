"""The verb `survey`: the caller answers one question with a number.

It does not know what the score is about, nor whom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.messages import Collect, DigitsCollected, SurveyAnswered, Told
from ivr.saying.script import Said, Script
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Again, Leave, Outcome, Visit, Wait

_SCALE = re.compile(r"(\d{1,2})-(\d{1,2})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Survey(Verb):
    VERB = "survey"
    SUMMARY = (
        "Asks one question that is answered with a number of a scale, and keeps the score. After a talk it is counted "
        "for the agent who had it."
    )
    FIELDS = (
        Doc("survey", SCRIPT, "the question"),
        Doc("scale", "like `1-5` or `0-10`", "least and most score, from 0 to 99"),
        Doc("question", "name; the step's name", "what the question is called in the figures"),
        Doc("into", "variable", "where the score goes"),
        Doc("wait", "1s to 60s; 5s", "how long a key is waited for"),
        Doc("tries", "1 to 9", "how often the question is asked in all"),
        Doc("again", f"{SCRIPT}; none", "played first from the second try on"),
    )
    EXITS = (
        Doc("next", "step", "the score is kept"),
        Doc("no_input", "step", "no key came at the last try"),
        Doc("no_match", "step", "the last answer was not on the scale"),
        FAILED_TO_SAY,
    )
    EXAMPLE = """
        how-was-it:
          survey: rate-us
          scale: 1-5
          question: service
          into: score
          tries: 2
          next: goodbye
          no_input: goodbye
          no_match: goodbye
    """
    ASKS = True

    script: Script
    least: int
    most: int
    question: str
    into: str
    wait: int
    tries: int
    again: Script
    next: Exit
    no_input: Exit
    no_match: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Survey:
        script, again = fields.script("survey"), fields.script("again", required=False)
        least, most = _scale(fields)
        into = fields.texts("into")
        return cls(
            script,
            least,
            most,
            fields.name("question", fields.step),
            fields.variable(into[0]) if into else "",
            fields.seconds("wait", 1, 60, default=5),
            fields.number("tries", 1, 9),
            again,
            fields.exit("next"),
            fields.exit("no_input"),
            fields.exit("no_match"),
            fields.failed(script, again),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.no_input, self.no_match, *((self.failed,) if self.failed else ()))

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.no_input, *((self.failed,) if self.failed else ()))

    def writes(self) -> tuple[str, ...]:
        return (self.into,)

    def reads(self) -> tuple[str, ...]:
        return (*self.script.reads(), *self.again.reads())

    def says(self) -> tuple[Said, ...]:
        return (*self.script.said, *self.again.said)

    def enter(self, visit: Visit) -> Outcome:
        prompts = (self.again.then(self.script) if visit.tries > 1 else self.script).prompts(visit)
        if prompts is None:
            return Leave("failed")
        return Wait(Collect(prompts, visit.language, len(str(self.most)), float(self.wait)))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, DigitsCollected):
            return None
        keyed = told.digits
        if keyed.isascii() and keyed.isdigit() and self.least <= int(keyed) <= self.most:
            score = str(int(keyed))
            return Leave("next", keyed, ((self.into, score),), aside=(SurveyAnswered(self.question, score),))
        if visit.tries < self.tries:
            return Again(keyed)
        return Leave("no_match" if keyed else "no_input", keyed)


def _scale(fields: StepFields) -> tuple[int, int]:
    text = fields.text("scale")
    match = _SCALE.match(text)
    if match and int(match[1]) < int(match[2]):
        return int(match[1]), int(match[2])
    if text:
        fields.fault(fields.at("scale"), "bad-scale", f"'scale: {text}' is not a scale", "write one like 1-5 or 0-10")
    return 0, 9
