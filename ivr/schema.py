"""The flow language as a JSON Schema, so that editors complete, explain and check while somebody writes.

It does not know editors or files. Everything comes from what the verbs say of themselves (`FIELDS`, `EXITS`): what may
stand at a key is read from the words of its `takes`, of which `_SHAPES` knows every form.

The schema stays in what draft 07 and 2020-12 have in common. It is more lenient than `switchroom check`, which has the
last word: names of the floor are offered, but others are not refused, because they may be about to be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ivr.known import Known
from ivr.steps import VERBS
from ivr.steps.verb import COMMON, Doc, Verb

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
_NAME = "^[a-z0-9][a-z0-9/-]{0,63}$"
_SPAN = "^[0-9]{1,6}[smh]$"
_ANY_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_CHOICES = re.compile(r"`([^`]+)`")
_WHOLE = re.compile(r"(\d+) to (\d+)")

FLOW_KEYS = (
    Doc("flow", "name", "the flow's name, which is also its file's"),
    Doc("languages", "language, or list of languages", "the first is spoken until a step sets another"),
    Doc("start", "step", "the step where callers come in"),
    Doc("resume_for", "1m to 168h; never", "how long after a hang-up a caller is offered to go on where he was"),
    Doc("prove_by", "step, or list of steps; none", "how a caller proves who he is before he goes on"),
    Doc("parameters", "variable, or list of variables; none", "set by the flow that calls this one, with `subflow`"),
    Doc("promises", "promises; none", "what `switchroom prove` proves of this flow"),
    Doc("steps", "steps", "every step by its name; each has exactly one verb, and every exit is written"),
)


def flow_schema(known: Known | None = None) -> Schema:
    """The schema of a flow's file. `known` are names to be offered."""
    names = Names(known or Known())
    verbs = {f"verb-{name}": _verb(verb, names) for name, verb in VERBS.items()}
    properties = {doc.key: described(doc, names) for doc in FLOW_KEYS}
    return {
        "$schema": DRAFT,
        "title": "a Switchroom flow",
        "description": "What a caller hears and presses. `switchroom check` has the last word on what is right.",
        "type": "object",
        "additionalProperties": False,
        "required": [doc.key for doc in FLOW_KEYS if ";" not in doc.takes],
        "properties": properties,
        "definitions": {"step": _step(), **names.definitions(), **verbs},
    }


def shape_of(takes: str) -> str:
    """The form that a `takes` has, one of the keys of `_SHAPES`; "" when it has none."""
    first = takes.split("; ", maxsplit=1)[0]
    return next((name for name, pattern in _SHAPES.items() if re.fullmatch(pattern, first)), "")


# What the first words of a `takes` may be. The order counts: the first that fits is taken.
_SHAPES = {
    "length-of-time": r"\d+[smh] to \d+[smh]",
    "whole": r"\d+ to \d+",
    "flag": r"`true` or `false`",
    "choice": r"(?:`[^`$:]+`(?:, | or )?){2,}|`[a-z]+`|(?:[A-Z]{3}(?:, )?)+",
    "step": r"step",
    "steps-list": r"step, or list of steps",
    "variables-list": r"variable, or list of variables",
    "languages-list": r"language, or list of languages",
    "promises": r"promises",
    "steps": r"steps",
    "keys": r"key: step, one a line",
    "ways": r"(?:text|period|outcome|case|return): step, one a line",
    "skills": r"skill: .*|as in `queue`",
    "speaks": r"language: skill.*",
    "texts": r"[a-z]+: .*, one a line",
    "script": r"prompt, value to say, or list of them",
    "prompt": r"prompt",
    "queue": r"queue",
    "language": r"language",
    "calendar": r"calendar",
    "source": r"source.*|`number`, or source",
    "flow": r"flow",
    "conditions": r"text with names: .*",
    "text-or-lines": r"text, or language: text.*",
    "patterns": r".*or list of patterns",
    "pair": r"[a-z]+: `\$\{variable\}`",
    "name": r"variable|name|name, like .*",
    "text": r"text.*|number, or text.*|length like .*|like .*|`\$\{variable\}`|time zone|`100-50000`.*",
}


class Names:
    """The shapes, with the names of one floor offered where they may stand."""

    def __init__(self, known: Known) -> None:
        prompts = sorted({name for names in known.prompts.values() for name in names})
        self.offered: Mapping[str, Iterable[str]] = {
            "prompt": prompts,
            "queue": sorted(known.queues),
            "language": sorted(known.prompts),
            "calendar": sorted(known.calendars),
            "source": sorted(known.sources),
            "skill": sorted(known.skills),
            "flow": sorted(getattr(known, "flows", ())),
        }

    def definitions(self) -> dict[str, Schema]:
        """Everything that properties refer to."""
        return {f"{kind}-name": self._name(kind) for kind in self.offered} | {
            "step-name": {"type": ["string", "integer"], "description": "a step of this flow"},
            "script": self._script(),
            "promises": _PROMISES,
            "skills": _lines_or_names("skill-name"),
        }

    def _name(self, kind: str) -> Schema:
        names = list(self.offered[kind])
        anything: Schema = {"type": ["string", "integer"]}
        return {"anyOf": [{"enum": names}, anything]} if names else anything

    def _script(self) -> Schema:
        prompt = {"$ref": "#/definitions/prompt-name"}
        said = {"type": "object", "description": 'a value to say: `{money: "${balance}"}`'}
        one = {"anyOf": [prompt, said]}
        return {"anyOf": [prompt, said, {"type": "array", "items": one}]}

    def of(self, takes: str) -> Schema:
        """What may stand at a key that takes this."""
        shape = shape_of(takes)
        first = takes.split("; ", maxsplit=1)[0]
        if shape in _SHAPED:
            return _SHAPED[shape](first)
        if shape in self.offered:
            return {"$ref": f"#/definitions/{shape}-name"}
        return dict(_FIXED.get(shape, {}))


