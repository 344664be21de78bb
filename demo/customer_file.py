"""What the customer file of the demo company says: pure, no clock, no randomness.

``tell(plan)`` picks one customer per language and story, and gives rows by model. A text is
(English, Chinese); days are counted from the as-of date. Competitors are invented.
"""

from __future__ import annotations

from .catalog import LABORATORY
from .names import CHINESE

COMPETITORS = {
    "brackwater": ("Brackwater Supply", "铂沃特供应链"),
    "nordhelm": ("Nordhelm Instruments", "诺德海姆仪器"),
}
TOPICS = {
    "food_safety": ("topic", ("Food safety", "食品安全")),
    "automation": ("topic", ("Automation", "自动化")),
    "tea": ("hobby", ("Tea", "品茶")),
    "cycling": ("hobby", ("Cycling", "骑行")),
    "badminton": ("hobby", ("Badminton", "羽毛球")),
}

# story: (what, due in days, state, proof or explanation, compensation)
PROMISES = {
    "fading": (
        ("Send a price list for larger packs", "提供大包装报价单"),
        -4,
        "open",
        None,
        None,
    ),
    "key_account": (
        ("Name a second contact for urgent orders", "指定一名紧急订单的备用联系人"),
        5,
        "open",
        None,
        None,
    ),
    "steady": (
        ("Replace the cracked funnels", "更换破裂的漏斗"),
        -20,
        "kept",
        ("Replacements delivered and signed for", "已补发,客户签收"),
        None,
    ),
    "gone_quiet": (
        ("Call back about the late delivery", "就延迟交货回电说明"),
        -45,
        "broken",
        ("The carrier lost a pallet; told the buyer by phone", "物流丢失一托货物,已电话说明"),
        ("Free delivery for the next three orders", "后三次订单免运费"),
    ),
    "new": (("Show how to reorder online", "演示在线续订操作"), 2, "open", None, None),
}

# story: (what, days ago, state)
NEEDS = {
    "growing": (("Delivery on Saturdays", "希望周六送货"), 12, "open"),
    "project": (("Certificates with every batch", "每批货物附检验证书"), 60, "met"),
    "seasonal": (("Reserve stock for the season", "旺季前预留库存"), 30, "open"),
    "occasional": (("Smaller packs", "小包装规格"), 90, "dropped"),
}

# story: (what, begins, ends, value, signed, decision)
AGREEMENTS = {
    "key_account": (("Yearly supply agreement", "年度供货协议"), -345, 20, 120000, True, None),
    "steady": (("Yearly supply agreement", "年度供货协议"), -120, 245, 36000, True, None),
    "lost": (("Calibration service", "仪器校准服务"), -900, -535, 8000, True, "end"),
    "growing": (("Supply agreement", "供货协议"), 15, 380, 24000, False, None),
    "returned": (("Maintenance agreement", "维护保养协议"), -307, 57, 9600, True, None),
    "seasonal": (("Season's supply", "季节供货协议"), -279, 85, 18000, True, None),
}

# story: (kind, calendar, month, day, first year, occasion)
KEY_DATES = {
    "key_account": ("founding", "solar", 9, 18, 1998, None),
    "steady": ("birthday", "lunar", 8, 15, 1976, None),
    "growing": ("birthday", "solar", 2, 29, 1984, None),
    "new": ("birthday", "lunar", 12, 8, 1990, None),
    "returned": ("other", "solar", 3, 12, 2019, ("Opened the second site", "第二厂区投产")),
}

# story: days from the as-of date to the birthday of the person to talk to
BIRTHDAYS = {"key_account": 3, "small_steady": -8, "project": -20, "fading": -33, "returned": 0}
BORN = 1980

# story: (channel for English, for Chinese, days between, quiet hours, price, topics, hobbies)
PREFERENCES = {
    "key_account": ("call", "wechat", 14, (12, 14), "no", ("automation",), ("tea",)),
    "steady": ("mail", "wechat", 30, (0, 0), None, ("food_safety",), ("cycling",)),
    "fading": ("call", "call", 0, (20, 8), "yes", (), ("badminton",)),
    "growing": ("mail", "wechat", 0, (0, 0), None, ("automation",), ()),
    "returned": ("call", "wechat", 21, (12, 14), None, (), ("tea",)),
    "project": ("mail", "mail", 30, (0, 0), "no", ("food_safety",), ()),
}

# story: (competitor, product, price, days ago, in use)
RIVALS = {
    "fading": ("brackwater", ("Nitrile gloves, box of 100", "丁腈手套,100只装"), 7.9, 25, True),
    "lost": ("nordhelm", ("pH meter", "pH计"), 389.0, 400, True),
    "occasional": ("brackwater", ("Pipette tips", "移液吸头"), 21.5, 70, False),
}

# story that was referred: story that referred it
REFERRALS = {"new": "key_account", "growing": "steady"}

# story: (title, [(goal, measure, target, actual, state)], review in days)
PLANS = {
    "key_account": (
        ("Fewer, larger deliveries", "减少配送次数,提高单次配送量"),
        (
            (("Deliveries a month", "每月配送次数"), ("deliveries", "次"), 4, 6, "open"),
            (("Share ordered online", "在线下单比例"), ("%", "%"), 80, 85, "reached"),
        ),
        30,
    ),
}

SIZES = {
    "key_account": "201",
    "steady": "51",
    "growing": "51",
    "small_steady": "1",
    "small_quiet": "1",
    "project": "1001",
}


def told(plan, stories):
    """Yield (story, customer, chinese): one customer per language of each story.

    The first with a person to talk to, or simply the first.
    """
    known = sorted(plan.customers, key=lambda customer: person(customer) == customer.key)
    for story in stories:
        found = {}
        for customer in known:
            if customer.story == story and not customer.parent:
                found.setdefault(customer.flavour == CHINESE, customer)
        for chinese, customer in sorted(found.items()):
            yield story, customer, chinese


def person(customer):
    """Return the key of the person to talk to, the firm itself when none is known."""
    people = [contact.key for contact in customer.contacts if contact.kind == "contact"]
    return people[0] if people else customer.key


def size(customer):
    """Return the class of company size of a demo customer."""
    return SIZES.get(customer.story, "11")


def industry(customer):
    """Return the external id of the industry of a demo customer."""
    return f"base.res_partner_industry_{'M' if customer.sector == LABORATORY else 'C'}"
