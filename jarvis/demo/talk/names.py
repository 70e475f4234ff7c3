"""Given names: those the demo and the training use, those kept apart, invented ones."""

import random
from itertools import pairwise

GIVEN_NAMES: tuple[str, ...] = (
    "Abel",
    "Ada",
    "Adele",
    "Aisha",
    "Alba",
    "Albert",
    "Alina",
    "Amina",
    "Anders",
    "Andrea",
    "Anton",
    "Arlo",
    "Astrid",
    "Aurora",
    "Axel",
    "Bea",
    "Bilal",
    "Birgit",
    "Bjorn",
    "Blanca",
    "Bram",
    "Brigid",
    "Callum",
    "Camille",
    "Carlos",
    "Celeste",
    "Chiara",
    "Claire",
    "Clara",
    "Connor",
    "Cyrus",
    "Daphne",
    "David",
    "Delia",
    "Desmond",
    "Dina",
    "Dora",
    "Edgar",
    "Edith",
    "Eloise",
    "Elsa",
    "Emil",
    "Esme",
    "Esther",
    "Ethan",
    "Eva",
    "Farah",
    "Fergus",
    "Fiona",
    "Floyd",
    "Frances",
    "Frida",
    "Gavin",
    "Gemma",
    "George",
    "Gloria",
    "Greta",
    "Gus",
    "Hadi",
    "Hannah",
    "Harriet",
    "Hassan",
    "Hector",
    "Heidi",
    "Helen",
    "Henrik",
    "Ida",
    "Ilias",
    "Imani",
    "Ingrid",
    "Isaac",
    "Isla",
    "Ivy",
    "Jamal",
    "Jasper",
    "Jenna",
    "Joel",
    "Johanna",
    "Jorge",
    "Judith",
    "Julia",
    "Kamal",
    "Karim",
    "Karin",
    "Keiko",
    "Kenji",
    "Kira",
    "Klara",
    "Kwame",
    "Lars",
    "Laura",
    "Leila",
    "Leon",
    "Lina",
    "Linus",
    "Louisa",
    "Lucas",
    "Lydia",
    "Magda",
    "Malik",
    "Marcel",
    "Margot",
    "Maria",
    "Marta",
    "Mateo",
    "Matilda",
    "Maud",
    "Maxim",
    "Mei",
    "Mercy",
    "Mika",
    "Mira",
    "Miriam",
    "Mohan",
    "Nadia",
    "Naomi",
    "Nasir",
    "Neil",
    "Nico",
    "Nils",
    "Noor",
    "Odin",
    "Orla",
    "Osman",
    "Otto",
    "Pablo",
    "Paula",
    "Pedro",
    "Penny",
    "Philip",
    "Pia",
    "Rafael",
    "Rahul",
    "Ramona",
    "Rasmus",
    "Rebecca",
    "Reza",
    "Robin",
    "Rohan",
    "Ronja",
    "Rory",
    "Ruben",
    "Ruth",
    "Sabine",
    "Salma",
    "Samir",
    "Sandra",
    "Selma",
    "Sigrid",
    "Silvia",
    "Simon",
    "Sonja",
    "Stella",
    "Sunil",
    "Sven",
    "Tamar",
    "Tariq",
    "Thea",
    "Theresa",
    "Tilda",
    "Tomas",
    "Tove",
    "Valeria",
    "Vera",
    "Victor",
    "Vikram",
    "Viola",
    "Wanda",
    "Wei",
    "Wilma",
    "Yasmin",
    "Yusuf",
    "Zara",
    "Zelda",
)

HELD_OUT_NAMES: tuple[str, ...] = (
    "Aldous",
    "Benedetta",
    "Casimir",
    "Delphine",
    "Evander",
    "Fenella",
    "Gwendal",
    "Hyacinth",
    "Isadora",
    "Jovan",
    "Kestrel",
    "Leopold",
    "Mathilde",
    "Nerissa",
    "Oberon",
    "Philippa",
    "Quentin",
    "Rosalind",
    "Sebastian",
    "Tobias",
    "Ulrika",
    "Valentin",
    "Winifred",
    "Xenia",
    "Yolanda",
    "Zephyr",
)
"""Names that no training text holds; the judge writes its threads with them."""

