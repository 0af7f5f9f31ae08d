"""What a flow says of going on where an earlier call stopped: for how long, and how a caller proves who he is.

It does not know callers or calls; what the rules come to for one caller is in `ivr/breakpoint.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ivr.faults import Place, did_you_mean
from ivr.fields import Fields
from ivr.steps.authenticate import Authenticate
from ivr.steps.verb import FlowScope

if TYPE_CHECKING:
    from ivr.flow import Flow, Step

LONGEST_MEMORY = 7 * 24 * 3600  # of a breakpoint, in seconds
WAS, CHOICE, CHANGED, NEUTRAL = "resume-offer", "resume-choice", "resume-changed", "resume-neutral"
PROVERS = ("authenticate", "subflow")  # the verbs by which a caller can come to be authenticated
KEYS = ("resume_for", "prove_by")


def read_resume(fields: Fields, steps: Mapping[str, Step | None], scope: FlowScope) -> tuple[int, tuple[str, ...]]:
    """`resume_for` in seconds, 0 for never, and the steps of `prove_by`; faults go to `scope.faults`."""
    prove_by = _prove_by(fields, steps)
    if not fields.has("resume_for"):
        return 0, prove_by
    resume_for = fields.seconds("resume_for", 60, LONGEST_MEMORY)
    _check_prompts(fields, scope, (WAS, CHOICE, CHANGED, *((NEUTRAL,) if prove_by else ())))
    resumed = [step for step in steps.values() if step and step.resume != "never"]
    if not resumed and all(steps.values()):
        message = "callers may go on after a hang-up, but no step says where"
        fields.fault(fields.at("resume_for"), "nothing-to-resume", message, "write `resume:` and `point:` in a step")
    for step in resumed:
        if step.resume == "authenticated" and not prove_by:
            message = f"step '{step.name}' is resumed after authentication, but the flow has no `prove_by:`"
            scope.faults.add(step.place, "no-proof", message, "name the authenticate step: `prove_by: ask-pin`")
    return resume_for, prove_by


def _prove_by(fields: Fields, steps: Mapping[str, Step | None]) -> tuple[str, ...]:
    texts = fields.texts("prove_by", required=False)
    for text in texts:
        if text.value and text.value not in steps:
            hint = did_you_mean(text.value, steps)
            fields.fault(text.place, "unknown-step", f"'{text.value}' is not a step", hint)
    named = [steps[text.value] for text in texts if text.value in steps]
    if named and not any(step is None or step.verb.VERB in PROVERS for step in named):
        hint = "name the step in which he is authenticated, and those before it"
        fields.fault(fields.at("prove_by"), "proves-nothing", "none of these steps authenticates a caller", hint)
    _check_customer(fields, [text.value for text in texts], steps)
    return tuple(text.value for text in texts)


def _check_customer(fields: Fields, names: list[str], steps: Mapping[str, Step | None]) -> None:
    """Whoever proves who he is must be told apart from others who can prove who they are."""
    for name, step in steps.items():
        verb = step.verb if step and name.partition("/")[0] in names else None
        if isinstance(verb, Authenticate) and "customer" not in verb.question.source.returns:
            message = f"'{name}' proves that somebody knows a secret, and not who he is"
            hint = f"let source '{verb.question.name}' return `customer` in sources.yaml"
            fields.fault(fields.at("prove_by"), "proves-nobody", message, hint)


def _check_prompts(fields: Fields, scope: FlowScope, prompts: tuple[str, ...]) -> None:
    place: Place = fields.at("resume_for")
    for prompt in prompts:
        scope.prompts.append(prompt)
        missing = [name for name in scope.languages if prompt not in scope.known.prompts.get(name, ())]
        if missing:
            message = f"the offer to go on needs the prompt '{prompt}', which has no text in {', '.join(missing)}"
            fields.fault(place, "unknown-prompt", message, f"add it to prompts/{missing[0]}.yaml")


def told_to_anyone(flow: Flow) -> tuple[tuple[str, str], ...]:
    """The (step, point) pairs whose words may be heard by whoever calls from the number of an earlier caller."""
    if not flow.resume_for:
        return ()
    return tuple((step.name, step.point) for step in flow.steps.values() if step.resume == "freely")
