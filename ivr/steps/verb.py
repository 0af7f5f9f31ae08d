"""What every verb of a flow is: its fields, its exits, and what it does when a caller comes to it or answers it.

It does not know any single verb, nor how a flow or a session is put together.

A verb is a frozen record with four parts, in this order: what the reference says of it (VERB, SUMMARY, FIELDS, EXITS,
EXAMPLE), `read`, `enter`, `resume`. It holds no state of a call; all it may know of one, and all it can want, is in
`ivr/visit.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from dataclasses import field
from typing import Any, ClassVar, Self

from ivr.expression import ATTRIBUTES, malformed, references
from ivr.faults import Faults, Place, did_you_mean
from ivr.fields import Fields
from ivr.known import Known
from ivr.messages import Told
from ivr.saying.script import Said, Script, read_script
from ivr.visit import Outcome, Visit
from ivr.written import Table, Text, Value
from lean import dataclass

Prompts = tuple[str, ...]
Skills = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a step: what it is called in the records, the step it leads to, and where that is written."""

    name: str
    step: str
    place: Place


@dataclass(frozen=True, slots=True)
class Doc:
    """One line of the reference: a key or an exit, what may stand there, and what it means."""

    key: str
    takes: str
    means: str


SCRIPT = "prompt, value to say, or list of them"
FAILED_TO_SAY = Doc("failed", "step; only where a value is said", "a value cannot be said; then nothing is played")

COMMON = (
    Doc("resume", "`freely`, `authenticated` or `never`; `never`", "whether who was cut off here may go on here later"),
    Doc("point", "prompt; needed with `resume`", "what the caller is told he was doing here"),
    Doc("goal", "name; none", "reaching this step counts as having done that"),
)


class Verb(ABC):
    """One step's verb with its settings."""

    __slots__ = ()

    VERB: ClassVar[str]
    SUMMARY: ClassVar[str]
    FIELDS: ClassVar[tuple[Doc, ...]]
    EXITS: ClassVar[tuple[Doc, ...]]
    EXAMPLE: ClassVar[str]
    ASKS: ClassVar[bool] = False  # waits for the caller or for a person: a loop needs one of these
    ONCE: ClassVar[bool] = False  # does something that is not done again when a caller must go a part of his way again

    @classmethod
    @abstractmethod
    def read(cls, fields: StepFields) -> Self:
        """The verb from its lines; faults go to `fields`."""

    @property
    @abstractmethod
    def exits(self) -> tuple[Exit, ...]: ...

    @abstractmethod
    def enter(self, visit: Visit) -> Outcome:
        """What to do when the caller comes to the step."""

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        """What follows from what `enter` asked for; None when `told` is no answer to it."""
        del visit, told
        return None

    def silent_exits(self) -> tuple[Exit, ...]:
        """The exits by which a caller goes on who never presses a key; none where a person or the end takes over."""
        return self.exits

    def writes(self) -> tuple[str, ...]:
        """Names of the variables that the step sets."""
        return ()

    def writes_on(self, leave: str) -> tuple[str, ...]:
        """Names of the variables that are set for certain when the step is left by exit `leave`.

        All that the step writes by its first exit, nothing by the others, unless the verb says otherwise.
        """
        return self.writes() if self.exits and leave == self.exits[0].name else ()

    def secret_writes(self) -> tuple[str, ...]:
        """Names of the variables that the step sets and no record may show."""
        return ()

    def private_writes(self) -> tuple[str, ...]:
        """Names of the variables that the step sets from what a source calls private."""
        return ()

    def copies(self) -> tuple[tuple[str, str], ...]:
        """(variable that the step sets, name that it is made of) pairs."""
        return ()

    def hides_keys(self) -> bool:
        """Whether the keys that are pressed at this step are ones that no record may show."""
        return bool(self.secret_writes())

    def level_on(self, leave: str) -> str:
        """What the caller has proved when he leaves by exit `leave`: identified, authenticated, failed; "" no news."""
        del leave
        return ""

    def reads(self) -> tuple[str, ...]:
        """Names that the step looks up."""
        return ()

    def secret_reads(self) -> tuple[str, ...]:
        """Names of the variables that the step may read although they are secret."""
        return ()

    def says(self) -> tuple[Said, ...]:
        """The values that the step may say."""
        return ()


