"""Common asks in French, the most telling first."""

from __future__ import annotations

from typing import Final

from jarvis.assistant.language.intents.rules import rule

RULES: Final = (
    rule(
        "sad_news",
        r"est (?:mort|morte|décédée?)|enterrement|à l'hôpital|mauvaise nouvelle|"
        r"perdu mon (?:travail|boulot)|on s'est séparés?",
        (None, "Ça me fait de la peine"),
        (None, "Je pense à toi ❤️"),
        (None, "Je peux faire quelque chose ?"),
        is_ask=False,
    ),
    rule(
        "good_news",
        r"bonne nouvelle|j'ai (?:eu|réussi|décroché)|on a gagné|fiancés?|"
        r"j'ai été prise?|promue?",
        (None, "Félicitations ! 🎉"),
        (None, "C'est génial !"),
        (None, "Trop bien, bravo !"),
        is_ask=False,
    ),
    rule(
        "apology",
        r"désolée?|pardon|excuse[- ]moi|je m'excuse|en retard",
        (None, "Pas de souci !"),
        (None, "Ce n'est pas grave"),
        (None, "T'inquiète"),
        is_ask=False,
    ),
    rule(
        "call",
        r"appelle[- ]moi|(?:tu peux|peux-tu) m'appeler|on s'appelle|je peux t'appeler|"
        r"on peut se parler",
        ("yes", "Oui, je t'appelle"),
        ("maybe", "Un peu plus tard, d'accord ?"),
        ("no", "Là je ne peux pas"),
    ),
    rule(
        "where",
        r"t'es où|tu es où|où (?:es-tu|t'es|tu es|êtes-vous)|tu arrives|"
        r"(?:tu es|t'es) (?:là|arrivée?|chez toi)",
        ("yes", "J'arrive"),
        ("yes", "Je suis là"),
        ("maybe", "Un peu en retard, pardon"),
    ),
    rule(
        "choice",
        r"(?P<a>[\w'-]+) ou (?P<b>(?!pas|non|quoi)[\w'-]+)\s*\?",
        ("yes", "{a}"),
        ("other", "{b}"),
        ("maybe", "Comme tu veux"),
    ),
    rule(
        "how_are_you",
        r"ça va|comment (?:ça va|vas-tu|tu vas|allez-vous)|quoi de neuf|tu fais quoi",
        (None, "Ça va, et toi ?"),
        (None, "Très bien !"),
        (None, "Une petite fatigue, mais ça va"),
    ),
    rule(
        "when",
        r"(?:quand|à quelle heure|c'est quelle heure)[^?]*\?",
        ("maybe", "Je regarde et je te dis"),
        ("other", "Quand est-ce que ça t'arrange ?"),
        ("maybe", "Je ne sais pas encore"),
    ),
    rule(
        "invitation",
        r"(?:tu|vous) (?:viens|venez|veux|voulez|es dispo|êtes dispo|es libre)|ça te dit|"
        r"ça vous dit|on (?:se voit|y va|va|mange|sort)[^?]*\?|envie de|partante?",
        ("yes", "Avec plaisir !"),
        ("no", "Malheureusement je ne peux pas"),
        ("maybe", "Peut-être, je regarde"),
        ("yes", "Ça marche"),
    ),
    rule(
        "request",
        r"(?:tu peux|peux-tu|tu pourrais|pourrais-tu|pouvez-vous)|stp|svp|"
        r"s'il (?:te|vous) plaît|envoie[- ]moi|dis[- ]moi",
        ("yes", "Oui, bien sûr"),
        ("no", "Malheureusement je ne peux pas"),
        ("maybe", "Je vais voir"),
    ),
    rule(
        "yes_no",
        r"(?:est-ce que|t'as|tu as|tu es|t'es|c'est|il y a|vous avez|tu crois|tu sais|"
        r"as-tu|es-tu)[^?]*\?",
        ("yes", "Oui"),
        ("no", "Non"),
        ("maybe", "Je ne sais pas encore"),
    ),
    rule(
        "thanks",
        r"merci(?: beaucoup| bien)?",
        (None, "De rien !"),
        (None, "Avec plaisir"),
        (None, "Pas de quoi 😊"),
        is_ask=False,
    ),
    rule(
        "goodbye",
        r"bonne nuit|au revoir|à (?:bientôt|plus|demain|tout à l'heure)|bonne soirée|"
        r"bisous",
        (None, "À bientôt !"),
        (None, "Bises"),
        (None, "À plus"),
        is_ask=False,
    ),
    rule(
        "greeting",
        r"^\W*(?:salut|bonjour|bonsoir|coucou|hello|hey)",
        (None, "Salut ! Ça va ?"),
        (None, "Coucou !"),
        (None, "Salut, quoi de neuf ?"),
        is_ask=False,
    ),
)
