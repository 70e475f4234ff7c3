"""How a short reply leans, told by its words in a few languages; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeVar

from jarvis.assistant.language.wording import emoji_in

Stance = Literal["yes", "no", "maybe", "other"]
"""How a reply leans: agrees, declines, leaves it open, proposes something else."""
Answer = TypeVar("Answer")
Lean = Stance | Literal["question"]
"""The same, or asks back."""

QUESTION_MARKS: Final = "?？؟"

_PHRASES: Final[tuple[tuple[Stance, str], ...]] = (
    (
        "other",
        "instead|rather|how about|what about|another (?:day|time)|rain check|"
        "stattdessen|lieber|wie wär'?s|ein andermal|plutôt|et si|une autre fois|"
        "mejor|en vez|qué tal si|otro día|piuttosto|invece|liever|hellre",
    ),
    (
        "maybe",
        "maybe|perhaps|not sure|might|let me (?:check|see|think)|i'll (?:check|see)|"
        "will see|we'll see|depends|possibly|idk|don't know|dunno|"
        "vielleicht|mal sehen|weiß (?:noch )?nicht|muss (?:mal )?(?:schauen|gucken)|"
        "eventuell|kommt drauf an|schau mal|"
        "peut-être|je ne sais pas|j'sais pas|je sais pas|je vais voir|ça dépend|"
        "quizás?|tal vez|a lo mejor|no sé|ya veremos|depende|"
        "forse|non so|vediamo|talvez|não sei|misschien|weet (?:het )?niet|kanske|vet inte",
    ),
    (
        "no",
        "no|nope|nah|not|can't|cannot|cant|won't|sorry|unfortunately|afraid|"
        "nein|nee|nö|nicht|leider|kein|keine|"
        "non|pas|désolée?|malheureusement|impossible|"
        "lo siento|no puedo|tampoco|imposible|purtroppo|não|nej|tyvärr|helaas|niet",
    ),
    (
        "yes",
        "yes|yeah|yep|yup|ya|yess+|sure|ok|okay|okey|k|kk|of course|definitely|absolutely|"
        "sounds good|sounds great|perfect|deal|will do|i'm in|count me in|works for me|"
        "i'd love|love to|great|cool|see you|i'll be there|on my way|omw|got it|done|"
        "ja|jap|jo|klar|gerne|gern|natürlich|passt|abgemacht|einverstanden|bin dabei|"
        "alles klar|super|mach ich|"
        "oui|ouais|bien sûr|d'accord|ça marche|avec plaisir|parfait|volontiers|"
        "sí|si|claro|vale|por supuesto|de acuerdo|perfecto|me apunto|dale|"
        "certo|va bene|volentieri|perfetto|sim|claro que|com certeza|zeker|prima|"
        "absolut|visst|självklart|"
        "да|конечно|はい|うん|いいよ|好的?|可以|네|응|نعم|أكيد|हाँ",
    ),
)
_KEPT_AS_NO: Final = re.compile(
    r"no (?:problem|worries|prob|rush|idea|way)|not (?:bad|yet)|why not|can't wait|"
    r"kein(?:e)? (?:problem|ursache|ding)|nicht schlecht|warum nicht|"
    r"pas de (?:problème|souci)|pas mal|pourquoi pas|por qué no|no hay problema|"
    r"sin problema|sorry (?:to hear|for|about)"
)
"""What holds a word of refusal and refuses nothing."""
_AGREES_ALL_THE_SAME: Final = re.compile(
    r"why not|can't wait|no problem|no worries|warum nicht|kein problem|pourquoi pas|"
    r"pas de (?:problème|souci)|por qué no|no hay problema|sin problema"
)
_REFUSES: Final = re.compile(
    r"(?<!\w)(?:can't|cannot|cant|won't|unfortunately|afraid (?:not|i)|leider|"
    r"malheureusement|peux pas|pourrai pas|no puedo|no podré|lo siento|purtroppo|tyvärr|"
    r"helaas)(?!\w)"
)
"""What declines wherever it stands: "I'd love to, but I can't"."""
_REPEATED: Final = 0.5
_MOST_OF_A_KIND: Final = 2
_NODS: Final = frozenset("👍👌✅🙌💯")
_SHAKES: Final = frozenset("👎🙅❌")

_FINDERS: Final = {
    stance: re.compile(rf"(?<!\w)(?:{words.casefold()})(?!\w)")
    for stance, words in _PHRASES
}


def stance_of(text: str) -> Lean | None:
    """How a reply leans; null for what neither agrees nor declines nor asks.

    A refusal or an agreement that stands first, or one that leaves it open, decides over
    what follows. Languages: en, de, fr, es, and the commonest words of some others.
    """
    text = text.strip()
    said = " ".join(text[:400].casefold().replace("’", "'").split())
    if _AGREES_ALL_THE_SAME.search(said):
        return "yes"
    said = _KEPT_AS_NO.sub(" ", said)
    places = {
        stance: found.start()
        for stance, finder in _FINDERS.items()
        if (found := finder.search(said)) is not None
    }
    if "other" in places:
        return "other"
    if "maybe" in places:
        return "maybe"
    if _REFUSES.search(said):
        return "no"
    first = min(places, key=lambda each: places[each], default=None)
    if text.endswith(tuple(QUESTION_MARKS)) and places.get(first or "yes") != 0:
        return "question"
    return first or _nod(text)


def diversified(
    answers: Iterable[Answer],
    count: int,
    *,
    lean: Callable[[Answer], Lean | None],
    merit: Callable[[Answer], float],
) -> list[Answer]:
    """At most count of them: the best first, then rather what leans otherwise.

    One that leans like an earlier one counts _REPEATED of its merit, and a third of one
    kind is left out; so it goes for those that take no stance too.
    """
    left = list(answers)
    chosen: list[Answer] = []
    taken: Counter[Lean | None] = Counter()
    while left and len(chosen) < count:
        best = max(left, key=lambda each: merit(each) * _REPEATED ** taken[lean(each)])
        left.remove(best)
        if taken[lean(best)] < _MOST_OF_A_KIND:
            chosen.append(best)
            taken[lean(best)] += 1
    return chosen


def _nod(text: str) -> Stance | None:
    """What a gesture says where there are no words that do."""
    signs = {sign[0] for sign in emoji_in(text)}
    if signs & _SHAKES:
        return "no"
    return "yes" if signs & _NODS else None
