"""Words that procedures, touches and the gate share."""

# In order of rank: what stands later goes first.
PURPOSES = [
    ("greeting", "Greeting"),
    ("service", "Service"),
    ("promotion", "Promotion"),
    ("care", "Care"),
    ("rescue", "Rescue"),
]
# Nobody who needs help is held out to prove something.
NO_HOLDOUT = {"rescue", "service"}
CHANNELS = [
    ("mail", "Mail"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("call", "Call"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("other", "Another way"),
]
LEVELS_FROM = {
    "watch": ["watch", "high", "critical"],
    "high": ["high", "critical"],
    "critical": ["critical"],
}
# Those that judge or advertise: not for who objects to profiling.
REFUSED_PURPOSES = ("promotion", "rescue")