class StepFields(Fields):
    """The lines of one step."""

    def __init__(self, step: Text, table: Table, verb: type[Verb], flow: FlowScope) -> None:
        keys = [doc.key for doc in (*verb.FIELDS, *verb.EXITS, *COMMON) if not doc.key.startswith("(")]
        super().__init__(table, flow.faults, f"step '{step.value}'", keys, step.place)
        self.flow = flow
        self.verb = verb
        self.step = step.value

    def exit(self, key: str) -> Exit:
        """The step that exit `key` leads to. Every exit of a verb must be written."""
        found = self.value(key, required=False)
        if found is None:
            needed = ", ".join(doc.key for doc in self.verb.EXITS if not doc.key.startswith("("))
            self.fault(
                self.place,
                "missing-exit",
                f"exit '{key}' is not written",
                f"a {self.verb.VERB} step needs: {needed}",
            )
            return Exit(key, "", self.place)
        return self.exit_to(key, found)

    def exit_to(self, name: str, target: Value) -> Exit:
        text = self.scalar(target, name)
        return Exit(name, self.sound_name(text), text.place)

    def prompts(self, key: str, required: bool = True) -> Prompts:
        """One prompt or several, each known in every language of the flow."""
        return tuple(self.prompt(text) for text in self.texts(key, required))

    def prompt(self, text: Text) -> str:
        """One prompt, known in every language of the flow."""
        if self.sound_name(text):
            self.flow.prompts.append(text.value)
            self._check_prompt(text)
        return text.value

    def script(self, key: str, required: bool = True) -> Script:
        """Prompts and values to say. A step that may say a value needs the exit that `failed` reads."""
        return read_script(self, key, required)

    def failed(self, *scripts: Script) -> Exit | None:
        """The exit `failed`, which must be written when one of the scripts says a value, and only then."""
        if any(script.said for script in scripts):
            return self.exit("failed")
        found = self.value("failed", required=False)
        if found:
            self.fault(found.place, "needless-exit", "'failed' is never taken: no value is said", "remove the line")
        return None

    def language(self, key: str) -> str:
        """One of the flow's languages."""
        found = self.value(key, required=True)
        text = self.scalar(found, key) if found else Text("", self.place)
        if text.value and text.value not in self.flow.languages:
            message = f"'{text.value}' is not a language of this flow"
            self.fault(text.place, "unknown-language", message, did_you_mean(text.value, self.flow.languages))
        return text.value

    def part(self, name: str) -> StepFields:
        """The same lines, for a step of the verb's own behind this one, named `step/name`."""
        part = copy(self)
        part.step = f"{self.step}/{name}"
        part.owner = f"step '{part.step}'"
        return part

    def becomes(self, verb: Verb) -> None:
        """What the step of a part does."""
        self.flow.parts.append((self.step, verb))

    def _check_prompt(self, text: Text) -> None:
        missing = [name for name in self.flow.languages if text.value not in self.flow.known.prompts.get(name, ())]
        if missing:
            every = {name for names in self.flow.known.prompts.values() for name in names}
            hint = (
                did_you_mean(text.value, every) if text.value not in every else f"add it to prompts/{missing[0]}.yaml"
            )
            message = f"prompt '{text.value}' has no text in {', '.join(missing)}"
            self.fault(text.place, "unknown-prompt", message, hint or f"add it to prompts/{missing[0]}.yaml")

    def known(self, key: str, kind: str, names: frozenset[str]) -> str:
        """A name that must be one of `names`."""
        found = self.value(key, required=True)
        return self.known_name(self.scalar(found, key), kind, names) if found else ""

    def template(self, value: Value, key: str) -> str:
        """A text that may look names up; which names exist is checked once the whole flow is read."""
        text = self.scalar(value, key)
        wrong = malformed(text.value)
        if wrong:
            self.fault(
                text.place,
                "bad-reference",
                f"'{text.value}': {wrong}",
                "write for example ${customer.segment}",
            )
            return ""
        for name in references(text.value):
            self.flow.references.append((self.owner, name, text.place))
        return text.value

    def variable(self, text: Text) -> str:
        """A variable's name in a place that sets it."""
        if self.sound_name(text) and text.value in ATTRIBUTES:
            self.fault(text.place, "bad-name", f"'{text.value}' cannot be set", "choose another name")
        return text.value

    def variable_or_language(self, text: Text) -> str:
        return text.value if text.value == "language" else self.variable(text)


@dataclass(slots=True)
class FlowScope:
    """What the steps of one flow share while it is read.

    `parameters` are the variables that are set before it begins; `returns` are the ends by which it goes back to the
    flow that it is a part of. `inner` are the steps that come from subflows. `parts_at_fault` when one could not be
    read, so that it is unknown what it sets.
    """

    known: Known
    faults: Faults
    languages: tuple[str, ...] = ()
    references: list[tuple[str, str, Place]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    parts: list[tuple[str, Verb]] = field(default_factory=list)  # steps behind the one that is being read
    parameters: tuple[str, ...] = ()
    returns: dict[str, Place] = field(default_factory=dict)
    inner: set[str] = field(default_factory=set)
    parts_at_fault: bool = False
    call: Callable[[str, Place], Any] = field(default=lambda _name, _place: None)  # a flow by its name

    @property
    def is_part(self) -> bool:
        """Whether the flow can only be called by others."""
        return bool(self.parameters or self.returns)
