"""Days that texts speak of by name: weekdays, months, "tomorrow", in a few languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_WEEKDAYS: Final = (
    "monday montag lundi lunes lunedì maandag måndag",
    "tuesday dienstag mardi martes martedì dinsdag tisdag",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag onsdag",
    "thursday donnerstag jeudi jueves giovedì donderdag torsdag",
    "friday freitag vendredi viernes venerdì vrijdag fredag",
    "saturday samstag sonnabend samedi sábado sabato zaterdag lördag",
    "sunday sonntag dimanche domingo domenica zondag söndag",
)
_MONTHS: Final = (
    "january januar janvier enero gennaio janeiro januari",
    "february februar février febrero febbraio fevereiro februari",
    "march märz mars marzo março maart",
    "april avril abril aprile",
    "mai mayo maggio maio mei maj",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august août agosto augustus augusti",
    "september septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember décembre diciembre dicembre dezembro",
)
"""Not "May": written small it is a verb; with a capital it is found as a name is."""
_ABOUT_NOW: Final = {
    "yesterday": "yesterday gestern ayer ieri ontem gisteren igår",
    "today": "today tonight tonite 2nite heute aujourd'hui hoy oggi hoje vandaag idag "
    "this-evening this-morning this-afternoon ce-soir ce-matin esta-noche esta-tarde "
    "stasera 今天 今日 今晚 오늘 اليوم сегодня",
    "tomorrow": "tomorrow tmrw tmr morgen demain mañana domani amanhã imorgon 明天 明日 "
    "내일 غدا завтра",
    "after tomorrow": "übermorgen après-demain pasado-mañana overmorgen",
    "noon": "noon midday mittags midi mediodía mezzogiorno",
    "midnight": "midnight mitternacht minuit medianoche mezzanotte",
    "weekend": "weekend wochenende week-end finde fin-de-semana",
}
"""By the day they mean; a hyphen stands for a blank too."""


def _keys() -> Iterator[tuple[str, str]]:
    for names in (*_WEEKDAYS, *_MONTHS):
        first, *others = names.split()
        for name in (first, *others):
            yield name, first
    for key, names in _ABOUT_NOW.items():
        for name in names.split():
            yield name, key


_KEY_OF: Final = dict(_keys())
_WORD: Final = re.compile(r"\w[\w'’]*")
_LONGEST_NAME: Final = max(name.count("-") for name in _KEY_OF) + 1
_WITHOUT_BLANKS: Final = re.compile(
    "|".join(name for name in _KEY_OF if ord(name[0]) > 0x3000)
)


def days_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Where a day is named, the words for it, and which day: equal in all languages."""
    for found in _WITHOUT_BLANKS.finditer(text):
        yield found.start(), found[0], _KEY_OF[found[0]]
    words = list(_WORD.finditer(text))
    for at, first in enumerate(words):
        for last in words[at : at + _LONGEST_NAME]:
            said = text[first.start() : last.end()]
            key = _key(said)
            if key is None:
                continue
            # "Guten Morgen" greets.
            if at == 0 or words[at - 1][0].casefold() != "guten":
                yield first.start(), said, key


def _key(said: str) -> str | None:
    name = "-".join(said.casefold().replace("’", "'").split())
    return _KEY_OF.get(name) or _KEY_OF.get(name.removesuffix("s"))
