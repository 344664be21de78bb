"""What customers of the demo company answer when they are asked: pure, no clock, no randomness."""

from __future__ import annotations

from .names import CHINESE

ROUNDS = (160, 70)  # days ago; the last is older than the days in which an answer becomes a case
EVERY = 3  # one customer in three answers each time
SURVEY = ("Half-yearly survey", "半年度客户调查")
# story: scores of the two rounds
SCORES = {
    "key_account": (9, 10),
    "steady": (9, 9),
    "small_steady": (8, 8),
    "growing": (8, 9),
    "seasonal": (8, 8),
    "project": (7, 8),
    "fading": (9, 7),
    "gone_quiet": (7, 4),
    "lost": (5, 3),
}
OTHERS = (8, 7)
COMMENTS = {
    10: ("Always a straight answer. We recommend you.", "有问必答，愿意推荐。"),
    9: ("Reliable, and quick when it is urgent.", "可靠，紧急时响应快。"),
    7: ("Deliveries used to be quicker.", "以前交货更快。"),
    4: ("Nobody called back about the late delivery.", "延迟交货后没有人回电。"),
    3: ("Prices rose without a word.", "涨价没有事先说明。"),
}
THEMES = {
    "delivery": ("Delivery times", "交货期"),
    "price": ("Prices", "价格"),
    "service": ("Reachability", "联系响应"),
}
THEME_OF = {7: "delivery", 4: "service", 3: "price"}


def answers(plan):
    """Yield (key, customer, days ago, score, comment or None, theme or None, chinese)."""
    asked = [customer for customer in plan.customers if not customer.parent]
    for place, customer in enumerate(asked):
        if place % EVERY:
            continue
        for turn, ago in enumerate(ROUNDS):
            score = SCORES.get(customer.story, OTHERS)[turn]
            chinese = customer.flavour == CHINESE
            said = COMMENTS.get(score) if place % 2 or score < 7 else None
            text = said and said[chinese]
            theme = THEME_OF.get(score)
            yield f"answer_{customer.key}_{turn}", customer, ago, score, text, theme, chinese
