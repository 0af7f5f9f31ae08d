"""Every code that a fault in the floor's files may carry: what it means, and what to do.

It does not know who tells which fault. `python -m ivr.codes > docs/flows/faults.md` writes the page for users.

A code is for ever: it may be named in an integrator's own scripts. A new one is added here, in the chapter it fits in.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from ivr.faults import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One code. `means` and `remedy` are sentences for the integrator."""

    name: str
    means: str
    remedy: str
    severity: Severity = Severity.FAULT


def _warning(name: str, means: str, remedy: str) -> Code:
    return Code(name, means, remedy, Severity.WARNING)


_FILES = (
    Code("unreadable", "A file or folder is missing, or may not be read.", "Create it, or correct its rights."),
    Code("not-read", "A file has an ending that is passed over.", "Rename it to `.yaml`."),
    Code("too-large", "A file is too large to be meant.", "Split it, or look how it came to be."),
    Code("bad-utf8", "A byte is not UTF-8.", "Save the file as UTF-8."),
    Code("control-character", "A character that no text has any use for.", "Remove it; most come from copying."),
    Code("too-many-values", "A file holds more than 50,000 keys and values.", "Split it."),
    Code("too-deep", "More than 12 levels stand inside each other.", "A flow needs 5; look for a lost bracket."),
)
_YAML = (
    Code("syntax", "The text is not YAML at all.", "Look at indentation, quotes and brackets at and above the place."),
    Code("not-a-mapping", "Lines like `key: value` are needed here.", "Write them, one a line."),
    Code("not-a-text", "One value is needed here, not a list or a mapping.", "Write one value."),
    Code("empty", "A key has no value, or a list or mapping has nothing in it.", "Write the value, or remove the key."),
    Code("bad-key", "A key is not a plain word.", "Write a word."),
    Code("duplicate-key", "A key is written twice; YAML would keep the last in silence.", "Remove one of them."),
    Code("star-key", "`*` cannot be a key: YAML takes it for an alias.", "Write the word `star`."),
    Code("pound-key", "`#` cannot be a key: YAML takes the line for a comment.", "Write the word `pound`."),
    Code("anchor", "Anchors (`&name`) are not allowed.", "Write the value where it is used."),
    Code("alias", "Aliases (`*name`) are not allowed.", "Write the value itself."),
    Code("merge-key", "Merge keys (`<<`) are not allowed.", "Write the lines out."),
    Code("tag", "Tags (`!name`) are not allowed.", "Remove the word; put the text in quotes if it is meant."),
    Code("directive", "YAML directives (`%`) are not allowed.", "Remove the line."),
    Code("second-document", "A file holds one document.", "Remove the `---`."),
)
_VALUES = (
    Code("unknown-key", "This key does not exist here.", "Look the step up in docs/steps.md; most are typing errors."),
    Code("missing-key", "A key that must be there is not.", "Write it."),
    Code("bad-name", "Not a name.", "Use small letters, digits and hyphens, beginning with a letter or digit."),
    Code("bad-choice", "The value is none of those that may stand here.", "Write one of them."),
    Code("not-a-number", "A whole number is needed.", "Write digits."),
    Code("out-of-range", "A number or length of time is too small or too large.", "Stay between the limits named."),
    Code("bad-duration", "Not a length of time.", "Write a whole number and its unit: `5s`, `4m`, `1h`."),
    Code("bad-text", "A text that must be one short line is not.", "Shorten it."),
    Code("too-long", "A prompt is too long for one breath.", "Split it into several prompts."),
    Code("bad-number", "Not a telephone number.", "Write digits, with or without `+`."),
    Code("bad-length", "Not a number of digits.", "Write a length like `4`, or a range like `4-19`."),
    Code("bad-pattern", "Not a pattern of digits, or one of another length.", "Write digits, `X`, `Z`, `N`, `[1-37]`."),
    Code("bad-range", "Not a range, or one that the digits cannot reach.", "Write `100-50000`, or `past` for a date."),
    Code("bad-reference", "`${...}` is not written as it must be.", "Write for example `${customer.segment}`."),
)
_NAMES = (
    Code("unknown-step", "An exit leads to a step that does not exist.", "Correct the name, or write the step."),
    Code("unknown-exit", "The step has no exit of this name.", "Write one of its exits."),
    Code("unknown-queue", "There is no such queue in `queues.yaml`.", "Correct the name, or add the queue."),
    Code("unknown-skill", "No agent has this skill.", "Correct the name, or give it to an agent in `agents.yaml`."),
    Code("unknown-calendar", "There is no such calendar in `calendars.yaml`.", "Correct the name, or add it."),
    Code("unknown-agent", "There is no such agent in `agents.yaml`.", "Correct the name, or add the agent."),
    Code("unknown-source", "There is no such source in `sources.yaml`.", "Correct the name, or add the source."),
    Code("unknown-source-key", "The source is not asked with this key.", "Write one of its `keys`."),
    Code("missing-source-key", "The source must also be asked with other keys.", "Write a line for each."),
    Code("unknown-flow", "There is no such flow in `flows/`.", "Correct the name, or write the flow."),
    Code("unknown-prompt", "A prompt has no text in a language of the flow.", "Add it to `prompts/<language>.yaml`."),
    Code("unknown-language", "Not a language of the flow, or one without prompts.", "Add `prompts/<language>.yaml`."),
    Code("unknown-variable", "Nothing sets this variable.", "Correct the name, or set it before."),
    Code("unknown-goal", "No step has this goal.", "Write `goal:` at the step that reaches it."),
    Code("unknown-period", "The calendar has no period of this name.", "Correct the name, or add it to the calendar."),
    Code("unknown-zone", "Not a time zone.", "Write one like `Asia/Shanghai`."),
    Code("language-twice", "A language is listed twice.", "Remove one."),
    Code("missing-language", "Something is written for some languages of the flow only.", "Write a line for each."),
    Code("flow-name", "The flow and its file have different names.", "Give both one name."),
)
_STEPS = (
    Code("no-verb", "A step does not say what it does.", "Write exactly one verb of docs/steps.md."),
    Code("two-verbs", "A step has two verbs.", "Make two steps of it."),
    Code("missing-exit", "An exit is not written; nothing happens in silence.", "Say where the caller goes then."),
    Code("too-many-steps", "A flow has more than 500 steps.", "Make several flows of it."),
    Code("needless-exit", "An exit is written that is never taken.", "Remove the line."),
    Code("bad-say", "A value to say has no kind, two kinds, or a currency that it cannot have.",
         'Write for example `{money: "${balance}", currency: USD}`.'),
    Code("unsayable", "The value cannot be said so, or not in a language of the flow.", "Correct it, or use a prompt."),
    Code("bad-rule", "Rules of a keyed number that do not go together.", "Remove the line that is named."),
    Code("bad-confirm", "`confirm:` does not say what was keyed.", 'Write for example `{digits: "${card}"}`.'),
    Code("bad-menu-key", "Not a key of a telephone.", "Keys are `0` to `9`, `star` and `pound`."),
    Code("bad-scale", "Not a scale.", "Write one like `1-5` or `0-10`."),
    Code("bad-expression", "The expression cannot be read from here on.", "See Expressions in docs/steps.md."),
    Code("no-condition", "What stands at `when` is not true or false.", "Compare it: `${balance} > 0`."),
    Code("two-branches", "A branch has a text with `cases`, or conditions; not both.", "Make two steps of it."),
    Code("bad-case", "`otherwise` stands below `cases:`.", "Write it beside `cases:`."),
    Code("constant-branch", "What is compared is always the same.", "Look a name up: `${customer.segment}`."),
)
_CALLING = (
    Code("missing-parameter", "The flow that is called needs a parameter that it is not given.",
         "Write a line for it below `with:`."),
    Code("unknown-parameter", "The flow that is called has no such parameter.",
         "Correct the name, or add it to its `parameters:`."),
    Code("other-languages", "A flow calls one that does not speak the same languages.", "List the same in both."),
    Code("subflow-round", "A flow would be called by itself, perhaps by way of others.",
         "Lead the caller back by a `return` and let the calling flow go round."),
    Code("subflow-number", "A number leads to a flow that only other flows can call.",
         "Name the flow that calls it."),
)
_WHOLE = (
    Code("unreachable", "No way leads to this step.", "Lead an exit to it, or remove it."),
    Code("dead-end", "From these steps no way leads to the end of the call.", "Lead one of the exits to a `hangup`."),
    Code("endless-loop", "Steps go round and never wait for the caller.", "Put a `menu` or `queue` into the loop."),
    Code("silent-loop", "A caller who presses nothing goes round for ever.", "Lead the last `no_input` to a person."),
    Code("unset-variable", "On the way that is told the variable is not set yet.",
         "Set it before, or lead that way elsewhere; a `branch` with the case `empty` may ask for it."),
    Code("nobody-fits", "No agent of the queue has the skills that the queue and the step ask for.",
         "Ask for less, or give the skills to an agent in `agents.yaml`."),
)
_SECRETS = (
    Code("secret-unmasked", "By its name the variable holds a PIN or the like, and it is not secret.",
         "Write `secret: true`, or choose another name if it is none."),
    Code("secret-shown", "A secret would end up in the records.", "Use another variable, or do not mark it secret."),
    Code("secret-said", "A secret would be said back to the caller.", "Remove `confirm:`."),
    Code("secret-mixed", "A variable is secret in one step and open in another.", "Use two names."),
    Code("private-untold", "A private value is asked for or read where somebody may be who has not proved who he is.",
         "Lead this way through an `authenticate` that is passed."),
    Code("no-secret", "A source without a secret cannot authenticate anybody.", "Write `secret:` in `sources.yaml`."),
    Code("one-secret", "An `authenticate` asks for the secret itself and takes a variable, or neither.",
         "Write either `ask:` or `secret:`."),
    Code("bad-secret", "Not exactly one variable.", "Write for example `${pin}`."),
    _warning("secret-asked", "The prompt speaks of a PIN or password, and the keys are not secret.",
             "Write `secret: true`, or ask for it in other words."),
)
_RESUMING = (
    Code("no-resume-time", "Steps may be resumed, but the flow does not say for how long.", "Write `resume_for: 2h`."),
    Code("nothing-to-resume", "The flow says for how long a caller may go on, but no step says where.",
         "Write `resume:` and `point:` in a step."),
    Code("no-proof", "A step is resumed after authentication, and the flow has no `prove_by:`.",
         "Name the authenticate step, or write `resume: freely`."),
    Code("proves-nothing", "None of the steps of `prove_by` authenticates a caller.", "Name the one that does."),
    Code("proves-nobody", "A proof before going on that does not say which customer it is.",
         "Let the source return `customer`."),
)
_FLOOR = (
    Code("bad-day", "Not a weekday.", "Write `mon`, `mon-fri` or `daily`."),
    Code("day-twice", "A weekday has opening hours twice.", "Write all its hours in one list."),
    Code("bad-hours", "Not a span of hours, or one that ends before it begins.", "Write one like `09:00-17:30`."),
    Code("hours-gap", "The hours have a hole of a few minutes.", "Let one span begin where the other ends."),
    Code("hours-overlap", "Two spans of a day share minutes.", "Write one span."),
    _warning("hours-unwritten", "Nothing is written of a weekday: it is closed.", "Write `sun: closed` if it is."),
    Code("bad-date", "Not a day of the calendar.", "Write one like `2026-10-01`."),
    Code("unknown-country", "No public holidays are known for this code.", "Write one like `CN`, `GB` or `US-CA`."),
    Code("bad-years", "Not a year or a span of years.", "Write `2026` or `2026-2027`."),
    _warning("unknown-year", "The country's days of this year are not known: what its law fixes counts.",
             "Update `chinesecalendar`, or write them under `holidays:` and `make_up:`."),
    Code("bad-need", "The text of a need cannot be read from here on.", "See docs/queues.md, Needs."),
    Code("need-impossible", "A need that nobody can ever meet.", "Remove what it asks for and excludes at once."),
    Code("relax-order", "A step of `relax` does not come later than the one before.",
         "Write them in the order of time."),
    Code("relax-tightens", "A step of `relax` shuts out agents who were let in before.",
         "Write what was asked before, `or`, and what is new."),
    Code("relax-nothing", "A step of `relax` lets in nobody new.", "Ask for less, or remove the step."),
    Code("guard-early", "The guard ends before the target.", "Write a longer one; three targets are usual."),
    Code("never-open", "The calendar of a queue's hours is never open.", "Write its hours."),
    Code("bad-phone", "Not the name of a phone's endpoint.", "Write one like `agent1`."),
    Code("bad-node", "Not the name of a node.", "Write one like `a1`."),
    Code("shared-phone", "Two agents have one phone.", "Give each a phone of his own."),
    Code("bad-header", "The first line of a CSV file does not name the columns.", "Write them as told."),
    Code("bad-csv", "A CSV file cannot be read.", "Look for a quote that is not closed."),
    Code("bad-row", "A line of a CSV file has too many, too few or unfit values.", "Correct the line."),
    Code("number-twice", "A number belongs to two customers.", "Remove one of the lines."),
    Code("one-kind", "A source is a table and an address at once, or neither.", "Write `table:` or `http:`."),
    Code("not-here", "A key of a source that has no use with the others.", "Remove the line."),
    Code("name-twice", "A name is listed twice.", "Remove one."),
    Code("too-many", "More of something than there may be.", "Leave out what is not needed."),
    Code("unknown-return", "The source does not return this value.", "Correct the name, or add it there."),
    Code("bad-file", "Not a table's file.", "Write one like `cards.csv`; tables stand in `sources/`."),
    Code("bad-url", "Not an address.", "Write one like `https://host/path/{key}`."),
    Code("secret-in-url", "A secret cannot be asked with GET: logs show addresses.", "Write `method: POST`."),
    Code("missing-column", "A table has no column that its source needs.", "Add it to the first line."),
    Code("column-twice", "A column is named twice.", "Remove one."),
    Code("key-twice", "Two lines of a table have the same keys.", "Remove one."),
    Code("plain-secret", "A column of secrets holds something else than argon2id hashes.",
         "Write what `switchroom hash` prints."),
    _warning("nobody-excluded", "No agent has the skill that a `not` excludes.",
             "Correct the name; leave it if somebody is about to have it."),
    _warning("unknown-segment", "No customer of `customers.csv` and no row of a table has this segment.",
             "Correct the word."),
    Code("bad-step", "Not something that the autopilot can do, or no more than it has done already.",
         "Write `relax: 10s`, `reserve`, `callbacks` or `dialler: 50`, each stronger than the one before."),
    _warning("idle-step", "A step of the autopilot that can do nothing for its queue.",
             "Write in `queues.yaml` or `agents.yaml` what it needs, or remove it."),
    Code("bounds-crossed", "Something would be undone before it is done: the lower bound is not the lower one.",
         "Let the first be the smaller number."),
    Code("law-known", "A law that is known here stands in `laws.yaml`.", "Give yours another name and `based_on`."),
    Code("bad-share", "Not a share, or more than can be meant.", "Write a percentage, like `2.5%`."),
    Code("above-law", "A campaign asks for more than its law gives.", "Stay within it, or take the line out."),
    Code("message-waits", "The message for who finds no agent lets him wait for one.", "Let the flow end otherwise."),
    Code("unknown-law", "There is no such law, here or in `laws.yaml`.", "Correct the name, or write the law."),
    Code("bad-version", "Not a version of a law.", "Write letters, digits, dots and hyphens, like `2026-12-01`."),
    _warning("unused-prompt", "No flow plays this prompt.", "Remove it, or correct the name that should call it."),
    _warning("unused-flow", "No number leads to this flow, and no other flow calls it.",
             "Add a number, or remove the flow."),
    _warning("unused-queue", "No flow leads to this queue.", "Remove it, or lead a flow to it."),
)

