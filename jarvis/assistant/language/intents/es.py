"""Common asks in Spanish, the most telling first."""

from __future__ import annotations

from typing import Final

from jarvis.assistant.language.intents.rules import rule

RULES: Final = (
    rule(
        "sad_news",
        r"falleció|ha muerto|murió|funeral|en el hospital|mala noticia|malas noticias|"
        r"perdí (?:el|mi) trabajo|lo dejamos",
        (None, "Lo siento mucho"),
        (None, "Pienso en ti ❤️"),
        (None, "¿Puedo hacer algo?"),
        is_ask=False,
    ),
    rule(
        "good_news",
        r"buena noticia|buenas noticias|(?:conseguí|me dieron) el trabajo|aprobé|ganamos|"
        r"me ascendieron|nos casamos",
        (None, "¡Felicidades! 🎉"),
        (None, "¡Qué bien!"),
        (None, "¡Me alegro mucho!"),
        is_ask=False,
    ),
    rule(
        "apology",
        r"lo siento|perdón|perdona|disculpa|llego tarde|voy tarde",
        (None, "¡No pasa nada!"),
        (None, "Todo bien"),
        (None, "No te preocupes"),
        is_ask=False,
    ),
    rule(
        "call",
        r"llámame|me llamas|puedes llamarme|podemos hablar|te puedo llamar",
        ("yes", "Sí, te llamo ahora"),
        ("maybe", "Un poco más tarde, ¿vale?"),
        ("no", "Ahora no puedo, lo siento"),
    ),
    rule(
        "where",
        r"dónde (?:estás|andas|están)|(?:ya )?(?:estás|llegaste) (?:ahí|aquí|en casa)|"
        r"por dónde vas|te falta mucho",
        ("yes", "Voy en camino"),
        ("yes", "Ya estoy aquí"),
        ("maybe", "Llego un poco tarde"),
    ),
    rule(
        "choice",
        r"(?P<a>[\w'-]+) o (?P<b>(?!no|qué)[\w'-]+)\s*\?",
        ("yes", "{a}"),
        ("other", "{b}"),
        ("maybe", "Me da igual"),
    ),
    rule(
        "how_are_you",
        r"cómo (?:estás|andas|vas|te va|están)|qué tal|todo bien\s*\?|qué haces",
        (None, "Bien, ¿y tú?"),
        (None, "¡Todo bien!"),
        (None, "Con algo de sueño, pero bien"),
    ),
    rule(
        "when",
        r"(?:cuándo|a qué hora)[^?]*\?",
        ("maybe", "Lo miro y te digo"),
        ("other", "¿Cuándo te viene bien?"),
        ("maybe", "Aún no lo sé"),
    ),
    rule(
        "invitation",
        r"(?:te )?(?:vienes|apuntas|apetece)|quieres|vienes|quedamos|vamos a|estás libre|"
        r"tienes (?:tiempo|plan|planes)|nos vemos[^?]*\?",
        ("yes", "¡Me apunto!"),
        ("no", "Lo siento, no puedo"),
        ("maybe", "A lo mejor, lo miro"),
        ("yes", "Vale"),
    ),
    rule(
        "request",
        r"puedes|podrías|por favor|porfa|mándame|envíame|dime|avísame",
        ("yes", "Claro, sin problema"),
        ("no", "Lo siento, no puedo"),
        ("maybe", "Déjame ver"),
    ),
    rule(
        "yes_no",
        r"(?:tienes|estás|es|está|hay|sabes|has|crees|fuiste|vas|va|era|son|necesitas)\s[^?]*\?",
        ("yes", "Sí"),
        ("no", "No"),
        ("maybe", "Aún no lo sé"),
    ),
    rule(
        "thanks",
        r"(?:muchas )?gracias",
        (None, "¡De nada!"),
        (None, "No hay de qué"),
        (None, "Un placer 😊"),
        is_ask=False,
    ),
    rule(
        "goodbye",
        r"buenas noches|adiós|hasta (?:luego|mañana|pronto)|nos vemos|chao",
        (None, "¡Hasta luego!"),
        (None, "Cuídate"),
        (None, "Nos vemos"),
        is_ask=False,
    ),
    rule(
        "greeting",
        r"^\W*(?:hola|buenos días|buenas(?: tardes)?|hey)",
        (None, "¡Hola! ¿Qué tal?"),
        (None, "¡Hola!"),
        (None, "Hola, ¿cómo estás?"),
        is_ask=False,
    ),
)
