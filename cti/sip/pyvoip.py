"""The parts of pyVoIP that our phones are built on, in one place, as untyped classes.

pyVoIP says that it is typed, but its annotations contradict its own use (a caller's `dict` is declared
invariant, the phone's SIP client cannot be replaced): a subclass cannot satisfy them. What ours add on top is
typed.
"""

from __future__ import annotations

from typing import Any

import pyVoIP.VoIP  # noqa: F401 - first: RTP and SIP import each other through it
from pyVoIP import RTP, SIP
from pyVoIP.VoIP import CallState, VoIPCall, VoIPPhone

PayloadType = RTP.PayloadType
TransmitType = RTP.TransmitType
SIPMessageType = SIP.SIPMessageType
SIPParseError = SIP.SIPParseError
SIPStatus = SIP.SIPStatus

PyRtpClient: Any = RTP.RTPClient
PySipMessage: Any = SIP.SIPMessage
PySipClient: Any = SIP.SIPClient
PyCall: Any = VoIPCall
PyPhone: Any = VoIPPhone

__all__ = [
    "CallState",
    "PayloadType",
    "PyCall",
    "PyPhone",
    "PyRtpClient",
    "PySipClient",
    "PySipMessage",
    "SIPMessageType",
    "SIPParseError",
    "SIPStatus",
    "TransmitType",
]