CHAPTERS: tuple[tuple[str, tuple[Code, ...]], ...] = (
    ("Files", _FILES),
    ("Strict YAML", _YAML),
    ("Values", _VALUES),
    ("Names that lead somewhere", _NAMES),
    ("Steps", _STEPS),
    ("Flows that call flows", _CALLING),
    ("The flow as a whole", _WHOLE),
    ("Secrets and private values", _SECRETS),
    ("Going on after a hang-up", _RESUMING),
    ("Numbers, queues, agents, calendars, customers, sources", _FLOOR),
)
CODES = {code.name: code for _, codes in CHAPTERS for code in codes}

_HEAD = """\
# Faults that `switchroom check` tells

Generated by `python -m ivr.codes > docs/flows/faults.md`. Do not edit.

Every fault has a place (file, line, column) and one of these codes, which stays the same for ever. A *warning* does not
fail the check unless `--strict` is given. How to read what `check` prints is told in [checking.md](checking.md).
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *(_chapter(title, codes) for title, codes in CHAPTERS)])


def _chapter(title: str, codes: tuple[Code, ...]) -> str:
    rows = [
        f"| `{code.name}`{' (warning)' if code.severity is Severity.WARNING else ''} | {code.means} | {code.remedy} |"
        for code in codes
    ]
    return "\n".join([f"## {title}\n", "| code | means | what to do |", "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    sys.stdout.write(page())
