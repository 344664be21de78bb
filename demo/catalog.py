"""What the demo company sells: 26 products in five categories.

Prices stand in the company's currency and on the foreign price list; ``usual`` is the
quantity a middle-sized customer takes.
"""

from __future__ import annotations

from typing import NamedTuple

LABORATORY, WORKSHOP, BOTH = "laboratory", "workshop", "both"


class Product(NamedTuple):
    code: str
    name: str
    name_zh: str
    category: str
    sector: str
    price: float
    price_foreign: float
    usual: int


# By the first letters of the product code.
CATEGORIES = {
    "LC": ("Laboratory Consumables", "实验室耗材"),
    "GP": ("Glassware and Plastics", "玻璃与塑料器皿"),
    "MI": ("Measuring Instruments", "测量仪器"),
    "WS": ("Workshop Supplies", "车间用品"),
    "TS": ("Technical Services", "技术服务"),
}
SERVICES = "TS"

# Code | name | Chinese name | sector | price | price on the foreign list | usual quantity
_TABLE = """
LC-110 | Nitrile gloves, box of 100 | 丁腈手套(100只/盒) | B | 11.9 | 11.2 | 20
LC-125 | Pipette tips 200 µl, 10 racks | 移液枪头 200µl(10盒) | L | 48.5 | 45 | 6
LC-140 | Syringe filters 0.22 µm, pack of 50 | 针头过滤器 0.22µm(50个) | L | 62 | 57.5 | 4
LC-155 | pH buffer set 4 / 7 / 10 | pH缓冲液套装 4/7/10 | L | 34.9 | 32.5 | 3
LC-170 | Ethanol 96 %, 5 l | 乙醇 96%(5升) | L | 58 | 54 | 4
LC-185 | Lint-free wipes, carton | 无尘擦拭布(箱) | B | 39.5 | 36.9 | 5
GP-210 | Beakers 250 ml, set of 12 | 烧杯 250ml(12只) | L | 54 | 49.9 | 3
GP-225 | Volumetric flasks 100 ml, set of 6 | 容量瓶 100ml(6只) | L | 78 | 72 | 3
GP-240 | Petri dishes 90 mm, case of 500 | 培养皿 90mm(500个) | L | 69 | 64 | 4
GP-255 | Centrifuge tubes 50 ml, bag of 200 | 离心管 50ml(200支) | L | 46 | 42.5 | 5
GP-270 | Reagent bottles 1 l, set of 10 | 试剂瓶 1升(10只) | L | 92 | 85 | 2
MI-310 | Analytical balance 220 g | 分析天平 220g | L | 2390 | 2190 | 1
MI-325 | Bench pH meter | 台式pH计 | L | 685 | 629 | 1
MI-340 | Magnetic stirrer with heating | 加热磁力搅拌器 | L | 420 | 389 | 1
MI-355 | Digital caliper 150 mm | 数显卡尺 150mm | W | 89 | 82 | 3
MI-370 | Dial gauge with stand | 百分表及表座 | W | 148 | 137 | 2
MI-385 | Surface roughness tester | 表面粗糙度仪 | W | 1850 | 1690 | 1
WS-410 | Carbide end mill set, 10 pieces | 硬质合金铣刀套装(10件) | W | 215 | 198 | 3
WS-425 | Cutting fluid, 20 l | 切削液(20升) | W | 124 | 115 | 3
WS-440 | Grinding discs 125 mm, box of 50 | 砂轮片 125mm(50片) | W | 66 | 61 | 6
WS-455 | Torque wrench 20–100 Nm | 扭力扳手 20–100Nm | W | 139 | 128 | 2
WS-470 | Safety glasses, box of 12 | 护目镜(12副) | B | 57 | 53 | 4
WS-485 | Screw assortment, 1,200 pieces | 螺丝组合(1200件) | W | 49 | 45.5 | 5
TS-510 | Calibration with certificate | 校准并出具证书 | B | 165 | 155 | 2
TS-525 | On-site maintenance, hour | 上门维护(小时) | B | 98 | 92 | 4
TS-540 | User training, half day | 使用培训(半天) | B | 540 | 499 | 1
"""
_SECTORS = {"L": LABORATORY, "W": WORKSHOP, "B": BOTH}


def _product(row):
    code, name, name_zh, sector, price, price_foreign, usual = row.split(" | ")
    return Product(
        code,
        name,
        name_zh,
        code[:2],
        _SECTORS[sector],
        float(price),
        float(price_foreign),
        int(usual),
    )


PRODUCTS = tuple(_product(row) for row in _TABLE.strip().splitlines())
BY_CODE = {product.code: product for product in PRODUCTS}


def range_for(sector):
    """Return what a customer of this sector may buy."""
    return [product for product in PRODUCTS if product.sector in (sector, BOTH)]
