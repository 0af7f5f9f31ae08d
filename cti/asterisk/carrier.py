"""The outside world for demo and tests: a second private Asterisk that sends callers and plays customers.

It talks to the exchange over real SIP and RTP and keeps its own account of every call, from which the
exchange's figures can be checked. It does not know Switchroom: nothing that it counts comes from the
server.

A caller is one Originate on the carrier's AMI (`originate_caller`), channel `PJSIP/NUMBER@exchange`,
dialplan context `caller`, with these variables:

- CALL: our id of the call, the key of its account. Letters, digits, `.`, `_` and `-`.
- KEYS: what he keys from the answer on, for SendDTMF: digits, `*`, `#`, `w` half a second's wait, `W` a
  second's.
- PATIENCE: seconds from the answer until he hangs up if no agent has greeted him.
- GREETING: the RFC 4733 digit by which an agent greets (`D`): hearing it is the proof that audio came
  through.
- TALK: seconds that he talks after the greeting before he hangs up.
- REPLY: digits that he sends back at once when greeted ("" = none), so that the agent can prove the other
  direction.
- TONE: what he hums while he talks, for PlayTones (`440`), or SPEECH: a sound file without extension,
  played over and over.
- RECORD: a file without extension into which goes what he hears ("" = nothing is kept).

Customers (context `customer`) are called by the exchange as `PJSIP/NUMBER@carrier`. The fourth digit from
the end says who is there: 1 a person (answers after a second, talks for twenty), 2 busy, 3 nobody (rings),
4 congestion, 5 an answering machine (long tone, beep, silence), 6 an agent on an outside line (greets with
D, hums until hung up), 7 a customer of a campaign. Others are refused. A phone of the exchange whose name begins with
`agent-` and that is `fixed_at` the carrier is an agent who answers by himself and greets with D.

Of a campaign's customers there are many: `customer_number` makes their numbers. `Who` says who they are; the last three
digits say how soon they answer, in which voice, and how long they talk. A person says hello, talks when he hears an
agent's `D`, else hears out whoever speaks to him; with 9 at the end of his number he presses 9 then, and with the
global variable SLOW he talks so many times longer. What people and machines say is in the sound files
`person-LANGUAGE-DIGIT` and `machine-LANGUAGE-DIGIT` of the folder that the global variable VOICES names; without it
they sound a tone. A VOICE says the file whose name is his number's digits, and listens.

Every call ends in one account: AstDB `carrier-calls/CALL` and a UserEvent `CarrierCall` (`read_account`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cti.asterisk.settings import ExchangeSettings, Role, Trunk

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "carrier-calls"
AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231)
EVENT = "CarrierCall"
Headers = dict[str, str]


class Outcome(StrEnum):
    """TALKED: an agent's greeting was heard. TOLD: a customer heard somebody speak, and no agent.

    GAVE_UP: patience ended. CUT_OFF: the exchange hung up before. REFUSED.
    """

    TALKED = "talked"
    TOLD = "told"
    GAVE_UP = "gave-up"
    CUT_OFF = "cut-off"
    REFUSED = "refused"


class Who(StrEnum):
    """Who a campaign's customer is; the value is the fifth and sixth digit from the end of his number.

    LATE rings for 15 seconds and more. ENGAGED and UNKNOWN_NUMBER are heard, as early media, before they are said.
    HASTY hangs up as soon as he has said hello.
    """

    PERSON = "20"
    PERSON_ZH = "21"
    LATE = "22"
    BUSY = "23"
    NOBODY = "24"
    CONGESTED = "25"
    NO_SUCH_NUMBER = "26"
    REJECTS = "27"
    FAX = "28"
    MACHINE = "29"
    MACHINE_ZH = "30"
    SILENT = "31"
    ENGAGED = "32"
    UNKNOWN_NUMBER = "33"
    HASTY = "34"
    VOICE = "35"


@dataclass(frozen=True, slots=True)
class Caller:
    """One call to place. Times in seconds; see the module's text for the rest."""

    call: str
    number: str
    keys: str = ""
    patience: float = 60.0
    talk: float = 10.0
    greeting: str = "D"
    reply: str = ""
    tone: str = "440"
    speech: str = ""
    record: str = ""
    caller_number: str = "anonymous"
    caller_name: str = ""
    trunk: str = "exchange"


