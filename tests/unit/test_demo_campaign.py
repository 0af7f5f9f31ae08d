"""The demo's own campaign: the floor that it stands on, whom it calls, and how both stories of it are compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from cti.asterisk.carrier import Account, Outcome, Who
from outbound.law.book import LawBook
from outbound.law.narrowing import widened
from outbound.law.profiles import BUILT_IN, US
from outbound.lead import Lead
from outbound.verdict import Allowed
from switchroom.floorplan import load_floor
from switchroom.outside.campaign_floor import BEGINS, CAMPAIGN, LAW, with_campaign
from switchroom.outside.campaign_tally import Dial, Side, compare_campaign
from switchroom.outside.customers import as_csv, draw

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "dialplans"
ONE, TWO = "+12012207001", "+12012247002"


def floor_of(folder: Path):
    floor, faults = load_floor(folder)
    assert floor is not None, faults
    return floor


@pytest.fixture
def served(tmp_path):
    made = with_campaign(SHIPPED, floor_of(SHIPPED), tmp_path / "dialplans")
    return made, floor_of(made.folder)


def test_the_demos_floor_has_its_campaign_and_everything_of_the_shipped_one(served) -> None:
    made, floor = served
    own, borrowed = floor.calling.campaigns[CAMPAIGN].campaign, floor.calling.campaigns[made.borrowed].campaign
    assert (own.law, own.message, own.results) == (LAW, borrowed.message, borrowed.results)
    serving = {
        name: sum(agent.serves(name, (), queue.need) for agent in floor.agents.values())
        for name, queue in floor.queues.items()
    }
    assert serving[own.queue] == max(serving.values())
    shipped = floor_of(SHIPPED)
    assert shipped.calling.campaigns.keys() | {CAMPAIGN} == floor.calling.campaigns.keys()
    assert (shipped.agents.keys(), shipped.numbers) == (floor.agents.keys(), floor.numbers)
    assert not (SHIPPED / "laws.yaml").exists()  # nothing is written beside the links


def test_its_law_is_open_at_any_hour_and_says_that_it_gives_more(served) -> None:
    _, floor = served
    law, campaign = floor.laws[LAW], floor.calling.campaigns[CAMPAIGN].campaign
    assert {"week", "consent_for"} <= {*widened(US, law)}
    assert all(law != known for known in BUILT_IN.values())
    book = LawBook(floor.laws)
    [number] = draw(1, seed=1)
    lead = Lead("l.1", "C-1", number, zones=("America/New_York",))
    hours = (1_764_547_200.0 + hour * 3600 for hour in range(24 * 8))
    assert all(isinstance(book.may_dial(lead, number, campaign, at), Allowed) for at in hours)


def test_a_floor_without_a_campaign_is_served_as_it_is(tmp_path) -> None:
    floor = floor_of(SHIPPED)
    none = replace(floor, calling=replace(floor.calling, campaigns={}))
    made = with_campaign(SHIPPED, none, tmp_path / "dialplans")
    assert (made.folder, made.borrowed) == (SHIPPED, "")
    assert not (tmp_path / "dialplans").exists()


def test_customers_are_the_same_for_a_seed_each_once_and_the_first_is_a_person() -> None:
    numbers = draw(300, seed=4)
    assert numbers == draw(300, seed=4) != draw(300, seed=5)
    assert len(set(numbers)) == 300
    assert all(number.startswith(BEGINS) for number in numbers)
    assert numbers[0][-6:-4] == Who.PERSON.value
    assert as_csv(numbers[:1]).decode() == f"id,name,phone\nC0001,Customer 1,{numbers[0]}\n"


# ── two stories ─────────────────────────────────────────────────────────────────────────────────────────────────────


def account(number: str, outcome: Outcome = Outcome.TALKED, *, answered: bool = True, call: str = "") -> Account:
    return Account(call or number, outcome, "customer", None, None, 9.0, 16, number, 1.0 if answered else None)


def missed(number: str) -> Account:
    return account(number, Outcome.CUT_OFF, answered=False)


def told(dials: list[Dial], accounts: list[Account], *, disturbed: bool = False) -> tuple[str, ...]:
    return compare_campaign(dials, accounts, disturbed=disturbed).differences


def test_both_count_the_same() -> None:
    agreement = compare_campaign(
        [Dial("D1", ONE, "connected"), Dial("D2", TWO, "no_answer")], [account(ONE), missed(TWO)]
    )
    assert agreement.differences == ()
    assert agreement.server == agreement.carrier == Side(dialled=2, answered=1, talked=1)
    assert agreement.outcomes == {"connected": 1, "no_answer": 1}


@pytest.mark.parametrize(
    ("dials", "accounts", "part"),
    [
        ([], [account(ONE)], "was called 1 time(s), the server says 0"),
        ([Dial("D1", ONE, "connected")], [], "was called 0 time(s), the server says 1"),
        ([Dial("D1", ONE, "connected")], [account(ONE), account(ONE, call="again")], "was called 2 time(s)"),
        ([Dial("D1", ONE, "connected")], [missed(ONE)], "0 call(s) were answered, the server says connected"),
        ([Dial("D1", ONE, "no_answer")], [account(ONE)], "1 call(s) were answered, the server says no_answer"),
        ([Dial("D1", ONE, "")], [account(ONE)], "attempt D1 has no end"),
        ([Dial("D1", ONE, "unknown")], [account(ONE)], "1 call(s) were answered, the server says unknown"),
    ],
)
def test_every_difference_is_told(dials, accounts, part) -> None:
    [difference] = told(dials, accounts)
    assert part in difference
    assert ONE in difference


def test_a_call_that_never_left_us_and_one_over_a_crash_may_be_unknown_to_one_side() -> None:
    assert told([Dial("D1", ONE, "cancelled"), Dial("D2", TWO, "congestion")], []) == ()
    for seen in ([], [account(ONE)], [missed(ONE)]):
        assert told([Dial("D1", ONE, "unknown")], seen, disturbed=True) == ()
    assert told([Dial("D1", ONE, "connected")], [missed(ONE)], disturbed=True) != ()
