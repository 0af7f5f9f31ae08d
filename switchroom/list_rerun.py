"""A new list of those of a campaign's leads whose last attempt ended in a certain way.

It does not know why they are to be called again, nor by which campaign.

The new list is one like any other, with rows of its own. Who is being called at this moment is not in it, nor a number
that was blocked since; of two leads with one number, the first is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from journal.lead_file import FIELD
from journal.lead_filling import NewList, refuse_taken
from journal.lead_rows import LeadRow, ListRow
from journal.lead_store import LeadStore
from outbound.lead import Outcome
from switchroom.list_import import NAME, BadName, Staged

_PAGE: Final = 2000
HEAD: Final = "number"


class UnknownOutcome(ValueError):
    """There is no such outcome."""


def rerun(  # noqa: PLR0913 - each is named at the call
    store: LeadStore, campaign: str, *, outcomes: Sequence[str], name: str, by: str, now: float,
    lists: Sequence[str] = (),
) -> Staged:  # fmt: skip
    """Stage the new list. Raises `UnknownOutcome`, `BadName`, `NameTaken`, `JournalError`."""
    wanted = _known(outcomes)
    if not NAME.match(name):
        raise BadName(name)
    refuse_taken(store.folder, name)
    names = [one for one in lists or store.lists_of(campaign) if store.file(one)]
    heads = tuple(dict.fromkeys(head for one in names if (file := store.file(one)) for head in file.heads))
    new = NewList(store.folder)
    try:
        rows = 0
        leads = _leads(store, campaign, names, wanted)
        while page := list(islice(leads, _PAGE)):
            new.add([_raw(rows + place, lead, heads) for place, lead in enumerate(page, 1)], (), ())
            rows += len(page)
        double = new.without_doubles(HEAD)
        blocked = new.without_blocked(store.blocked(), HEAD)
        source = f"{campaign}: {', '.join(sorted(wanted))}"
        told = ListRow(name, by, source, "", now, rows, new.count(), 0, double, blocked, columns=heads)
        new.finish(told, heads)
    except BaseException:
        new.drop()
        raise
    return Staged(told, new)


def _known(outcomes: Sequence[str]) -> frozenset[str]:
    for one in outcomes:
        if one not in set(Outcome):
            raise UnknownOutcome(one)
    if not outcomes:
        raise UnknownOutcome("")
    return frozenset(outcomes)


def _leads(store: LeadStore, campaign: str, names: Sequence[str], wanted: frozenset[str]) -> Iterator[LeadRow]:
    for name in names:
        file = store.file(name)
        leads = file.all_leads() if file else iter(())
        while page := list(islice(leads, _PAGE)):
            stands = store.standings(campaign, name, [lead.row for lead in page])
            for lead in page:
                stand = stands.get(lead.row)
                if stand and stand.last in wanted and not stand.air:
                    yield lead


def _raw(row: int, lead: LeadRow, heads: Sequence[str]) -> tuple[object, ...]:
    """A lead in the order of `journal.lead_file.COLUMNS`; a moment of its own is past."""
    shown = dict(lead.fields)
    return (
        row, lead.number, -lead.priority, 0.0, lead.person, lead.name, " ".join(lead.others), " ".join(lead.zones),
        lead.language, lead.owner, lead.consent, lead.segment, FIELD.join(shown.get(head, "") for head in heads),
    )  # fmt: skip
