"""What the command line says of laws and of the ledger of dials, in Chinese. It knows no rule."""
# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

LAW = {
    "audit.help": "从原始事实证明服务器自己的说法。",
    "audit.campaign.help": "证明一个外呼活动的通话：账本的链条，以及按每部法规计算的无座席应答比例。",
    "audit.campaign.name": "活动名称。",
    "audit.since": "从此刻起统计；不写则从该活动的第一通电话算起。",
    "audit.no_ledger": "{folder} 中没有外呼账本",
    "audit.no_ledger.remedy": "请启动一次服务器：它会根据日志写出账本",
    "audit.unknown": "没有活动 {campaign} 的通话记录。",
    "audit.chain.holds": "链条完整：{records} 条记录，每条都与其事实一致；链头 {head}；已封存 {seals} 次。",
    "audit.chain.fails": "证明不成立（已读 {records} 条记录，链头 {head}，已封存 {seals} 次）：",
    "audit.behind": "有 {count} 条事实尚未入账；运行中的服务器会在一两秒内补上。",
    "audit.compared": "拨打 {dials} 次，已结束 {ended} 次；服务器的 {claims} 个计数已与事实核对。",
    "audit.refused": "被拒绝的拨打：{refused}",
    "audit.hours": "在法规时段之外的拨打：{count}",
    "audit.kept": "守住",
    "audit.broken": "突破",
    "audit.worst": "任一时刻的最高值",
    "audit.heads": "法规, 起, 无座席应答, 真人应答, 比例, 上限, ",
    "audit.own": "* 该活动所依据的法规。每部法规按自己的方式计人数。",
}
