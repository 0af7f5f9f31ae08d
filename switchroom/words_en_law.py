"""What the command line says of laws and of the ledger of dials, in English. It knows no rule."""

LAW = {
    "audit.help": "Prove from bare facts what the server says of itself.",
    "audit.campaign.help": "Prove a campaign's calls: the ledger's chain, and every law's share of abandoned calls.",
    "audit.campaign.name": "The campaign's name.",
    "audit.since": "Count from this moment; without it, from the campaign's first call.",
    "audit.no_ledger": "there is no ledger of dials in {folder}",
    "audit.no_ledger.remedy": "start the server once: it writes the ledger from the journal",
    "audit.unknown": "No call of campaign '{campaign}' is on record.",
    "audit.chain.holds": "The chain holds: {records} records, each true to its fact. Head {head}, sealed {seals} times",
    "audit.chain.fails": "THE PROOF FAILS ({records} records read, head {head}, sealed {seals} time(s)):",
    "audit.behind": "{count} fact(s) are not recorded yet; a running server does so within a second or two.",
    "audit.compared": "{dials} dials, {ended} ended; {claims} counts of the server compared with those of the facts.",
    "audit.refused": "Dials refused: {refused}",
    "audit.hours": "Dials outside the hours of their law: {count}",
    "audit.kept": "kept",
    "audit.broken": "BROKEN",
    "audit.worst": "highest of any moment",
    "audit.heads": "law, from, abandoned, persons, rate, cap, ",
    "audit.own": "* the law that the campaign was dialled under. Each law counts persons in its own way.",
}
