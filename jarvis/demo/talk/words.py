"""The word lists behind the slots: places, days, things; every one of them made up."""

from collections.abc import Mapping

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
DAYS = (
    *WEEKDAYS,
    *WEEKDAYS,
    "today",
    "tonight",
    "tomorrow",
    "tomorrow",
    "tomorrow evening",
    "this weekend",
    "next week",
    "Friday night",
    "Saturday morning",
    "Sunday afternoon",
    "Thursday evening",
)
MINUTES_PAST = ("00", "05", "10", "15", "20", "25", "30", "30", "35", "40", "45", "50")
CURRENCIES = ("$", "$", "£", "€")
MEALS = ("dinner", "lunch", "brunch", "breakfast", "coffee", "drinks", "a snack")
RESTAURANTS = (
    "Copper Kettle", "The Lemon Tree", "Harbor Grill", "Pepper & Thyme", "Nonna Pia",
    "the dumpling place", "Tin Roof", "the new tapas bar", "Lantern House", "Rosa's",
    "the falafel stand", "Old Mill", "Juniper", "the curry house", "Little Hanoi",
)  # fmt: skip
PLACE_SHAPES = (
    "{0}",
    "{0}",
    "Cafe {0}",
    "{0} Bar",
    "the {1} place",
    "{0}'s",
    "{0} Grill",
)
SPOTS = (
    "the fountain", "the north gate", "the library", "the corner cafe", "the bus stop",
    "the pier", "the market", "the ticket desk", "the car park", "platform two",
    "the bridge", "the bakery", "the museum steps", "the playground",
)  # fmt: skip
SPOT_SHAPES = ("{0} Park", "{0} Station", "{0} Square", "the {0} statue", "{0} Library")
SHOPS = (
    "the corner shop",
    "the farm shop",
    "the market",
    "the supermarket",
    "GreenWay",
)
SHOP_SHAPES = ("{0}", "{0} Market", "{0}'s", "the {1} shop")
CITIES = (
    "Lyon", "Oslo", "Porto", "Ghent", "Leeds", "Bergen", "Turin", "Vienna", "Montreal",
    "Savannah", "Tucson", "Kyoto", "Galway", "Seville", "Tallinn", "Quito",
)  # fmt: skip
STREETS = ("Mill Lane", "Elm Street", "Station Road", "Garden Row", "Hill Street")
STREET_SHAPES = ("{0} Street", "{0} Road", "{0} Lane", "{0} Avenue")
SHOWS = (
    "The Glass Ferry", "Winter Harvest", "Twelve Doors", "Salt and Signal",
    "The Lighthouse Club", "Paper Kings", "A Minor Storm", "Brass Meadow",
)  # fmt: skip
SHOW_SHAPES = ("{0}", "The {0}", "{0} Rising", "Return to {0}")
TEAMS = ("the Otters", "the Comets", "the Harriers", "Rovers", "the Badgers", "United")
KIDS = ("the kids", "the twins", "the girls", "the boys")
RELATIVES = (
    "Grandma",
    "Grandpa",
    "Mum",
    "Dad",
    "Aunt Hedda",
    "Uncle Piet",
    "Cousin Ole",
)
ITEMS = (
    "oat milk", "eggs", "flour", "lemons", "butter", "tea bags", "carrots", "spinach",
    "toothpaste", "batteries", "bin bags", "cat food", "rice", "potatoes", "bread",
    "onions", "yoghurt", "sugar", "apples", "coffee", "tomatoes", "cheese",
)  # fmt: skip
THINGS = (
    "scarf", "umbrella", "power bank", "rain coat", "notebook", "drill", "tent",
    "ladder", "sunglasses", "backpack", "charger", "camera", "blender", "sleeping bag",
    "bike pump", "suitcase", "guitar", "cake tin", "gloves", "headphones",
)  # fmt: skip
DOCUMENTS = (
    "slides", "budget", "contract", "report", "press note", "cover letter", "invoice",
    "floor plan", "test plan", "grant proposal", "newsletter", "poster", "minutes",
)  # fmt: skip
EVENTS = (
    "the wedding", "the regatta", "the school play", "the reunion", "the barbecue",
    "the hike", "the street party", "the recital", "the picnic", "the fair",
    "the boat trip", "the marathon",
)  # fmt: skip
SPORTS = (
    "a run", "a swim", "badminton", "climbing", "a bike ride", "table tennis", "yoga",
    "a long walk", "squash", "bowling",
)  # fmt: skip
PETS = ("the cat", "the dog", "the rabbits", "the fish", "the parrot", "the hens")
FOODS = (
    "pancakes", "lentil soup", "apple cake", "dumplings", "mushroom risotto", "pickles",
    "banana bread", "fish stew", "waffles", "potato salad", "ginger biscuits", "hummus",
)  # fmt: skip
DISHES = (
    "a salad", "dessert", "ice", "juice", "paper plates", "bread rolls", "a cheese board",
    "crisps", "a fruit bowl", "candles", "lemonade", "a quiche",
)  # fmt: skip
PRESENTS = (
    "a kite", "a cookbook", "a puzzle", "a teapot", "a scarf", "concert tickets",
    "a houseplant", "a board game", "a lamp", "a watercolour set",
)  # fmt: skip
ILLNESSES = (
    "a cold",
    "the flu",
    "a fever",
    "a migraine",
    "a bad cough",
    "a sore throat",
)
DOCTORS = ("dentist", "doctor", "eye doctor", "physio", "vet", "hairdresser")
FAVOURS = (
    "the ride", "your help", "the flowers", "the soup", "watering the plants",
    "the lovely evening", "the books", "listening", "the cake", "fixing the bike",
)  # fmt: skip
WEATHER = ("rain", "snow", "a storm", "thunder", "a heat wave", "strong wind", "fog")
BROKEN = (
    "wifi", "printer", "boiler", "washing machine", "fridge", "dishwasher", "laptop",
    "doorbell", "oven", "heating",
)  # fmt: skip
SUBJECTS = ("maths", "history", "biology", "French", "chemistry", "geography", "music")
GOOD_NEWS: Mapping[str, str] = {
    "passed my exam": "passed an exam",
    "got the job": "got the job",
    "got the flat": "got the flat",
    "won the quiz": "won the quiz",
    "finished my thesis": "finished a thesis",
    "got my licence": "got a driving licence",
    "got promoted": "got promoted",
    "sold the car": "sold the car",
    "ran my first ten km": "ran a first ten km",
}
SAD_NEWS: Mapping[str, str] = {
    "didn't get the job": "did not get the job",
    "failed the driving test": "failed the driving test",
    "lost my wallet": "lost a wallet",
    "broke my wrist": "broke a wrist",
    "missed the last train": "missed the last train",
    "crashed the bike": "crashed the bike",
    "have to move out": "had to move out",
}