def _whole(first: str) -> Schema:
    least, most = _WHOLE.fullmatch(first).groups()  # type: ignore[union-attr]  # the shape has told that it fits
    return {"type": "integer", "minimum": int(least), "maximum": int(most)}


def _choice(first: str) -> Schema:
    return {"enum": _CHOICES.findall(first) or first.split(", ")}


_SHAPED = {"whole": _whole, "choice": _choice}
_STEP: Schema = {"$ref": "#/definitions/step-name"}
_PROMPT: Schema = {"$ref": "#/definitions/prompt-name"}


def _lines_or_names(kind: str) -> Schema:
    one = {"$ref": f"#/definitions/{kind}"}
    return {"anyOf": [one, {"type": "array", "items": one}, {"type": "object"}]}


def _one_or_list(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one}]}


_FIXED: dict[str, Schema] = {
    "length-of-time": {"type": "string", "pattern": _SPAN},
    "flag": {"type": "boolean"},
    "step": _STEP,
    "steps-list": _one_or_list(_STEP),
    "variables-list": _one_or_list({"type": ["string", "integer"]}),
    "languages-list": _one_or_list({"$ref": "#/definitions/language-name"}),
    "promises": {"$ref": "#/definitions/promises"},
    "steps": {"type": "object", "additionalProperties": {"$ref": "#/definitions/step"}},
    "keys": {
        "type": "object",
        "patternProperties": {"^([0-9]|star|pound)$": _STEP},
        "additionalProperties": False,
    },
    "ways": {"type": "object", "additionalProperties": _STEP},
    "texts": {"type": "object", "additionalProperties": _ANY_TEXT},
    "skills": {"$ref": "#/definitions/skills"},
    "speaks": {"type": "object", "additionalProperties": {"$ref": "#/definitions/skills"}},
    "script": {"$ref": "#/definitions/script"},
    "conditions": {"anyOf": [_ANY_TEXT, {"type": "array", "items": {"type": "object"}}]},
    "text-or-lines": {"anyOf": [_ANY_TEXT, {"type": "object", "additionalProperties": _ANY_TEXT}]},
    "patterns": _one_or_list(_ANY_TEXT),
    "pair": {"type": "object", "additionalProperties": _ANY_TEXT},
    "name": {"type": ["string", "integer"]},
    "text": _ANY_TEXT,
}
_PROMISES: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "person": {
            "description": "a caller who wants a person comes to a queue with so many keys, in so long",
            "type": "object",
            "additionalProperties": False,
            "required": ["keys", "within"],
            "properties": {
                "keys": {"type": "integer", "minimum": 0, "maximum": 99, "description": "at most so many keys"},
                "within": {"type": "string", "pattern": _SPAN, "description": "every prompt heard to its end"},
                "from": {
                    "description": "`everywhere` that the caller is asked something, or a list of steps",
                    "anyOf": [{"enum": ["everywhere"]}, *_one_or_list(_STEP)["anyOf"]],
                },
                "except": {"description": "but not from these steps", **_one_or_list(_STEP)},
            },
        },
        "done": {
            "description": "goals that are reached by keys alone, each within so long",
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": _SPAN},
        },
        "assuming": {
            "description": "what is taken for granted: a step, and the exit that it takes",
            "type": "object",
            "additionalProperties": {"type": ["string", "integer"]},
        },
    },
}


def _step() -> Schema:
    """A step: the verb that it has says which keys there are."""
    return {
        "type": "object",
        "properties": {name: {"description": verb.SUMMARY} for name, verb in VERBS.items()},
        "anyOf": [{"required": [name]} for name in VERBS],
        "allOf": [{"if": {"required": [n]}, "then": {"$ref": f"#/definitions/verb-{n}"}} for n in VERBS],
    }


def _verb(verb: type[Verb], names: Names) -> Schema:
    docs = [doc for doc in (*verb.FIELDS, *verb.EXITS, *COMMON) if not doc.key.startswith("(")]
    properties = {doc.key: described(doc, names) for doc in docs}
    own = properties[verb.VERB]
    own["description"] = f"{verb.SUMMARY} {own['description']}"
    return {
        "title": f"the rest of a {verb.VERB} step",
        "type": "object",
        "additionalProperties": False,
        "required": [doc.key for doc in docs if ";" not in doc.takes],
        "properties": properties,
    }


def described(doc: Doc, names: Names) -> Schema:
    """The shape of one key, with the words of the reference beside it."""
    shape = names.of(doc.takes)
    told = f"{doc.means[:1].upper()}{doc.means[1:]}. Takes {doc.takes}."
    if "$ref" in shape:  # draft 07 ignores what stands beside a reference
        return {"description": told, "allOf": [shape]}
    return {"description": told, **shape}
