"""An agent who goes to and fro between the caller and who was asked: what is asked of the switch, what is on record."""

from __future__ import annotations

import pytest
from test_centre import CALL, LEG, NODE
from test_talks import ASKED, asked_of_switch, consult, floor, killed_before_acting, plan, stand, wish  # noqa: F401 - two are fixtures

import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from desk.talk_vocabulary import AgentAskedTransfer, Kind, Wish
from switchroom.talk import Standing

pytestmark = pytest.mark.unit

TO_HIM = moves.Alternate(NODE, CALL, LEG, ASKED)
APART = moves.PutOnHold(NODE, CALL, LEG)
BACK = moves.Connect(NODE, cti.CallId(LEG), ASKED)


@pytest.fixture
def between(request):
    """Li Na has asked Wang Wei, and is with the caller again while he waits."""
    made = request.getfixturevalue("floor")
    consult(made)
    assert asked_of_switch(made.told(wish(Wish.TO_CALLER), after=5.0)) == [TO_HIM]
    return made


def test_to_and_fro_is_one_act_a_press_and_the_caller_holds_only_meanwhile(between):
    assert between.told(wish(Wish.TO_CALLER)) == []
    assert stand(between).standing is Standing.WITH_CALLER
    assert asked_of_switch(between.told(wish(Wish.TO_ASKED), after=20.0)) == [APART, BACK]
    assert between.told(wish(Wish.TO_ASKED)) == []
    assert stand(between).standing is Standing.CONSULTING
    assert [fact.with_caller for fact in between.kinds(facts.ConsultSwapped)] == [True, False]
    assert len(between.kinds(facts.HoldBegan)) == 2
    assert len(between.kinds(facts.HoldEnded)) == 1
    assert len(between.kinds(facts.ConsultBegan)) == 1


def test_a_talk_that_is_told_again_changes_nothing(between):
    assert between.told(cti.TalkBegan(CALL, LEG)) == []
    between.told(wish(Wish.TO_ASKED))
    assert between.told(cti.TalkBegan(cti.CallId(LEG), ASKED)) == []


def test_from_the_caller_he_is_handed_over_away_from_his_agent_first(between):
    asked = asked_of_switch(between.told(wish(Wish.COMPLETE)))
    assert asked == [APART, moves.Connect(NODE, CALL, ASKED), cti.DropLeg(NODE, LEG)]
    assert between.centre.contacts[CALL].agent == "wang-wei"
    assert between.centre.router.agents()["li-na"].state == "wrap_up"


def test_from_the_caller_the_agent_is_left_with_him_when_he_cancels_or_who_waits_goes(between):
    assert asked_of_switch(between.told(wish(Wish.CANCEL))) == [cti.DropLeg(NODE, ASKED)]
    assert stand(between).standing is Standing.TOGETHER
    assert [fact.why for fact in between.kinds(facts.ConsultEnded)] == ["cancelled"]


def test_who_waits_and_hangs_up_is_gone_and_the_two_speak_on(between):
    assert asked_of_switch(between.told(cti.LegEnded(NODE, ASKED, 16))) == [cti.DropLeg(NODE, ASKED)]
    assert stand(between).standing is Standing.TOGETHER
    assert [fact.why for fact in between.kinds(facts.ConsultEnded)] == ["left"]
    assert between.centre.contacts[CALL].agent == "li-na"


def test_from_the_caller_three_are_brought_together_out_of_no_bridge(between):
    first, second = asked_of_switch(between.told(wish(Wish.CONFERENCE)))
    assert (first, type(second)) == (APART, moves.Confer)


def test_a_caller_who_hangs_up_lets_both_go(between):
    effects = between.told(cti.CallEnded(NODE, CALL, 16))
    assert cti.DropLeg(NODE, ASKED) in effects
    assert between.kinds(facts.CallEnded)[0].outcome == "answered"
    assert {between.centre.router.agents()[one].state for one in ("li-na", "wang-wei")} == {"wrap_up"}


def test_an_agent_who_hangs_up_on_the_caller_ends_his_talk_and_lets_the_other_go(between):
    effects = between.told(cti.LegEnded(NODE, LEG, 16))
    assert cti.DropLeg(NODE, ASKED) in effects
    assert between.centre.contacts[CALL].place == "returning"


def test_a_caller_is_passed_on_while_somebody_waits_who_is_let_go(between):
    effects = between.told(AgentAskedTransfer("li-na", CALL, Kind.QUEUE, "loans"))
    assert cti.DropLeg(NODE, ASKED) in effects
    assert between.centre.contacts[CALL].place == "waiting"


@pytest.mark.parametrize(
    ("pressed", "help_with"), [(Wish.HOLD, "turn to who was asked"), (Wish.RETRIEVE, "")]
)
def test_what_is_no_step_of_it_is_refused_or_stands_already(between, pressed, help_with):
    if help_with:
        with pytest.raises(desk.Refused, match=help_with):
            between.told(wish(pressed))
    else:
        assert between.told(wish(pressed)) == []


def test_nobody_turns_to_one_who_has_not_answered(request):
    made = request.getfixturevalue("floor")
    with pytest.raises(desk.Refused, match="consult somebody first"):
        made.told(wish(Wish.TO_CALLER))
    consult(made, met=False)
    with pytest.raises(desk.Refused, match="nobody has answered yet"):
        made.told(wish(Wish.TO_CALLER))


def test_a_turn_that_was_never_made_is_made_after_a_survey(between):
    legs = (cti.SeenLeg(LEG, "talk", CALL), cti.SeenLeg(ASKED, "talk", cti.CallId(LEG)))
    assert asked_of_switch(survey(between, "hold", legs)) == [TO_HIM]
    assert asked_of_switch(survey(between, "talk", legs)) == []
    between.told(wish(Wish.TO_ASKED))
    assert asked_of_switch(survey(between, "talk", legs)) == [APART, BACK]
    waits = (cti.SeenLeg(LEG, "answered", CALL), cti.SeenLeg(ASKED, "answered", cti.CallId(LEG)))
    assert asked_of_switch(survey(between, "hold", waits)) == [BACK]
    assert asked_of_switch(survey(between, "hold", legs)) == []


def test_a_caller_who_was_never_given_to_who_has_him_is_given_by_the_survey_or_who_waits_is_let_go(between):
    killed_before_acting(between, wish(Wish.COMPLETE))
    seen = cti.SeenCall(CALL, "talk", LEG, 1000.0)
    legs = (cti.SeenLeg(LEG, "talk", CALL), cti.SeenLeg(ASKED, "answered", cti.CallId(LEG)))
    asked = asked_of_switch(between.survey((seen,), legs))
    assert asked[:2] == [moves.PutOnHold(NODE, CALL, LEG), moves.Connect(NODE, CALL, ASKED)]
    assert cti.DropLeg(NODE, LEG, CALL) in asked
    effects = between.told(cti.CallerArrived(NODE, CALL, "", "", "4008001", LEG, 1000.0))
    assert cti.DropLeg(NODE, ASKED) in effects, "his old agent was quicker: who waits for him waits for nobody"


def survey(made, place: str, legs) -> list:
    made.now += 10.0
    return made.told(cti.NodeSurveyed(NODE, made.now, (cti.SeenCall(CALL, place, LEG, made.now - 60.0),), legs))
