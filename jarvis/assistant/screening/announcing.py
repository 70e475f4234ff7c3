"""How models announce a reply before they write it, in a few languages; pure."""

from __future__ import annotations

import re
from typing import Final

_REPLY: Final = (
    r"repl(?:y|ies)|responses?|messages?|answers?|texts?|drafts?|versions?|follow-?ups?|"
    r"suggestions?|options?|ways?|summary|"
    r"antwort(?:en)?|nachricht(?:en)?|entw[uü]rfe?|vorschl[aä]ge?|zusammenfassung|"
    r"réponses?|messages?|propositions?|résumé|"
    r"respuestas?|mensajes?|propuestas?|resumen|"
    r"rispost[ae]|messagg[io]|propost[ae]|riassunto|respostas?|mensage(?:m|ns)|resumo|"
    r"antwoord(?:en)?|bericht(?:en|je)?|svar|meddelande"
)
_OF: Final = r"(?:from|about my|my (?:mom|dad))"

_BEGINNING: Final = rf"""
    ^[\W_]*(?:(?:sure|certainly|absolutely|okay|ok|of\ course|gladly|got\ it|great|
        natürlich|gerne?|klar|bien\ sûr|claro|certo)\b[\s,.!:–—-]*)?
    (?:(?P<shows>
        here(?:'s|\ is|\ are)|this\ is|below\ (?:is|are)|
        hier\ (?:ist|sind|wäre|kommt)|voici|aquí\ (?:tienes|está|va|hay)|ecco|
        aqui\ (?:está|vai|estão)|hier\ zijn|hier\ is|här\ (?:är|kommer))|
       (?:you|i|we)\ (?:can|could|might|may|would|should|'d)
        (?:\ (?:try|also|simply|just))?\ (?:say|send|reply|respond|write|answer|suggest)|
       here\ (?:goes|you\ go)|
       i(?:'d|\ would|'ve|\ have)?\ (?:suggest(?:ed)?|drafted|written|wrote|prepared)|
       (?:an?|one|my|your|the|some|mein|eine?|dein)\ (?:\w+[\ -]){{0,3}}(?={_REPLY})|
       (?:possible|suggested|potential|short|proposed|draft|final|sample|example)\b|
       du\ könntest|möglich\w*|vous\ pou(?:vez|rriez)|tu\ (?:peux|pourrais)|esta\ es|
       podrías|puedes|potresti|puoi|você\ pode|je\ (?:kunt|zou))
    """
_MAY_ANNOUNCE: Final = re.compile(_BEGINNING, re.IGNORECASE | re.VERBOSE)
_ANNOUNCEMENT: Final = re.compile(
    rf"""{_BEGINNING}
    (?!\ ?{_OF})[^:：\n]{{0,100}}[:：][\s*_"“]*?(?=\S|$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""An announcement up to its colon; what it must speak of besides: see preamble_end."""
_NOUN: Final = re.compile(rf"\b(?:{_REPLY})\b", re.IGNORECASE)
_VERB: Final = re.compile(
    r"\b(?:say|send|reply|respond|write|answer|suggest|it|goes|go)\b", re.IGNORECASE
)
_CHINESE_PREAMBLE: Final = re.compile(
    r"^(?:好的[，,。！!]?)?(?:以下是|这是|这里是|您可以|你可以|可以这样)[^：:\n]{0,40}[：:]\s*|"
    r"^[^：:。\n]{0,20}(?:返信|返事|回复|답장)[^：:。\n]{0,12}[：:]\s*"
)
LABEL: Final = re.compile(
    r"""^[\s#*_>]*(?:\d\s*[.)]\s*)?(?:
        (?:(?:my|your|suggested|possible|short|final|draft|the)\s)?
        (?:me|you|reply|draft|message|response|answer|text|suggestion|follow-?up|summary|
           assistant|antwort|nachricht|entwurf|ich|réponse|moi|respuesta|mensaje|yo|
           risposta|messaggio|resposta|antwoord|svar)
        (?:\s\#?\d)?|option\s\#?\d
    )[*_]{0,2}\s?[:：][*_]{0,2}[ \t]*""",
    re.IGNORECASE | re.VERBOSE,
)
"""A label in front of a reply, with its markdown."""


def preamble_end(text: str) -> int:
    """Where an announcement at the beginning of a line ends; 0 without one.

    "Here is a reply:" is one wherever its colon stands; "you could say:" only where what it
    announces stands on a line of its own, or in quotation marks.
    """
    text = text.replace("’", "'")
    if found := _CHINESE_PREAMBLE.match(text):
        return found.end()
    found = _ANNOUNCEMENT.match(text)
    if found is None:
        return 0
    has_noun = _NOUN.search(found[0]) is not None
    rest = text[found.end() :].strip()
    stands_apart = not rest or rest[0] in '"“„«*'
    if found["shows"] and has_noun:
        return found.end()
    is_one = stands_apart and (has_noun or _VERB.search(found[0]) is not None)
    return found.end() if is_one else 0


def may_announce(text: str) -> bool:
    """Whether a line that begins so may turn out to be an announcement."""
    return _MAY_ANNOUNCE.match(text.replace("’", "'")) is not None
