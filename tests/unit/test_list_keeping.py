"""Lists that are done with: which they are, and that they go after their days and no sooner."""

import pytest
from list_world import Facts, make_list

from journal.lead_store import LeadStore
from journal.outbound_facts import AttemptBegun, AttemptEnded
from switchroom.list_keeping import DAY, ListSweeper, done_with

pytestmark = pytest.mark.unit


def call(name: str, lead: str, at: float, again: float = 0.0, campaign: str = "cards") -> list[object]:
    number = "+8613800000000"
    begun = AttemptBegun(at, name, campaign, "a1", lead, "P", number, "", 0, "new", "cn", "predictive")
    return [begun, AttemptEnded(at + 30, name, campaign, lead, "P", number, "busy", 17, again)]


@pytest.fixture
def store(tmp_path):
    with LeadStore(tmp_path) as opened:
        for name in ("march", "april", "may"):
            make_list(tmp_path, name, 2)
        facts = Facts()
        facts.add(*call("D1", "march.2", 1000.0), *call("D2", "march.3", 2000.0))
        facts.add(*call("D3", "april.2", 1000.0), *call("D4", "april.3", 2000.0, again=9e9))
        opened.follow(facts)
        yield opened


def test_a_list_goes_when_nobody_of_it_is_left_and_its_days_are_over(store) -> None:
    campaigns = {"cards": ("march", "april", "may")}
    assert done_with(store, campaigns, 2000.0 + 30 * DAY + 60, 30) == ["march"]
    assert done_with(store, campaigns, 2000.0 + 30 * DAY - 60, 30) == []
    assert done_with(store, campaigns, 9e9, 0) == []


def test_a_list_whose_campaign_is_no_more_goes_and_one_nobody_was_called_from_stays(store) -> None:
    assert done_with(store, {}, 9e9, 30) == ["april", "march"]
    assert done_with(store, {"other": ("april",)}, 9e9, 30) == ["march"]


def test_a_list_that_is_swept_is_gone_and_its_name_is_never_used_again(store) -> None:
    sweeper = ListSweeper(store, dict, lambda: 2000.0 + 31 * DAY, 30)
    assert sweeper.sweep({"cards": ("march", "april", "may")}) == ["march"]
    assert [one.name for one in store.lists()] == ["april", "may"]
    assert (store.folder / "march.gone").exists()
    assert sweeper.sweep({"cards": ("march", "april", "may")}) == []
