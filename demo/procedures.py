"""What the demo company does by procedures: pure, seeded, no clock.

Days are counted back from the as-of date. A text is (English, Chinese). Who finishes a task when,
and with which words, is drawn from the names of customer and step alone.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import NamedTuple

SEED = 20240301
DAYS = 42  # for so long procedures have been at work
MOMENTS = (2, 11)  # hours (UTC) at which what is due is done: ten o'clock in China, and here
WORK_HOUR, NIGHT_HOUR = 15, 22
LEFT_OVER = 2  # working days before the as-of date whose tasks are still to be done


class Use(NamedTuple):
    """A library entry that is switched on ``since`` days; ``values``: what was changed first."""

    since: int
    values: dict = {}


USED = {
    "welcome": Use(42),
    "usage_guides": Use(42),
    "birthday": Use(42),
    "visit_core": Use(35),
    "wake_up": Use(42),
    "next_product": Use(42, {"holdout": 20, "per_day": 3}),
    "high_value": Use(13),
    "renewal": Use(40),
    "referral": Use(35),
    "detractor": Use(35),
    "care_plan": Use(35, {"per_day": 5}),
    "spring_festival": Use(28),
    "mid_autumn": Use(28),
    "new_year": Use(28),
}
DRAFTS = ("member_day",)
PAUSED = {"community": (Use(41), 34)}  # and paused so many days ago

# Entry: (days ago on which its second version was switched on, {number of a step: its values}).
SECOND_VERSIONS = {"wake_up": (20, {1: {"delay_count": 10}, 2: {"delay_count": 7}})}

# A procedure of the company's own. Its text was deleted one day: who comes to that step is stuck.
OWN = {
    "name": ("Sample box for growing customers", "成长客户样品盒"),
    "description": (
        (
            "For customers who buy more and more: a box of samples from a category they do "
            "not know yet, and a question what they think of it. Added by hand."
        ),
        "面向采购量持续增长的客户：寄送一盒尚未购买过的品类样品，并询问试用感受。手动添加。",
    ),
    "subject": ("Your sample box", "给您的样品盒"),
    "text": (
        (
            "A small box is on its way to you. It holds what customers like you found useful "
            "and you have not tried yet. Tell me what you think of it; there is nothing to "
            "pay."
        ),
        (
            "给您寄了一个小盒子，里面是同类客户觉得好用、您还没有试过的产品。试用后告诉我您的感受就好，"
            "不收任何费用。"
        ),
    ),
    "steps": (
        (
            ("Pack and send the box", "打包并寄出样品盒"),
            {"type": "activity", "due_days": 2, "proof_required": True, "minutes": 20},
        ),
        (
            ("Say that it is coming", "告知样品已寄出"),
            {
                "type": "contact",
                "purpose": "service",
                "delay_count": 1,
                "delay_unit": "workdays",
                "minutes": 3,
            },
        ),
        (
            ("Ask what they think of it", "询问试用感受"),
            {
                "type": "activity",
                "delay_count": 7,
                "channel": "call",
                "due_days": 2,
                "minutes": 10,
            },
        ),
    ),
}
OWN_SINCE = 38
# Story of who was added: days ago; the text was deleted in between.
OWN_ADDED = {"growing": 30, "returned": 6}
OWN_TEXT_DELETED = 12

# ---------------------------------------------------------------- what people note and wish
# Story: (days ago, channel, sentiment, words)
TALKS = {
    "steady": (
        26,
        "call",
        "positive",
        (
            "Very happy with the last deliveries; never had to ask twice.",
            "对最近几次交货非常满意，从不用催。",
        ),
    ),
    "returned": (
        9,
        "visit",
        "positive",
        (
            "Glad to be back, says our advice was better than elsewhere.",
            "很高兴重新合作，认为我们的建议比别家专业。",
        ),
    ),
    "occasional": (
        16,
        "call",
        "negative",
        (
            "Annoyed: two invoices were wrong, and nobody called back.",
            "很不满：两张发票开错，也没有人回电。",
        ),
    ),
    "project": (
        3,
        "wechat",
        "negative",
        ("The certificates came too late for their audit.", "证书到得太晚，耽误了审核。"),
    ),
}
# Story: (purpose the contact has opted out of, days ago, how we know)
OPTOUTS = {
    "one_order": ("promotion", 50, "unsubscribe"),
    "seasonal": ("care", 45, "person"),
    "new": ("promotion", 12, "person"),
}

# ---------------------------------------------------------------- contents
# Key: (kind, promotional, categories, sent from (days ago) or None, title, text)
CONTENTS = {
    "water_rule": (
        "news",
        False,
        ("LC", "GP"),
        38,
        ("What the new drinking-water rule asks of laboratories", "饮用水新规对实验室有哪些要求"),
        (
            (
                "From next spring on every batch needs a record of the filters used. A sheet "
                "for it is enough; we send you ours if you like."
            ),
            "明年春季起，每批检测都要记录所用滤膜。一张表就够了，需要的话我们把模板发给您。",
        ),
    ),
    "cutting_fluid": (
        "tip",
        False,
        ("WS",),
        39,
        ("Make cutting fluid last a third longer", "让切削液多用三分之一的时间"),
        (
            (
                "Check the concentration every Monday with a refractometer, and skim the oil "
                "before the weekend. Most tanks we see are too thin, not too old."
            ),
            "每周一用折光仪检查浓度，周末前撇去浮油。我们见到的大多数液槽，问题是太稀而不是太旧。",
        ),
    ),
    "calibration": (
        "tip",
        False,
        ("MI",),
        40,
        ("When a calibration is really due", "仪器到底什么时候该校准"),
        (
            (
                "Not by the calendar alone: after a move, after a fall, and whenever two "
                "people get two results. Note it on the device."
            ),
            "不只看日历：搬动之后、跌落之后，或者两个人量出两个结果时，都该校准。请记录在设备上。",
        ),
    ),
    "gloves": (
        "new_product",
        True,
        ("LC", "WS"),
        60,
        ("Gloves that can be written on", "可以书写的手套"),
        (
            (
                "Thin nitrile with a light cuff for notes. Ask for ten to try; they cost what the "
                "others cost."
            ),
            "薄型丁腈，袖口浅色，可做记录。可索取十只试用，价格与普通款相同。",
        ),
    ),
}
# Product: guide to it.
GUIDES = {
    "MI-325": (
        ("First steps with the bench pH meter", "台式pH计快速上手"),
        (
            (
                "Soak the electrode for an hour, calibrate at 7 and then at 4 or 10, and "
                "never wipe it dry."
            ),
            "电极先浸泡一小时，先用7、再用4或10校准，切勿擦干电极。",
        ),
    ),
    "WS-410": (
        ("Speeds and feeds for the end mill set", "铣刀套装的转速与进给"),
        (
            (
                "Start at two thirds of the table's values, and listen: a singing cutter "
                "wants less speed."
            ),
            "先用表中数值的三分之二，听声音：刀具尖叫说明转速过高。",
        ),
    ),
    "LC-125": (
        ("Which tip fits which pipette", "移液枪头选配指南"),
        (
            "Press once, straight, without twisting. If it drips, it is the wrong tip.",
            "垂直按压一次，不要旋转。如果滴液，说明型号不对。",
        ),
    ),
}

# ---------------------------------------------------------------- what people do
_LATE, _LATE_DAYS = 0.09, 12  # share of tasks that lie about, and for how long
RESULTS = {
    "call": (
        ("Reached; all arrived, no questions.", "已接通，货已收齐，没有问题。"),
        ("Reached; wants a quotation for larger packs.", "已接通，希望要大包装报价。"),
        ("Reached; budget is planned in two months.", "已接通，两个月后做预算。"),
        ("Spoke with the deputy; call again next month.", "与副手沟通，下月再联系。"),
    ),
    "visit": (
        (
            "On site with purchasing; new line starts in spring, stock is fine.",
            "现场与采购沟通，新产线春季投产，库存正常。",
        ),
        (
            "Saw the store room: gloves nearly out, reminded them.",
            "查看了库房，手套快用完，已提醒。",
        ),
        (
            "Short visit; asked for training for two new colleagues.",
            "简短拜访，希望为两位新同事培训。",
        ),
    ),
    "letter": (("Card posted.", "贺卡已寄出。"),),
    None: (
        ("Done, noted in the customer file.", "已完成，已记入客户档案。"),
        ("Prepared; goes out with the next delivery.", "已备好，随下次发货寄出。"),
    ),
}
SENT = ("Sent by WeChat", "已通过微信发送")
NO_ANSWER = ("No answer, tried twice.", "未接通，已尝试两次。")


class Work(NamedTuple):
    """``after``: days until a task is finished; ``words``: what came of it."""

    after: int
    words: tuple[str, str]
    reached: bool


def works(as_of, day):
    """Return whether people finish tasks on ``day``."""
    later = (day + timedelta(days=ahead) for ahead in range(1, (as_of - day).days))
    return day.weekday() < 5 and sum(other.weekday() < 5 for other in later) >= LEFT_OVER


def work(customer, step, ago, channel):
    """Return how somebody deals with the task of a step.

    :param customer, step: names that stay the same
    :param ago: days between what it is about and the as-of date
    :param channel: how the customer is contacted, or None
    """
    rng = Random(f"{SEED}/{customer}/{step}/{ago}")
    after = rng.choice((0, 0, 1, 1, 2) if channel == "wechat" else (0, 1, 1, 2, 3))
    if rng.random() < _LATE:
        after = _LATE_DAYS
    reached = channel != "call" or rng.random() < 0.85
    words = SENT if channel == "wechat" else rng.choice(RESULTS.get(channel, RESULTS[None]))
    return Work(after, words if reached else NO_ANSWER, reached)
