"""The sentences of the commands about figures, in English."""

FIGURES = {
    "report.by": "A line for each: queue, skill, agent, 15min, 30min, hour, day or month; more with commas between.",
    "report.by.fault": "--by {by!r} names no keys of a report; there are {keys}, and one interval at most",
    "report.level": "contact: everybody once, from his first request. queue: each stay in a queue with its own clock.",
    "report.target": "Work it out with this target in seconds.",
    "report.short": "Work it out with this limit of short abandons in seconds.",
    "report.format": "text, json, or csv with every figure.",
    "report.lines": "target {target} s, short abandons up to {short} s, level: {level}",
    "report.key.queue": "Queue",
    "report.key.skill": "Skill",
    "report.key.agent": "Agent",
    "report.key.interval": "From",
    "report.total": "All",
    "report.short_abandoned": "Abandoned within the short limit (answered + abandoned base)",
    "report.connected": "Connected (base: asked for a person, without those who still wait)",
    "report.agents.help": "What agents handled, how long it took them, and what they did with their time.",
    "report.time.help": "One agent's time, state by state, and its sums.",
    "report.time.agent": "The agent.",
    "report.time.sums": "by state and reason:",
    "report.time.on_duty": "on duty, from sign-on to sign-off",
    "report.time.shares": "occupancy {occupancy}, utilisation {utilisation}, adherence {adherence}",
}
