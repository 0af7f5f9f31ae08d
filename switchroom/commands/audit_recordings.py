"""`switchroom audit recordings`: the talks on record against the files on the disk, both ways; sums, lengths, chain.

It does not know what makes a recording good (`recordings/account.py`). It reads beside a running server.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from journal.facts import RecordingKept, ServerStarted
from journal.rows import OfferRow
from journal.talk_projection import CONSULTED
from journal.views import JournalReader
from recordings.account import ERASED, Flaw, Talk, files_of, flaws, strays
from recordings.chain import link
from recordings.messages import RecordingLookedAt
from switchroom.commands.answers import Code, print_json, print_line, settings_from
from switchroom.commands.report_steps import interval, open_journal
from switchroom.node_settings import recordings_of
from switchroom.words import say

_MESSAGE: Final = re.compile(r"(.+)-m[0-9]+\.wav\Z")
_DAY: Final = timedelta(days=1)
MOST_SHOWN: Final = 50


@dataclass(slots=True)
class Account:
    """What came out. `states` counts recordings by what was found of them; `links` are the chain's, `old` has none."""

    talks: int = 0
    states: Counter[str] = field(default_factory=Counter)
    links: int = 0
    old: int = 0
    head: str = ""
    flaws: list[Flaw] = field(default_factory=list)


def audit_recordings(since: str, until: str, config: Path | None, *, as_json: bool) -> Code:
    """Print the account. Code 1 when anything is wrong."""
    settings = settings_from(config).settings
    between = interval(settings, since, until)
    journal = open_journal(settings)
    try:
        account = account_of(journal, recordings_of(settings), between, time.time())
    finally:
        journal.close()
    (_as_json if as_json else _show)(account)
    return Code.NO if account.flaws else Code.OK


def account_of(journal: JournalReader, folder: Path, between: tuple[float, float], now: float) -> Account:
    """Hold the talks that began between these moments, day by day, and the chain of all time."""
    account, days = Account(), list(_days(*between))
    found = _chained(journal, account, days[0][1])
    for day, since, until in days:
        files = files_of(folder, day)
        talks = [_talk(row, found.get(row.offer)) for row in journal.recorded(since, until)]
        account.talks += sum(talk.over_at is not None for talk in talks)
        account.states.update(talk.found.state for talk in talks if talk.found is not None)
        account.flaws += flaws(folder, talks, now)
        if until - since == _DAY.total_seconds() or until >= now:  # else others began on that day after it
            account.flaws += strays(files, talks, lambda name: _is_message(journal, name))
    return account


def _days(since: float, until: float) -> Iterator[tuple[str, float, float]]:
    """The days of UTC between two moments, by which recordings lie in folders; the first one whole."""
    day = datetime.fromtimestamp(since, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day.timestamp() < until:
        yield f"{day:%Y/%m/%d}", day.timestamp(), min(until, (day + _DAY).timestamp())
        day += _DAY


def _talk(row: OfferRow, found: RecordingLookedAt | None) -> Talk:
    is_talk = row.outcome in {"answered", CONSULTED}
    return Talk(row.recording, row.closed_at if is_talk else None, found)


def _is_message(journal: JournalReader, name: str) -> bool:
    """Whether a caller who is on record may have recorded this himself."""
    message = _MESSAGE.match(name.rpartition("/")[2])
    return message is not None and journal.contact(message[1]) is not None


def _chained(journal: JournalReader, account: Account, since: float) -> dict[str, RecordingLookedAt]:
    """Go along the chain; give what was last found of each recording since then."""
    found: dict[str, RecordingLookedAt] = {}
    for stored in journal.facts(kinds=(ServerStarted.__name__, RecordingKept.__name__)):
        fact = stored.fact
        if isinstance(fact, ServerStarted):
            account.head = ""
        elif isinstance(fact, RecordingKept):
            looked = RecordingLookedAt(
                fact.contact, fact.offer, fact.legs, fact.seconds, fact.talked, fact.state, fact.sha256
            )
            _follow(account, fact.chain, looked, stored.seq)
            if fact.at >= since:
                found[fact.offer] = looked
    return found


def _follow(account: Account, chain: str, looked: RecordingLookedAt, seq: int) -> None:
    """One fact's link. Deletions have none; before there was a chain, nothing had."""
    if not chain and (looked.state == ERASED or not account.links):
        account.old += looked.state != ERASED
        return
    if chain != link(account.head, looked):
        account.flaws.append(Flaw("chain", f"{seq} {looked.offer}"))
    account.links += 1
    account.head = chain


def _as_json(account: Account) -> None:
    print_json({**asdict(account), "sound": not account.flaws})


def _show(account: Account) -> None:
    states = ", ".join(f"{state} {count}" for state, count in sorted(account.states.items()))
    print_line(say("audit.recordings.talks", talks=account.talks, states=states or "-"))
    print_line(say("audit.recordings.links", links=account.links, old=account.old, head=account.head or "-"))
    words = _words()
    for flaw in account.flaws[:MOST_SHOWN]:
        print_line(f"  {words[flaw.what]}: {flaw.name}")
    if len(account.flaws) > MOST_SHOWN:
        print_line(say("audit.recordings.more", count=len(account.flaws) - MOST_SHOWN))
    print_line(say("audit.recordings.sound") if not account.flaws else say("audit.recordings.unsound"))


def _words() -> dict[str, str]:
    return {
        "unlooked": say("audit.recordings.unlooked"),
        "gone": say("audit.recordings.gone"),
        "altered": say("audit.recordings.altered"),
        "length": say("audit.recordings.length"),
        "shared": say("audit.recordings.shared"),
        "left": say("audit.recordings.left"),
        "stray": say("audit.recordings.stray"),
        "chain": say("audit.recordings.chain"),
    }
