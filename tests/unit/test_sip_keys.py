"""The language of test callers."""

import pytest

from cti.sip.keys import HangUp, Press, Wait, read_keys

pytestmark = pytest.mark.unit


def test_parts_become_steps():
    assert read_keys("wait 2; 1; wait 0.5; 4 2 4 2; *#d; hangup") == (
        Wait(2),
        Press("1"),
        Wait(0.5),
        Press("4242"),
        Press("*#D"),
        HangUp(),
    )


def test_a_comma_waits_a_second():
    assert read_keys(",,1,42") == (Wait(2), Press("1"), Wait(1), Press("42"))


def test_nothing_to_press():
    assert read_keys(" ; ;") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1; press 2", "part 2: 'press 2' cannot be pressed"),
        ("wait", "part 1: 'wait' needs one number"),
        ("wait soon", "needs one number of seconds from 0 to 600"),
        ("wait -1", "from 0 to 600"),
        ("wait nan", "from 0 to 600"),
        ("wait 601", "from 0 to 600"),
        ("hangup; 1", "put it last"),
    ],
)
def test_bad_text_is_refused_with_the_remedy(text, told):
    with pytest.raises(ValueError, match=told):
        read_keys(text)
