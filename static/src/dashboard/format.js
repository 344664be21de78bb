import { getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { nbsp } from "@web/core/utils/strings";

const LONG = 10000;
const STILL = { move: null, up: null, better: null };

function numbers(options) {
    return new Intl.NumberFormat(user.lang, options);
}

/** Short where it is long: 12.3K in English, 1.23万 in Chinese. */
export function short(value, digits) {
    return Math.abs(value) < LONG
        ? numbers({ maximumFractionDigits: digits }).format(value)
        : numbers({ notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

export function formatCount(value) {
    return short(value, 0);
}

export function formatMoney(value, currencyId) {
    const text = short(value, Math.abs(value) < 100 ? 2 : 0);
    const currency = getCurrency(currencyId);
    if (!currency) {
        return text;
    }
    const { symbol, position } = currency;
    return position === "after" ? `${text}${nbsp}${symbol}` : `${symbol}${nbsp}${text}`;
}

export function formatShare(value, digits = 1) {
    return numbers({ style: "percent", maximumFractionDigits: digits }).format(value);
}

/** @param {string} unit as `models/kpi_definitions.py` has them */
export function formatValue(value, unit, currencyId) {
    if (value === null || value === undefined) {
        return "–";
    }
    switch (unit) {
        case "share":
            return formatShare(value);
        case "money":
            return formatMoney(value, currencyId);
        case "hours":
            return _t("%s h", short(value, 1));
        case "points":
            return numbers({ maximumFractionDigits: 0, signDisplay: "exceptZero" }).format(value);
        default:
            return short(value, 2);
    }
}

/** What a figure is divided from, and by, in its own unit. */
export function formatPart(value, unit, currencyId) {
    return unit === "money" ? formatMoney(value, currencyId) : short(value, 0);
}

/** How much a figure moved, without saying where to. */
function formatMove(before, value, unit) {
    const move = Math.abs(value - before);
    if (unit === "share") {
        const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
        return _t("%s points", numbers(digits).format(move * 100));
    }
    if (unit === "points") {
        return short(move, 0);
    }
    if (unit === "hours" || !before) {
        return formatValue(move, unit);
    }
    return formatShare(move / Math.abs(before));
}

/** Return {text, move, up, better} of a card; the last three are null where nothing moved. */
export function changeOf(card) {
    const { value, before, unit, good } = card;
    if (value === null || before === null) {
        return { ...STILL, text: value === null ? "" : _t("Nothing to compare with") };
    }
    const move = formatMove(before, value, unit);
    if (value === before || move === formatMove(0, 0, unit)) {
        return { ...STILL, text: _t("As before") };
    }
    const up = value > before;
    const better = up === (good === "up");
    return { text: better ? _t("%s better", move) : _t("%s worse", move), move, up, better };
}

/** @param {string} month first day, as the server writes it */
export function formatMonth(month, options = { year: "numeric", month: "short" }) {
    const day = new Date(`${month}T00:00:00Z`);
    return new Intl.DateTimeFormat(user.lang, { ...options, timeZone: "UTC" }).format(day);
}

export function formatPeriod(first, last) {
    if (first === last) {
        return formatMonth(first);
    }
    return _t("%(first)s to %(last)s", { first: formatMonth(first), last: formatMonth(last) });
}
