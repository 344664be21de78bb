"""Words and sentences in a row, with the signs that the reader's language puts between them."""

from functools import reduce


def names_text(env, names):
    """Return names one after the other, as in "Ann, Bob"; without any an empty text."""

    def joined(one, other):
        return env._("%(one)s, %(other)s", one=one, other=other)

    return reduce(joined, filter(None, names)) if any(names) else ""


def sentences_text(env, sentences):
    """Return sentences in one line, as in "No purchase for 90 days; two complaints"."""

    def joined(one, other):
        return env._("%(one)s; %(other)s", one=one, other=other)

    return reduce(joined, filter(None, sentences)) if any(sentences) else ""


def paragraph_text(env, sentences):
    """Return whole sentences one after the other; Chinese puts no space behind a full stop."""

    def joined(one, other):
        return env._("%(one)s %(other)s", one=one, other=other)

    return reduce(joined, filter(None, sentences)) if any(sentences) else ""
