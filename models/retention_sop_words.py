"""Words that procedures, touches and the gate share."""

# In order of rank: what stands later goes first.
PURPOSES = [
    ("greeting", "Greeting"),
    ("service", "Service"),
    ("promotion", "Promotion"),
    ("care", "Care"),
    ("rescue", "Rescue"),
]
# Higher replaces lower; greetings and service stand beside everything.
RANKS = {"promotion": 1, "care": 2, "rescue": 3}
# Nobody who needs help is held out to prove something.
NO_HOLDOUT = {"rescue", "service"}
CHANNELS = [
    ("mail", "Mail"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("call", "Call"),
    ("visit", "Visit"),
    ("letter", "Letter or card"),
    ("other", "Another way"),
]
LEVELS_FROM = {
    "watch": ["watch", "high", "critical"],
    "high": ["high", "critical"],
    "critical": ["critical"],
}