HELD_OUT_WORDS: tuple[str, ...] = (
    "Amberley",
    "Bexhill",
    "Corvina",
    "Dunmore",
    "Elstow",
    "Farrago",
    "Gullane",
    "Hexham",
    "Inverlock",
    "Juxon",
    "Kirkwall",
    "Lomond",
    "Marrow",
    "Nethergate",
    "Oxbow",
    "Pelican",
    "Quayside",
    "Rookery",
    "Saltash",
    "Thornbury",
    "Umbria",
    "Vellum",
    "Wexcombe",
    "Yarrow",
)
"""What places and shows are called in the judge's threads, and in no training text."""

_OPENINGS = (
    "al",
    "an",
    "ar",
    "bel",
    "bri",
    "ca",
    "chen",
    "da",
    "del",
    "dri",
    "el",
    "fa",
    "fre",
    "ga",
    "gri",
    "ha",
    "hol",
    "il",
    "jo",
    "ka",
    "kel",
    "lu",
    "mal",
    "mi",
    "na",
    "no",
    "ol",
    "pe",
    "pri",
    "ra",
    "ri",
    "sha",
    "sil",
    "ta",
    "tho",
    "ul",
    "va",
    "vi",
    "wen",
    "ya",
    "zo",
)
_MIDDLES = ("", "", "", "la", "ri", "no", "ma", "shi", "do", "vi", "ke", "sa")
_ENDINGS = (
    "a",
    "an",
    "as",
    "bert",
    "da",
    "dan",
    "e",
    "el",
    "en",
    "ette",
    "ia",
    "ina",
    "is",
    "ko",
    "la",
    "len",
    "lin",
    "mo",
    "na",
    "ne",
    "o",
    "on",
    "ra",
    "ric",
    "sha",
    "to",
    "us",
    "va",
    "ya",
)
_VOWELS = "aeiou"
_CONSONANTS = "bcdfghjklmnpqrstvwxyz"


def syllable_name(rng: random.Random) -> str:
    """An invented name that sounds like one."""
    parts = rng.choice(_OPENINGS), rng.choice(_MIDDLES), rng.choice(_ENDINGS)
    return "".join(parts).capitalize()


def letter_name(rng: random.Random) -> str:
    """An invented name of three to eight letters, so that only copying gets it right."""
    turn = rng.randrange(2)
    letters = [
        rng.choice(_VOWELS if (index + turn) % 2 else _CONSONANTS)
        for index in range(rng.randint(3, 8))
    ]
    if rng.random() < 0.5:
        letters.insert(rng.randrange(len(letters)), rng.choice(_CONSONANTS))
    return "".join(letters).capitalize()


def chained_name(rng: random.Random) -> str:
    """An invented name whose letters follow each other as they do in given names."""
    while True:
        name = rng.choice(GIVEN_NAMES)[: rng.choice((1, 2))].lower()
        while len(name) < 10 and (letter := rng.choice(_FOLLOWERS[name[-1]])) != "$":
            name += letter
        if len(name) > 3:
            return name.capitalize()


def _followers() -> dict[str, str]:
    """For each letter, those that come after it in the given names, "$" for the end."""
    found: dict[str, str] = {}
    for name in GIVEN_NAMES:
        letters = f"{name.lower()}$"
        for letter, following in pairwise(letters):
            found[letter] = found.get(letter, "") + following
    return found


_FOLLOWERS = _followers()
_MAKERS = (syllable_name, letter_name, chained_name)


def invented_name(rng: random.Random) -> str:
    """A name from no list that is none of the held-out ones either."""
    while True:
        name = rng.choice(_MAKERS)(rng)
        if name not in HELD_OUT_NAMES and name not in HELD_OUT_WORDS:
            return name


def phone_number(rng: random.Random) -> str:
    """What stands for the name of somebody whom no contact card names."""
    return f"+{rng.randrange(10**10, 10 ** rng.choice((11, 12)))}"