@dataclass(frozen=True, slots=True)
class Account:
    """What the carrier itself saw of a call. Times are POSIX seconds of the carrier; None = never happened.

    `ended_by` is caller, customer or exchange. `cause` is Q.850. Of a customer: `number` is his, he answered and had
    said his hello or greeting at these times, and first heard somebody speak, who was no agent, at `told_at`.
    """

    call: str
    outcome: Outcome
    ended_by: str
    connected_at: float | None
    greeted_at: float | None
    ended_at: float
    cause: int
    number: str = ""
    answered_at: float | None = None
    spoken_at: float | None = None
    told_at: float | None = None

    @property
    def who(self) -> Who | None:
        """Who he is, if he is a campaign's customer."""
        return Who(self.number[-6:-4]) if self.number[-4:-3] == "7" else None


def customer_number(who: Who, place: int, drawn: int) -> str:
    """Return the number of a campaign's customer in North America, of whom there may be 1,000 to each `place`.

    `drawn` is 0 to 999 and says how he behaves.
    """
    area, exchange = divmod(place, 8)
    return f"+1{AREAS[area]}{exchange + 2}{who}7{drawn:03d}"


def carrier_settings(
    folder: Path, *, sip_port: int, ami_port: int, rtp_ports: tuple[int, int], exchange: tuple[str, int]
) -> ExchangeSettings:
    """Return the settings of a carrier whose one trunk, `exchange`, is the SIP address (host, port) given."""
    return ExchangeSettings(
        name="carrier",
        folder=folder,
        sip_port=sip_port,
        ami_port=ami_port,
        rtp_ports=rtp_ports,
        trunks=(Trunk("exchange", *exchange),),
        role=Role.CARRIER,
    )


def originate_caller(caller: Caller) -> tuple[Headers, Headers]:
    """Return the headers and the variables of the AMI Originate that places this call."""
    name = "".join(sign for sign in caller.caller_name if sign not in '"<>\\' and sign.isprintable())
    headers = {
        "Channel": f"PJSIP/{caller.number}@{caller.trunk}",
        "Context": "caller",
        "Exten": "s",
        "Priority": "1",
        "CallerID": f'"{name}" <{caller.caller_number}>',
        "Timeout": "15000",
        "Async": "true",
    }
    variables = {
        "CALL": caller.call,
        "KEYS": caller.keys,
        "PATIENCE": f"{caller.patience:.3f}",
        "TALK": f"{caller.talk:.3f}",
        "GREETING": caller.greeting,
        "REPLY": caller.reply,
        "TONE": caller.tone,
        "SPEECH": caller.speech,
        "RECORD": caller.record,
    }
    return headers, {key: value for key, value in variables.items() if value}


def read_account(headers: Headers) -> Account | None:
    """Read a `CarrierCall` event, or one answer of `DBGetTree` for the family; None when it is neither."""
    if headers.get("UserEvent") == EVENT:
        call, line = headers.get("Call", ""), headers.get("Account", "")
    elif headers.get("Event") == "DBGetTreeResponse":
        call, line = headers.get("Key", "").rpartition("/")[2], headers.get("Val", "")
    else:
        return None
    parts = line.split("|")
    if len(parts) not in {6, 10}:
        return None
    outcome, ended_by, connected, greeted, ended, cause, number, answered, spoken, told = (*parts, *[""] * 4)[:10]
    return Account(
        call,
        Outcome(outcome),
        ended_by,
        _seconds(connected),
        _seconds(greeted),
        int(ended) / 1000,
        int(cause or 0),
        number,
        _seconds(answered),
        _seconds(spoken),
        _seconds(told),
    )


def _seconds(milliseconds: str) -> float | None:
    return int(milliseconds) / 1000 if milliseconds else None
