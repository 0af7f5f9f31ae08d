"""The laws that are known here: the United States, the United Kingdom, China, and the strictest of all three.

It does not know who calls whom. `docs/outbound-law.md` names the source of each number, or says that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping

from outbound.campaign import Mode
from outbound.law.profile import DAY, HOUR, Formula, Profile

_SPOKEN = frozenset({Mode.MESSAGE})  # a machine speaks: both the TSR and the PECR ask for consent

US = Profile(
    name="us",
    version="2026.1",
    code="+1",
    country="US",
    zones=(
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
        "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
        "Pacific/Pago_Pago",
    ),
    week=(((8 * 60, 21 * 60),),) * 7,
    contacts=3,
    consent_for=_SPOKEN,
    cap=0.03,
    window=30 * DAY,
    formula=Formula.ANSWERED,
)  # fmt: skip

UK = Profile(
    name="uk",
    version="2026.1",
    code="+44",
    country="GB",
    zones=("Europe/London", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey"),
    week=(*(((8 * 60, 21 * 60),),) * 5, ((9 * 60, 18 * 60),), ((10 * 60, 16 * 60),)),
    contacts=3,
    consent_for=_SPOKEN,
    cap=0.01,
    window=DAY,
    formula=Formula.PASSED,
    false_machine=0.005,
)

CN = Profile(
    name="cn",
    version="2026.1",
    code="+86",
    country="CN",
    zones=("Asia/Shanghai",),
    week=(((9 * 60, 20 * 60),),) * 7,
    gap=HOUR,
    contacts=1,
    cap=0.01,
    window=DAY,
)

# What a profile of one's own begins with: from each law the harder rule, and no country.
STRICT = Profile(
    name="strict",
    version="2026.1",
    code="",
    country="",
    zones=(),
    week=(*(((9 * 60, 20 * 60),),) * 5, ((9 * 60, 18 * 60),), ((10 * 60, 16 * 60),)),
    gap=HOUR,
    contacts=1,
    cap=0.01,
    window=DAY,
)

BUILT_IN: Mapping[str, Profile] = {profile.name: profile for profile in (US, UK, CN)}
