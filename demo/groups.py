"""Company groups of the demo company: (row, story, usual size of an order).

A university with departments and their people: one customer, orders at three levels. Two
holdings with firms under them: each firm is a customer of its own.
"""

from .catalog import LABORATORY, WORKSHOP
from .names import CHINESE, ENGLISH

DEPARTMENT, PERSON = "other", "contact"

GROUPS = (
    (
        {
            "key": "key_account_university",
            "name": "Hallam Vale University",
            "flavour": ENGLISH,
            "sector": LABORATORY,
            "contacts": (
                (
                    "key_account_university_chemistry",
                    "Department of Chemistry",
                    "key_account_university",
                    DEPARTMENT,
                ),
                (
                    "key_account_university_materials",
                    "Materials Science",
                    "key_account_university",
                    DEPARTMENT,
                ),
                (
                    "key_account_university_winslet",
                    "Dr. Imogen Winslet",
                    "key_account_university_chemistry",
                    PERSON,
                ),
                (
                    "key_account_university_orrin",
                    "Caleb Orrin",
                    "key_account_university_chemistry",
                    PERSON,
                ),
                (
                    "key_account_university_zhao",
                    "赵知夏",
                    "key_account_university_materials",
                    PERSON,
                ),
            ),
        },
        "key_account",
        2.4,
    ),
    (
        {
            "key": "occasional_holding",
            "name": "Northmere Holdings",
            "flavour": ENGLISH,
            "sector": WORKSHOP,
        },
        "occasional",
        0.8,
    ),
    (
        {
            "key": "growing_coatings",
            "name": "Northmere Coatings",
            "flavour": ENGLISH,
            "sector": WORKSHOP,
            "parent": "occasional_holding",
            "contacts": (
                ("growing_coatings_lab", "Quality Laboratory", "growing_coatings", DEPARTMENT),
                ("growing_coatings_pryor", "Della Pryor", "growing_coatings_lab", PERSON),
            ),
        },
        "growing",
        1.2,
    ),
    (
        {
            "key": "fading_polymers",
            "name": "Northmere Polymers",
            "flavour": ENGLISH,
            "sector": LABORATORY,
            "parent": "occasional_holding",
        },
        "fading",
        1.4,
    ),
    (
        {
            "key": "steady_hengyao",
            "name": "衡曜集团股份有限公司",
            "flavour": CHINESE,
            "sector": WORKSHOP,
            "place": "宁波",
            "contacts": (
                ("steady_hengyao_purchase", "采购中心", "steady_hengyao", DEPARTMENT),
                ("steady_hengyao_lin", "林景行", "steady_hengyao_purchase", PERSON),
            ),
        },
        "steady",
        1.6,
    ),
    (
        {
            "key": "gone_quiet_hengyao",
            "name": "宁波衡曜工具科技有限公司",
            "flavour": CHINESE,
            "sector": WORKSHOP,
            "place": "宁波",
            "parent": "steady_hengyao",
        },
        "gone_quiet",
        1.2,
    ),
)
