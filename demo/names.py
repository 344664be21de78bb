"""Invented firms, people and addresses in three flavours: English, Chinese, European."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import NamedTuple

from .catalog import LABORATORY, WORKSHOP

ENGLISH, CHINESE, EUROPEAN = "english", "chinese", "european"


class Address(NamedTuple):
    country: str
    city: str
    street: str
    zip: str
    phone: str


class Country(NamedTuple):
    """``form`` joins a stem and a kind of trade; ``places`` are (city, zip, street)."""

    form: str
    stems: tuple[str, ...]
    kinds: dict[str, tuple[str, ...]]
    places: tuple[tuple[str, str, str], ...]
    phone: str
    first: tuple[str, ...]
    last: tuple[str, ...]


_EN_STEMS = (
    "Alderwick", "Brackenmoor", "Calder Reach", "Dunmarrow", "Eastholm", "Fenbury", "Garrowby",
    "Halden Ridge", "Inverlock", "Juniper Falls", "Kestrel Bay", "Larkmont", "Marrowstone",
    "Northgate Hollow", "Oakhaven", "Pellworth", "Quillan", "Ravensmere", "Silverthorn",
    "Tamarack Point", "Underhill Cross", "Varley", "Westerlund", "Yarrow Creek", "Cobblewick",
    "Thistledown",
)  # fmt: skip
_EN_KINDS = {
    LABORATORY: (
        "Laboratories", "Analytics", "Biosciences", "Water Testing", "Food Safety Labs",
        "Materials Research", "Diagnostics",
    ),
    WORKSHOP: (
        "Machine Works", "Precision Parts", "Tool & Die", "Metalcraft", "Motor Repair",
        "Engineering", "Joinery",
    ),
}  # fmt: skip
_EN_CITIES = (
    ("Columbus", "43004"), ("Portland", "97035"), ("Raleigh", "27513"), ("Tucson", "85718"),
    ("Omaha", "68022"), ("Rochester", "14534"), ("Boise", "83616"), ("Knoxville", "37919"),
)  # fmt: skip
_EN_STREETS = ("Millrace Road", "Copper Lane", "Foundry Street", "Lakeview Drive", "Depot Avenue")
_EN_AREAS = (614, 503, 919, 520, 402)
_EN_FIRST = (
    "Adele", "Bennett", "Carla", "Dwight", "Elena", "Felix", "Greta", "Howard", "Ines", "Jasper",
    "Kiera", "Lionel", "Mavis", "Nolan", "Odette", "Percy", "Rosalind", "Stuart", "Tessa", "Vernon",
)  # fmt: skip
_EN_LAST = (
    "Ashgrove", "Bramwell", "Corliss", "Dunleavy", "Everhart", "Fairlie", "Goodspeed", "Hollis",
    "Ingram", "Jessop", "Kirkwell", "Lockridge", "Merriman", "Nettleton", "Overby", "Penrose",
    "Quimby", "Redfern", "Stanwick", "Thorley",
)  # fmt: skip

# City: (postal code, area code); mark of a firm: its name in letters.
_ZH_CITIES = {
    "苏州": ("215021", 512), "成都": ("610041", 28), "武汉": ("430074", 27),
    "西安": ("710075", 29), "合肥": ("230088", 551), "厦门": ("361006", 592),
    "长沙": ("410205", 731), "宁波": ("315040", 574), "佛山": ("528200", 757),
    "青岛": ("266101", 532),
}  # fmt: skip
_ZH_MARKS = {
    "砚澜": "yanlan", "霁川": "jichuan", "衡曜": "hengyao", "沐岚": "mulan", "澄屿": "chengyu",
    "启岳": "qiyue", "朗霖": "langlin", "恒汐": "hengxi", "骏珩": "junheng", "云樾": "yunyue",
    "瑞岑": "ruicen", "景澍": "jingshu",
}  # fmt: skip
_ZH_KINDS = {
    LABORATORY: ("检测技术", "生物科技", "环境监测", "新材料研究", "食品检验"),
    WORKSHOP: ("精密机械", "模具制造", "五金加工", "机电设备", "工具"),
}
_ZH_STREETS = ("创新大道", "科技园路", "望江路", "东湖路", "工业二路")
_ZH_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_ZH_GIVEN = (
    "思远", "雨桐", "嘉树", "若澄", "景行", "静姝", "泽宇", "清岚", "明轩", "书瑶",
    "知夏", "云帆", "子衿", "婉清", "立诚",
)  # fmt: skip

_EUROPE = {
    "DE": Country(
        "{} {} GmbH",
        ("Feldkamm", "Ohlenbruck", "Steinwerth", "Hagendorn", "Lürmann & Voss"),
        {LABORATORY: ("Labortechnik", "Umweltanalytik"), WORKSHOP: ("Werkzeugbau", "Feinmechanik")},
        (("Kassel", "34117", "Am Wehr {}"), ("Bielefeld", "33602", "Lindenweg {}")),
        "+49 561 555", ("Dieter", "Franziska", "Henrike", "Jochen"), ("Brandhof", "Eickmann"),
    ),
    "FR": Country(
        "{1} {0} SARL",
        ("Rouvanne", "Marleux", "Delsauve", "Corbières-Lys", "Tavernelle"),
        {LABORATORY: ("Laboratoires", "Analyses"), WORKSHOP: ("Ateliers", "Mécanique")},
        (("Angers", "49000", "{}, rue des Tanneurs"), ("Dijon", "21000", "{}, rue du Moulin")),
        "+33 2 55 55", ("Claire", "Luc", "Mathilde", "Yannick"), ("Delvoy", "Fontarel"),
    ),
    "IT": Country(
        "{1} {0} S.r.l.",
        ("Tarvesi", "Corvalli", "Ombretti", "Vessarin", "Montecasto"),
        {LABORATORY: ("Laboratori", "Analisi"), WORKSHOP: ("Officine", "Meccanica")},
        (("Modena", "41121", "Via dei Mulini {}"), ("Udine", "33100", "Via Lunga {}")),
        "+39 059 555", ("Bruno", "Elisa", "Giulia", "Renzo"), ("Castagni", "Morvelli"),
    ),
    "NL": Country(
        "{} {} B.V.",
        ("Brinkhove", "Zuiderbeek", "Van Oostrand", "Marsdiep", "Kolkman"),
        {LABORATORY: ("Analytica", "Laboratorium"), WORKSHOP: ("Metaalbewerking", "Techniek")},
        (("Zwolle", "8011", "Molenkade {}"), ("Breda", "4811", "Havenstraat {}")),
        "+31 38 555", ("Anneke", "Joris", "Marijke", "Sander"), ("Grootveld", "Ter Wiel"),
    ),
}  # fmt: skip


class Names:
    """Hands out firm names, each once."""

    def __init__(self, seed):
        self._rng = Random(f"{seed}/names")
        self._left = {}

    def firm(self, flavour, sector):
        """Return (name, city or country it names, or None)."""
        if (flavour, sector) not in self._left:
            pool = list(self._all(flavour, sector))
            self._rng.shuffle(pool)
            self._left[flavour, sector] = pool
        return self._left[flavour, sector].pop()

    def _all(self, flavour, sector):
        if flavour == ENGLISH:
            for stem, kind in product(_EN_STEMS, _EN_KINDS[sector]):
                yield f"{stem} {kind}", None
        elif flavour == CHINESE:
            for city, mark, kind in product(_ZH_CITIES, _ZH_MARKS, _ZH_KINDS[sector]):
                yield f"{city}{mark}{kind}有限公司", city
        else:
            for code, country in _EUROPE.items():
                for stem, kind in product(country.stems, country.kinds[sector]):
                    yield country.form.format(stem, kind), code


def address(rng, flavour, serial, place=None):
    """Return an address; ``place`` is what the firm's name says, no phone comes twice."""
    number = rng.randint(2, 180)
    if flavour == CHINESE:
        code, area = _ZH_CITIES[place]
        street = f"{rng.choice(_ZH_STREETS)}{number}号"
        return Address("CN", place, street, code, f"+86 {area} 5550 {1000 + serial}")
    if flavour == EUROPEAN:
        country = _EUROPE[place]
        city, code, street = rng.choice(country.places)
        phone = f"{country.phone} {10 + serial // 100} {serial % 100:02d}"
        return Address(place, city, street.format(number), code, phone)
    city, code = rng.choice(_EN_CITIES)
    phone = f"+1 {_EN_AREAS[serial // 100 % 5]}-555-{100 + serial % 100:04d}"
    return Address("US", city, f"{number} {rng.choice(_EN_STREETS)}", code, phone)


def mobile(flavour, serial, number, place=None):
    """Return the phone number of a firm's ``number``-th person; nobody else has it."""
    if flavour == CHINESE:
        return f"+86 139 5550 {serial:03d}{number}"
    if flavour == EUROPEAN:
        return f"{_EUROPE[place].phone} 7{number} {serial:03d}"
    return f"+1 {_EN_AREAS[serial % 5]}-555-{2000 + 4 * serial + number}"


def person(rng, flavour, place=None):
    """Return the name of a person."""
    if flavour == CHINESE:
        return rng.choice(_ZH_FAMILY) + rng.choice(_ZH_GIVEN)
    first, last = _EN_FIRST, _EN_LAST
    if flavour == EUROPEAN:
        first, last = _EUROPE[place].first, _EUROPE[place].last
    return f"{rng.choice(first)} {rng.choice(last)}"


def domain(name, serial):
    """Return a mail domain that exists nowhere."""
    for mark, letters in _ZH_MARKS.items():
        if mark in name:
            return f"{letters}{serial}.example"
    latin = "".join(c for c in name.lower() if c.isascii() and (c.isalpha() or c == " "))
    return f"{'-'.join(latin.split()[:2])}-{serial}.example"
