"""Which language texts are in: by their script, and by the small words of a few; pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from jarvis.assistant.language.wording import LINK, LONGEST_READ, words_of

MOST_TEXTS: Final = 60
"""So many of the newest texts are looked at."""

FUNCTION_WORDS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and you is are to of it i'm i that for on with this what have be at not "
        "my your can will was do we just so how but if me when yes ok don't it's up they "
        "there about get see know good thanks would could where i'll that's may am too",
        "de": "und ich nicht das ist du die der ein wir es mit auf zu bin hast hab habe "
        "dich mir mich ja nein auch noch schon aber wann wie was heute morgen kannst "
        "für den dem gut danke bei uns dann oder wenn sind hallo gerne bis wo eine mal",
        "fr": "je tu le la les et est pas de des un une que qui pour on vous nous ça j'ai "
        "c'est t'es suis oui non avec dans ce au mais bien merci quoi où quand demain moi "
        "toi salut bonjour tout sur plus ok y'a ne du peux peut es à d'accord",
        "es": "que de la el los no si sí y en es un una por para con te me lo se pero como "
        "estoy está qué dónde cuándo hola gracias muy bien mañana hoy yo tú vale voy vas "
        "puedo puedes al del ya mi tu a",
        "it": "che di il la non un una per sono sei e è ho hai con mi ti ci come dove "
        "ciao grazie bene domani oggi anche ma sì no io tu va vai posso puoi del alla cosa",
        "pt": "que de o a não um uma para com é eu você os as em no na do da mas como onde "
        "quando oi olá obrigado obrigada bem amanhã hoje sim tá está estou vou vai pra por "
        "meu sua isso",
        "nl": "de het een en ik niet je is dat van op te ben heb hebt met voor zijn we wat "
        "wie waar wanneer hoe ja nee ook nog maar goed dank bedankt morgen vandaag kom kan "
        "kun jij er dan bij naar mij leuk",
        "sv": "och jag inte det är du en ett att på som för med har kan vi ska till av om "
        "vad var när hur ja nej också men bra tack imorgon idag hej kommer den så mig dig",
    }.items()
}
_SCRIPT_LANGUAGES: Final = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
}
"""Scripts that as good as one language is written in; "CJK" only without kana."""
_LEAST_SCORE: Final = 2.0
_LEAST_SHARE: Final = 0.08
_CLEARLY: Final = 1.25


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

    Known by its script, or told from en, de, fr, es, it, pt, nl and sv by small words. A
    word that two languages have counts half for each; one must be clearly ahead.
    """
    newest = _newest(texts)
    script = script_of(newest)
    if script != "LATIN":
        return _SCRIPT_LANGUAGES.get(script or "")
    words = [word for text in newest for word in words_of(LINK.sub(" ", text))]
    scores: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(words).items():
        having = [each for each, known in FUNCTION_WORDS.items() if word in known]
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


def _newest(texts: Iterable[str]) -> list[str]:
    texts = list(texts)[-MOST_TEXTS:]
    return [re.sub(r"\s+", " ", text[:LONGEST_READ]) for text in texts]
