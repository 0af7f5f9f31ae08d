"""How a talk is moved in Asterisk: each move as the few AMI actions that make it, in order.

Pure. It does not know what a move is for, nor what comes back.

Channels are sent to places in the dialplan: the caller to `switchroom-hold`, a leg to `switchroom-leg` (bridge with
SR_PEER) or `switchroom-talk` (wait alone, meet, listen). Two who share a bridge are sent away in one action: Asterisk
holds the first until the second has left, so neither goes where a talk's end would send it.
"""

from __future__ import annotations

from cti.asterisk.actions import Action, Originate, Redirect, SetVariable, StopRecording
from cti.asterisk.agi_lines import clean_name
from cti.moves import Alternate, ChangeEar, Confer, Connect, Ear, Keep, ListenIn, PutOnHold

HOLD, LEG, TALK = "switchroom-hold", "switchroom-leg", "switchroom-talk"
KEPT, RINGING, MEET, LISTEN = "kept", "keptring", "meet", "listen"

_EARS = {Ear.LISTEN: "", Ear.WHISPER: "w", Ear.BARGE: "B"}  # ChanSpy's options


def actions_for(move: PutOnHold | Connect | Alternate | Keep | Confer | ChangeEar) -> tuple[Action, ...]:
    """The actions that make a move."""
    if isinstance(move, PutOnHold):
        place = RINGING if move.ringing else KEPT
        # Whatever comes of it, he is not at the end of his call: from the next talk, too, he goes to the door.
        safe = SetVariable(move.call, "SR_DONE", "hold")
        return (safe, Redirect(move.call, HOLD, also=(move.leg, TALK, place, "1")))
    if isinstance(move, Connect):
        return _connect(move)
    if isinstance(move, Alternate):
        return _connect(Connect(move.node, move.call, move.leg), also=(move.third, HOLD, "s", "1"))
    if isinstance(move, Confer):
        return _confer(move)
    if isinstance(move, Keep):
        return (Redirect(move.leg, TALK, KEPT),)
    return (
        SetVariable(move.leg, "SR_SPIED", move.spied),
        SetVariable(move.leg, "SR_EAR", _EARS[move.ear]),
        Redirect(move.leg, TALK, LISTEN),
    )


def _connect(move: Connect, also: tuple[str, str, str, str] | None = None) -> tuple[Action, ...]:
    """The round is the leg's own name, so that nobody else holds its lock.

    The recording is closed and goes on in the same files: Asterisk's recorder counts packets, and would leave out those
    of another caller until his count had caught up.
    """
    recording = (SetVariable(move.leg, "SR_RECORDING", move.recording),) if move.recording else ()
    return (
        StopRecording(move.leg),
        SetVariable(move.leg, "SR_PEER", move.call),
        *recording,
        SetVariable(move.leg, "SR_ROUND", move.leg),
        SetVariable(move.leg, "SR_AGAIN", "1"),
        Redirect(move.leg, LEG, also=also),
    )


def _confer(move: Confer) -> tuple[Action, ...]:
    first, *others = move.legs
    named = tuple(SetVariable(channel, "SR_MEET", move.room) for channel in (move.call, *move.legs))
    also = (others[0], TALK, MEET, "1") if others else None
    rest = (Redirect(leg, TALK, MEET) for leg in others[1:])
    return (*named, Redirect(first, TALK, MEET, also=also), *rest, Redirect(move.call, TALK, MEET))


def listen(move: ListenIn, dial: str) -> Originate:
    """Ring the supervisor; `dial` is the channel to dial for a phone."""
    return Originate(
        channel=dial.format(phone=move.phone),
        channel_id=move.leg,
        context=TALK,
        exten=LISTEN,
        ring_for=move.ring_for,
        caller_number="",
        caller_name=clean_name(move.caller_name),
        variables=(("SR_PEER", move.call), ("SR_SPIED", move.spied), ("SR_EAR", _EARS[move.ear])),
    )
