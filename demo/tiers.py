"""What the tiers of the demo company bring. A text is (English, Chinese)."""

BENEFITS_SINCE = 35  # days ago that the benefits were thought of; the tiers are a year old
PRICES = ("VIP prices", "VIP价格表")
PRICES_OFF = 5  # percent
TAG = ("VIP customer", "VIP客户")
# Benefit: (level, name, what to do or what customers read of it, further values).
BENEFITS = {
    "discount": (
        1,
        ("2 % on yearly agreements", "年度合同优惠 2%"),
        ("Agreements of a year or longer", "一年及以上的合同"),
        {"type": "discount", "discount": 2.0},
    ),
    "early": (
        2,
        ("First look at new products", "新品优先体验"),
        ("They hear of new products two weeks before everybody else", "比其他客户提前两周了解新品"),
        {"type": "early"},
    ),
    "prices": (3, PRICES, ("All products 5 % off", "全部产品优惠 5%"), {"type": "pricelist"}),
    "tag": (3, TAG, None, {"type": "tag"}),
    "call": (
        3,
        ("Welcome call to a new VIP", "VIP升级致电"),
        (
            "Thank them, tell them what VIP brings, and ask what we could do better.",
            "致谢，说明VIP权益，并询问我们还能改进什么。",
        ),
        {"type": "activity", "due_days": 2},
    ),
}
LOCK_DAYS = 180
LOCK_REASON = (
    "Their new plant opens this autumn: we keep them where they are",
    "客户新厂将于秋季投产，期间保留等级",
)
