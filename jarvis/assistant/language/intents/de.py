"""Common asks in German, the most telling first."""

from __future__ import annotations

from typing import Final

from jarvis.assistant.language.intents.rules import rule

RULES: Final = (
    rule(
        "sad_news",
        r"gestorben|verstorben|beerdigung|im krankenhaus|schlechte nachrichten?|"
        r"(?:job|stelle) verloren|getrennt|durchgefallen",
        (None, "Das tut mir so leid"),
        (None, "Ich denke an dich ❤️"),
        (None, "Kann ich etwas tun?"),
        is_ask=False,
    ),
    rule(
        "good_news",
        r"gute nachrichten?|(?:job|stelle) bekommen|bestanden|gewonnen|verlobt|geschafft|"
        r"befördert",
        (None, "Herzlichen Glückwunsch! 🎉"),
        (None, "Wie schön!"),
        (None, "Freut mich sehr für dich"),
        is_ask=False,
    ),
    rule(
        "apology",
        r"tut mir (?:so |echt |wirklich )?leid|sorry|entschuldig\w*|verzeih\w*|"
        r"komme (?:etwas |ein bisschen )?später|verspäte mich",
        (None, "Kein Problem!"),
        (None, "Alles gut"),
        (None, "Macht nichts"),
        is_ask=False,
    ),
    rule(
        "call",
        r"ruf (?:mich )?(?:mal |bitte )?an|kannst du (?:mich )?(?:kurz )?anrufen|"
        r"können wir (?:kurz )?telefonieren|zeit zum telefonieren",
        ("yes", "Klar, ich rufe gleich an"),
        ("maybe", "Etwas später, okay?"),
        ("no", "Geht gerade leider nicht"),
    ),
    rule(
        "where",
        r"wo (?:bist|steckst|bleibst) du|wo seid ihr|wie weit bist du|"
        r"bist du (?:schon )?(?:da|zuhause|zu hause|unterwegs)",
        ("yes", "Bin unterwegs"),
        ("yes", "Bin da"),
        ("maybe", "Bin etwas spät dran"),
    ),
    rule(
        "choice",
        r"(?P<a>[\w'-]+) oder (?P<b>(?!nicht|so|was)[\w'-]+)\s*\?",
        ("yes", "{a}"),
        ("other", "{b}"),
        ("maybe", "Mir ist beides recht"),
    ),
    rule(
        "how_are_you",
        r"wie geht(?:'s|s| es)|alles (?:gut|klar|ok)(?: bei \w+)?\s*\?|was machst du|"
        r"wie läuft(?:'s|s| es)|was geht",
        (None, "Gut, und dir?"),
        (None, "Alles gut!"),
        (None, "Bisschen müde, aber gut"),
    ),
    rule(
        "when",
        r"(?:wann|um wie viel uhr|wie spät)[^?]*\?",
        ("maybe", "Ich schau mal und sag Bescheid"),
        ("other", "Wann passt es dir?"),
        ("maybe", "Weiß noch nicht"),
    ),
    rule(
        "invitation",
        r"hast du (?:\w+ )*(?:lust|zeit)|habt ihr (?:\w+ )*(?:lust|zeit)|lust (?:auf|zu)|"
        r"kommst du|kommt ihr|magst du|willst du|wollen wir|sollen wir|bist du dabei|"
        r"kommst mit|wie wär'?s",
        ("yes", "Gerne!"),
        ("no", "Kann leider nicht"),
        ("maybe", "Vielleicht, ich schau mal"),
        ("yes", "Bin dabei"),
    ),
    rule(
        "request",
        r"kannst du|könntest du|könnt ihr|würdest du|bitte|schick mir|"
        r"sag (?:mir )?bescheid|denk dran",
        ("yes", "Klar, mach ich"),
        ("no", "Geht leider nicht"),
        ("maybe", "Ich schau mal"),
    ),
    rule(
        "yes_no",
        r"(?:bist|hast|ist|sind|seid|habt|war|waren|kann|können|soll|sollen|darf|wird|willst|"
        r"weißt|geht|passt|stimmt|brauchst|gibt|hat|haben|machst|gehst)\s[^?]*\?",
        ("yes", "Ja"),
        ("no", "Nein"),
        ("maybe", "Weiß noch nicht"),
    ),
    rule(
        "thanks",
        r"danke\w*|vielen dank|merci|dankeschön",
        (None, "Gerne!"),
        (None, "Kein Problem"),
        (None, "Gern geschehen 😊"),
        is_ask=False,
    ),
    rule(
        "goodbye",
        r"gute nacht|schlaf gut|tschüss|tschau|bis (?:dann|bald|später|morgen)|ciao",
        (None, "Bis dann!"),
        (None, "Mach's gut"),
        (None, "Bis bald"),
        is_ask=False,
    ),
    rule(
        "greeting",
        r"^\W*(?:hi|hey+|hallo|guten (?:morgen|tag|abend)|moin|servus|na)",
        (None, "Hey! Wie geht's?"),
        (None, "Hallo!"),
        (None, "Hey, was gibt's?"),
        is_ask=False,
    ),
)
