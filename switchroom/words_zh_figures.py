"""The sentences of the commands about figures, in Chinese."""
# ruff: noqa: RUF001  Chinese has its own punctuation

FIGURES = {
    "report.by": "逐行列出：queue、skill、agent、15min、30min、hour、day 或 month；多个用逗号隔开。",
    "report.by.fault": "--by {by!r} 不是报表的分组；可用 {keys}，时段至多一个",
    "report.level": "contact：每位来电者只计一次，从首次请求人工起算。queue：每次排队各自计时。",
    "report.target": "按此目标秒数计算。",
    "report.short": "按此短时放弃秒数计算。",
    "report.format": "text、json，或含全部指标的 csv。",
    "report.lines": "目标 {target} 秒，短时放弃 {short} 秒以内，口径：{level}",
    "report.key.queue": "队列",
    "report.key.skill": "技能",
    "report.key.agent": "座席",
    "report.key.interval": "起始",
    "report.total": "合计",
    "report.short_abandoned": "短时放弃率（接听+放弃为基数）",
    "report.connected": "接通率（请求人工为基数，不含仍在等待）",
    "report.agents.help": "座席处理了多少、用时多久、时间如何分配。",
    "report.agents.by": "按 15min、30min、hour、day 或 month 逐段列出每位座席。",
    "report.calls.help": "逐个列出来电，最新在前，例如所有放弃者。",
    "report.calls.outcome": "只看如此结束的来电；open 为尚未结束。",
    "report.calls.heads": "开始, 号码, 队列, 等待结果, 结局, 座席, 等待, 通话, 停在",
    "report.time.help": "一位座席的时间，逐个状态，及其合计。",
    "report.time.agent": "座席。",
    "report.time.sums": "按状态与原因：",
    "report.time.on_duty": "在岗，自签入至签出",
    "report.time.shares": "占用率 {occupancy}，利用率 {utilisation}，排班遵守率 {adherence}",
}
