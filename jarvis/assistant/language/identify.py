"""Identifies the language of texts: by their script, and by small words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from jarvis.assistant.language.facts import languages
from jarvis.assistant.language.text import LINK, LONGEST_READ, words_of

MOST_TEXTS: Final = 60
"""So many of the newest texts are looked at."""

SMALL_WORDS: Final[dict[str, frozenset[str]]] = {
    each.code: frozenset(each.facts.small_words.split())
    for each in languages()
    if each.facts.small_words
}
_SCRIPT_LANGUAGES: Final = {
    script: each.code for each in languages() for script in each.facts.scripts
}
_LEAST_SCORE: Final = 2.0
_LEAST_SHARE: Final = 0.08
_CLEARLY: Final = 1.25
_FEWEST_TEXTS: Final = 3
_STRAY_SHARE: Final = 0.1
"""What 40 people wrote in English was taken for another language in 4 % at most."""


def script_of(texts: Iterable[str]) -> str | None:
    """The script that most letters of the texts are of ("LATIN"); null without letters.

    Names are the first words of Unicode's letter names; kana make Han count as theirs.
    """
    counts: Counter[str] = Counter()
    for text in _newest(texts):
        if text.isascii():
            counts["LATIN"] += sum(map(str.isalpha, text))
            continue
        for letter, times in Counter(text).items():
            if letter.isalpha():
                name = unicodedata.name(letter, "").split(" ")[0]
                counts[name] += times
    script = max(counts, key=lambda each: counts[each], default=None)
    if script is None or not counts[script]:
        return None
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    return "HIRAGANA" if script == "CJK" and kana * 10 > counts["CJK"] else script


def language_of(texts: Iterable[str]) -> str | None:
    """The language of the texts as a code ("en"), newest texts last; null when unclear.

    Known by its script, or told by its small words. A word that two languages have counts
    half for each; one must be clearly ahead.
    """
    newest = _newest(texts)
    script = script_of(newest)
    if script != "LATIN":
        return _SCRIPT_LANGUAGES.get(script or "")
    words = [word for text in newest for word in words_of(LINK.sub(" ", text))]
    scores: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(words).items():
        having = [each for each, known in SMALL_WORDS.items() if word in known]
        for language in having:
            scores[language] += times / len(having)
    ranked = sorted(scores.items(), key=lambda each: each[1], reverse=True)
    if not ranked:
        return None
    (best, score), *others = ranked
    second = others[0][1] if others else 0
    # One short text may say it with a single word that no other language has.
    needed = min(_LEAST_SCORE, max(1.0, _LEAST_SHARE * len(words)), len(words) / 3)
    is_enough = score >= needed and score >= _LEAST_SHARE * len(words)
    return best if is_enough and score > second * _CLEARLY else None


def language_shares(texts: Iterable[str]) -> dict[str, float]:
    """The languages that single texts are in, the most frequent first.

    Each with its share of the texts whose language is clear. What only stray texts seem to
    be in is left out: of one language, some are taken for another.
    """
    found = Counter(filter(None, (language_of([text]) for text in texts)))
    fewest = max(_FEWEST_TEXTS, _STRAY_SHARE * found.total())
    return {
        code: count / found.total()
        for code, count in found.most_common()
        if count >= fewest
    }


def _newest(texts: Iterable[str]) -> list[str]:
    texts = list(texts)[-MOST_TEXTS:]
    return [re.sub(r"\s+", " ", text[:LONGEST_READ]) for text in texts]
