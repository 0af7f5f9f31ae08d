"""The dialler: campaigns that move, leads in their order, attempts to their one end. One behaviour a test."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dialler_floor import T0, Floor, of
from dialler_world import campaign, lead

import outbound.messages as out
from outbound.campaign import Mode
from outbound.lead import Due, Outcome
from outbound.states import CampaignState

pytestmark = pytest.mark.unit


@pytest.fixture
def floor() -> Floor:
    found = Floor(campaign())
    found.agent("ann")
    return found


def test_a_started_campaign_asks_for_leads_and_dials_one_for_each_free_agent(floor: Floor) -> None:
    asked = floor.tell(out.CampaignStarted("cards", "boss"))
    assert asked[0] == out.CampaignMoved("cards", "running", "boss", "")
    assert of(out.FetchLeads, asked)[0].count == 300
    answers = floor.tell(out.LeadsFetched("cards", (Due(lead(1)), Due(lead(2))), 2))
    (begun,), (placed,) = of(out.AttemptBegun, answers), of(out.PlaceCall, answers)
    assert (begun.attempt, begun.lead.lead, begun.why, begun.tries) == ("D00000001", "l.1", "new", 0)
    assert answers.index(begun) < answers.index(placed)
    assert (placed.number, placed.shown, placed.detect) == ("+8613800000001", "4001", True)


def test_a_person_gets_an_agent_and_the_attempt_one_end(floor: Floor) -> None:
    floor.start(lead(1))
    (found,) = of(out.FindAgent, floor.answered("D00000001"))
    assert (found.queue, found.by) == ("sales", pytest.approx(floor.now + 1.9))
    floor.agent("ann", "talking", "D00000001")
    floor.tell(out.CustomerConnected(out.AttemptId("D00000001"), "ann", floor.now), after=0.5)
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now + 40), after=40))
    assert (ended.outcome, ended.agent, ended.again) == (Outcome.CONNECTED, "ann", 0.0)
    assert (ended.waited, ended.talked) == (pytest.approx(0.5, abs=0.6), pytest.approx(40.0, abs=0.6))


def test_a_person_without_agent_hears_the_message_and_is_abandoned(floor: Floor) -> None:
    floor.start(lead(1))
    floor.answered("D00000001")
    assert (floor.dialler.next_deadline() or 0.0) <= floor.now + 1.9
    late = floor.tell(out.Tick(), after=1.91)
    assert of(out.GiveMessage, late) == [out.GiveMessage(out.AttemptId("D00000001"), "sorry", "abandoned")]
    assert [one.outcome for one in of(out.AttemptEnded, late)] == [Outcome.ABANDONED]
    assert not of(out.AttemptEnded, floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now), after=8))
    assert not floor.dialler.attempts


@pytest.mark.parametrize(("heard", "does"), [("machine", out.EndAttempt), ("fax", out.EndAttempt),
                                             ("silent", out.GiveMessage), ("unsure", out.FindAgent)])  # fmt: skip
def test_what_answers_decides_what_follows(floor: Floor, heard: str, does: type) -> None:
    floor.start(lead(1))
    assert of(does, floor.answered("D00000001", heard))


def test_a_machine_hears_the_machine_flow_where_there_is_one() -> None:
    floor = Floor(campaign(machine="leave-word"))
    floor.agent("ann")
    floor.start(lead(1))
    assert of(out.GiveMessage, floor.answered("D00000001", "machine"))[0].flow == "leave-word"
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now)))
    assert ended.outcome is Outcome.MACHINE


def test_a_campaign_without_agents_speaks_at_once_and_informs() -> None:
    floor = Floor(campaign(mode=Mode.MESSAGE), lines=2)
    assert len(of(out.PlaceCall, floor.start(lead(1), lead(2), lead(3)))) == 2
    assert of(out.GiveMessage, floor.answered("D00000001"))[0].why == "message"
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now), after=9))
    assert ended.outcome is Outcome.INFORMED


def test_retries_are_by_outcome_and_no_more_than_the_most() -> None:
    floor = Floor(campaign(most_tries=2))
    floor.agent("ann")
    floor.start(Due(lead(1)), Due(lead(2), tries=1, last=Outcome.BUSY))
    (first,) = of(out.AttemptEnded, floor.tell(out.AttemptFailed(out.AttemptId("D00000001"), Outcome.BUSY, 17)))
    assert first.again == floor.now + 60
    (second,) = of(out.AttemptEnded, floor.tell(out.AttemptFailed(out.AttemptId("D00000002"), Outcome.BUSY, 17)))
    assert second.again == 0.0


def test_a_number_that_is_none_is_followed_by_the_next_one_of_the_same_person(floor: Floor) -> None:
    floor.start(lead(1, others=("+8613900000001",)))
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptFailed(out.AttemptId("D00000001"), Outcome.BAD_NUMBER, 1)))
    assert ended.again == floor.now + 60
    (call,) = of(out.PlaceCall, floor.start(Due(lead(1, others=("+8613900000001",)), tries=1)))
    assert call.number == "+8613900000001"


def test_congestion_is_not_charged_and_rests_the_trunk_with_an_alarm() -> None:
    floor = Floor(campaign(), lines=50)
    for agent in "abcd":
        floor.agent(agent)
    floor.start(*(lead(row) for row in range(1, 9)))
    answers = [floor.tell(out.AttemptFailed(out.AttemptId(f"D{n:08d}"), Outcome.CONGESTION, 34)) for n in (1, 2, 3)]
    assert [one.again for one in of(out.AttemptEnded, answers[0])] == [floor.now + 300]
    assert out.PaceSet("cards", 0, "congestion", 0.0) in answers[2]
    assert not of(out.PlaceCall, floor.tell(out.Tick(), after=0.6))
    assert of(out.PlaceCall, floor.tell(out.Tick(), after=0.6))


def test_pause_dials_nothing_new_and_stop_hangs_up_what_rings(floor: Floor) -> None:
    floor.start(lead(1), lead(2))
    floor.tell(out.CampaignPaused("cards", "boss"))
    floor.agent("bob")
    assert not of(out.PlaceCall, floor.tell(out.Tick(), after=1))
    assert of(out.EndAttempt, floor.tell(out.CampaignStopped("cards", "boss"))) == [
        out.EndAttempt(out.AttemptId("D00000001"), "stopped")
    ]
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptFailed(out.AttemptId("D00000001"), Outcome.NO_ANSWER, 16)))
    assert ended.outcome is Outcome.CANCELLED


def test_one_who_answers_as_we_hang_up_hears_the_message_and_counts(floor: Floor) -> None:
    floor.start(lead(1))
    floor.tell(out.CampaignStopped("cards", "boss"))
    answers = floor.answered("D00000001", after=0.1)
    assert of(out.GiveMessage, answers)
    assert [one.outcome for one in of(out.AttemptEnded, answers)] == [Outcome.ABANDONED]


def test_a_pilot_pauses_after_so_many_contacts_and_never_has_more_in_the_air() -> None:
    floor = Floor(campaign())
    for agent in "abcdefgh":
        floor.agent(agent)
    answers = floor.start(*(lead(row) for row in range(1, 20)), pilot=5)
    assert len(of(out.PlaceCall, answers)) == 5
    for number, agent in zip(range(1, 6), "abcde", strict=True):
        floor.connect(f"D{number:08d}", agent)
        floor.tell(out.AttemptOver(out.AttemptId(f"D{number:08d}"), floor.now))
    assert floor.dialler.campaigns["cards"].state is CampaignState.PAUSED
    assert floor.dialler.campaigns["cards"].why == "pilot"


def test_a_person_is_never_in_two_attempts_of_two_campaigns() -> None:
    floor = Floor(campaign(), campaign("loans"))
    floor.agent("ann")
    floor.agent("bob")
    floor.start(lead(1))
    answers = floor.start(lead(1), campaign="loans")
    assert [one.reason for one in of(out.DialRefused, answers)] == ["in_contact"]
    assert not of(out.PlaceCall, answers)


def test_one_who_calls_in_is_not_dialled_and_what_rings_at_his_telephone_is_hung_up(floor: Floor) -> None:
    floor.start(lead(1))
    assert of(out.EndAttempt, floor.tell(out.PersonCalledIn("p1", "", open=True)))
    first = out.AttemptFailed(out.AttemptId("D00000001"), Outcome.CANCELLED, 16)
    floor.tell(first, out.PersonCalledIn("p1", "", open=False))
    assert [one.reason for one in of(out.DialRefused, floor.start(lead(1)))] == ["in_contact"]
    assert of(out.PlaceCall, floor.tell(out.LeadsFetched("cards", (Due(lead(1)),), 1), after=700))


def test_a_blocked_number_rings_no_longer(floor: Floor) -> None:
    floor.start(lead(1))
    answers = floor.tell(out.NumberBlocked("+8613800000001", "ann", "asked"))
    assert of(out.BlockKept, answers)
    assert of(out.EndAttempt, answers)


def test_a_blocked_number_is_not_even_asked_for_any_more(floor: Floor) -> None:
    other = replace(lead(8), others=("+8613800000007",))
    floor.start(lead(1), *(lead(row) for row in (5, 6, 7)), other, Due(lead(9), promised=T0, whom="bob"))
    answers = floor.tell(
        out.NumberBlocked("+8613800000007", "ann", "asked"), out.NumberBlocked("+8613800000009", "ann", "asked")
    )
    assert not of(out.DialRefused, answers)
    hopper = floor.dialler.campaigns["cards"].hopper
    assert not {"l.7", "l.8", "l.9"} & hopper.names
    assert "bob" not in hopper.owners()


def test_a_lead_of_one_agent_waits_for_him_and_asks_for_him(floor: Floor) -> None:
    floor.agent("bob", "talking")
    floor.start(Due(lead(1), promised=T0, whom="bob"))
    assert not floor.dialler.attempts
    (begun,) = of(out.AttemptBegun, floor.agent("bob"))
    assert (begun.why, begun.agent) == ("promised", "bob")
    assert of(out.FindAgent, floor.answered("D00000001"))[0].agent == "bob"


def test_promised_leads_come_first(floor: Floor) -> None:
    answers = floor.start(lead(1), Due(lead(2), promised=T0))
    assert of(out.AttemptBegun, answers)[0].lead.lead == "l.2"


def test_a_promise_that_falls_due_is_looked_for_within_a_quarter_of_a_minute(floor: Floor) -> None:
    floor.start(*(lead(row) for row in range(1, 301)))
    assert of(out.FetchLeads, floor.tell(out.Tick(), after=15.1))


def test_the_mode_changes_without_a_restart_and_the_new_pacer_knows_what_is_in_the_air(floor: Floor) -> None:
    floor.agent("bob")
    assert len(of(out.PlaceCall, floor.start(*(lead(row) for row in range(1, 20))))) == 2
    assert len(of(out.PlaceCall, floor.tell(out.CampaignTuned("cards", "boss", mode=Mode.RATIO, ratio=3.0)))) == 4
    floor.tell(out.CampaignPlanned(campaign(script={"en": "Good day"})))
    assert floor.dialler.campaigns["cards"].campaign.mode is Mode.RATIO


def test_preview_shows_a_lead_and_dials_it_when_it_is_taken() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("ann")
    (shown,) = of(out.ShowPreview, floor.start(lead(1), lead(2)))
    assert (shown.agent, shown.due.lead.lead) == ("ann", "l.1")
    answers = floor.tell(out.PreviewTaken("cards", "l.1", "ann", take=True))
    assert of(out.PlaceCall, answers)[0].agent == "ann"


def test_a_preview_that_is_passed_over_gives_way_to_the_next_lead() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("ann")
    floor.start(lead(1), lead(2))
    answers = floor.tell(out.PreviewTaken("cards", "l.1", "ann", take=False, why="knows him"))
    assert of(out.DialRefused, answers)[0].reason == "passed_over"
    assert of(out.ShowPreview, answers)[0].due.lead.lead == "l.2"


def test_an_agent_who_goes_gives_his_preview_back() -> None:
    floor = Floor(campaign(mode=Mode.PREVIEW))
    floor.agent("ann")
    floor.start(lead(1))
    assert of(out.HidePreview, floor.agent("ann", "away"))
    assert of(out.ShowPreview, floor.agent("bob"))[0].due.lead.lead == "l.1"


def test_an_agent_dials_by_hand_and_the_house_counts_it() -> None:
    floor = Floor(campaign(mode=Mode.MANUAL))
    floor.agent("ann")
    floor.tell(out.CampaignStarted("cards", "boss"))
    (call,) = of(out.PlaceCall, floor.tell(out.NumberDialled("cards", "ann", "+8613911112222")))
    assert (call.number, call.agent, call.lead.lead) == ("+8613911112222", "ann", "hand.1")


def test_the_word_of_an_agent_is_kept_with_whether_it_is_a_success() -> None:
    floor = Floor(campaign(results=(("sold", True), ("no", False))))
    floor.agent("ann")
    floor.start(lead(1))
    floor.connect("D00000001", "ann")
    floor.tell(out.AttemptOver(out.AttemptId("D00000001"), floor.now))
    (kept,) = floor.tell(out.OutcomeSaid(out.AttemptId("D00000001"), "ann", "sold", note="12 rates", amount="1200.00"))
    assert (kept.lead, kept.success, kept.amount) == ("l.1", True, "1200.00")


def test_a_campaign_without_due_leads_rests_and_one_without_leads_is_done(floor: Floor) -> None:
    floor.tell(out.CampaignStarted("cards", "boss"))
    floor.tell(out.LeadsFetched("cards", (), 7))
    assert floor.dialler.campaigns["cards"].state is CampaignState.RESTING
    floor.tell(out.LeadsFetched("cards", (Due(lead(1)),), 1), after=20)
    assert floor.dialler.campaigns["cards"].state is CampaignState.RUNNING
    floor.tell(out.AttemptFailed(out.AttemptId("D00000001"), Outcome.BAD_NUMBER, 1), out.LeadsFetched("cards", (), 0))
    assert floor.dialler.campaigns["cards"].state is CampaignState.DONE


def test_an_attempt_of_unknown_result_keeps_its_person_until_it_is_found_out(floor: Floor) -> None:
    floor.start(lead(1))
    assert not of(out.PlaceCall, floor.tell(out.LeadsFetched("cards", (Due(lead(1)),), 1), after=600))
    (ended,) = of(out.AttemptEnded, floor.tell(out.AttemptUnknown(out.AttemptId("D00000001"))))
    assert ended.outcome is Outcome.UNKNOWN


def test_a_trial_call_is_nobodys_and_asks_no_law(floor: Floor) -> None:
    (begun,) = of(out.AttemptBegun, floor.tell(out.TrialWanted("cards", "801", "boss")))
    assert (begun.why, begun.lead.person, begun.number) == ("trial", "", "801")
    assert of(out.FindAgent, floor.answered("D00000001", ""))


def test_a_hundred_agents_and_fifty_dials_a_second_stay_within_the_pulse() -> None:
    floor = Floor(campaign(mode=Mode.RATIO, ratio=2.0), lines=500, rate=50.0)
    for number in range(100):
        floor.agent(f"a{number:03d}")
    floor.start(*(lead(row) for row in range(1, 301)))
    assert len(floor.dialler.attempts) == 50
    floor.tell(out.Tick(), after=1.0)
    assert len(floor.dialler.attempts) == 100
