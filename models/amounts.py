"""Amounts in sentences, as the reader's language writes large ones."""

from odoo.tools import formatLang

TEN_THOUSAND, HUNDRED_MILLION = 10**4, 10**8


def ten_thousands(env, value):
    """Return ``(value, unit)``: in Chinese large figures count by 万 or 亿, elsewhere as they are.

    Below 100,000 nothing is shortened: two digits of a 万 would hide what a customer buys.
    """
    size = abs(value)
    if not (env.lang or "").startswith("zh") or size < 10 * TEN_THOUSAND:
        return value, ""
    # What is rounded up to 10,000.00万 reads as 1.00亿.
    if round(size / TEN_THOUSAND, 2) >= TEN_THOUSAND:
        return value / HUNDRED_MILLION, "亿"
    return value / TEN_THOUSAND, "万"


def with_symbol(text, currency):
    """Return a number's text with the sign of its currency on the side where it belongs."""
    symbol = currency.symbol or currency.name or ""
    parts = (text, symbol) if currency.position == "after" else (symbol, text)
    return "\N{NO-BREAK SPACE}".join(parts)


def amount_text(env, value, currency):
    """Return an amount for a sentence; lists and documents keep all its digits."""
    short, unit = ten_thousands(env, value)
    if not unit:
        return formatLang(env, value, currency_obj=currency)
    return with_symbol(f"{formatLang(env, short, digits=2)}{unit}", currency)
