"""What only the whole floor can tell of what queues say to waiting callers: whether every language has the words.

It does not know how a queue's text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ivr.faults import Faults, did_you_mean
from ivr.saying import sayable_in
from ivr.saying.waits import waiting_texts

if TYPE_CHECKING:
    from ivr.flow import Flow
    from switchroom.queuefile import QueuePlan


def languages_of(queues: Iterable[str], flows: Iterable[Flow]) -> dict[str, set[str]]:
    """The languages of the callers who may come into each queue."""
    found: dict[str, set[str]] = {queue: set() for queue in queues}
    for flow in flows:
        for step in flow.steps.values():
            queue = getattr(step.verb, "queue", "")
            if queue in found:
                found[queue].update(flow.languages)
    return found


def fragments_of_waiting(queues: Mapping[str, QueuePlan], flows: Iterable[Flow]) -> dict[tuple[str, str], str]:
    """The texts of all fragments that waiting callers may hear, by (name, language)."""
    speaking = [name for name, queue in queues.items() if queue.waiting.speaks]
    every = {language for spoken in languages_of(speaking, flows).values() for language in spoken}
    return {(name, language): text for language in every for name, text in waiting_texts(language).items()}


def check_waiting(
    queues: Mapping[str, QueuePlan], flows: Iterable[Flow], prompts: Mapping[str, Mapping[str, str]], faults: Faults
) -> None:
    """Every fault in what the queues say, told in the queues' own file. `prompts` are by language."""
    for name, languages in languages_of(queues, flows).items():
        rules = queues[name].waiting
        unsaid = sorted(language for language in languages if not sayable_in(language)) if rules.speaks else []
        if unsaid:
            message = f"queue '{name}': waits and call-backs cannot be told in {', '.join(unsaid)}"
            faults.add(rules.place, "unsayable", message, "use prompts alone in `announce:`, and no `callback:`")
        for prompt, place in rules.announce.prompts if rules.announce is not None else ():
            missing = sorted(language for language in languages if prompt not in prompts.get(language, ()))
            if prompt and missing:
                every = {known for texts in prompts.values() for known in texts}
                hint = did_you_mean(prompt, every) if prompt not in every else ""
                message = f"queue '{name}': prompt '{prompt}' has no text in {', '.join(missing)}"
                faults.add(place, "unknown-prompt", message, hint or f"add it to prompts/{missing[0]}.yaml")
