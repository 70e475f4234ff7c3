"""Random small talk in several scripts, quick enough for a hundred thousand messages."""

import random
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import TypeVar

_T = TypeVar("_T")


def _phrases(text: str) -> tuple[str, ...]:
    """What stands between the bars, line breaks and runs of blanks made one blank."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


_OPENERS = _phrases(
    """
    hey|ok so|quick one:|just saw that|honestly|no worries|good news,|sorry, late:|btw
    |yes and|hm|wait|so|right,|morning!|well|fyi|funny:|same here,|not yet, but|also
    |one more thing:|thinking about it,|apparently|as far as I know|guess what:|true,
    """
)
_MIDDLES = _phrases(
    """
    the boiler man comes between nine and noon|I left the keys with the neighbour
    |we could take the early train|the cake turned out lopsided but fine
    |my phone was in the other coat|they moved the match to Sunday
    |the printer is out of ink again|I found your umbrella behind the door
    |the bakery closes at four today|we are ten minutes away
    |the forecast says rain after lunch|I can bring the folding chairs
    |the invoice has the wrong date on it|somebody parked in our spot
    |the plants look better already|she got the job
    |the film starts at quarter past|I still have your drill
    |the vet says it is nothing serious|we ran out of oat milk
    |I booked the small table by the window|the bus never came
    |the kids built a fort in the hall|I put the tickets in your inbox
    |the landlord finally answered|the dog learned to open the fridge
    |that recipe needs twice the garlic|the map app sent us the wrong way
    |I am at the station already|the lift is out of order
    |the paint needs one more coat|my sister says hello
    """
)
_ENDERS = _phrases(
    """
    , can you check?|, see you there|, as usual|. What do you think?|!|, I think|.
    |, thanks again|, call me when you can|... typical|, will tell you more tonight|.
    |, no rush|. Shall I wait?|, let me know|, so bring a jacket|. Can't wait!|
    """
)
_SHORT = _phrases(
    """
    ok|yes|no|sure|haha|on my way|thanks!|great|see you|why?|when?|maybe|not today|done
    |sounds good|call you later|good night|good morning|five minutes|love it|oh no|wow
    |all good|perfect|same|exactly|I wish|deal|next week?|at eight|home now
    """
)
_OTHER_SCRIPTS = (
    "明天早上八点在地铁站见",
    "蛋糕已经订好了，别忘了带蜡烛",
    "終電に間に合わないかも",
    "了解です、あとで電話しますね",
    "오늘 저녁에 비 온대 우산 챙겨",
    "지금 출발했어 십 분 뒤에 도착",
    "وصلت إلى البيت، شكراً على كل شيء",
    "هل نلتقي غداً بعد العمل؟",
    "אני בדרך, עוד רבע שעה",
    "אל תשכח להביא את המפתחות",
    "मैं पाँच मिनट में पहुँच रहा हूँ",
    "कल सुबह बात करते हैं",
    "Я уже в поезде, связь плохая",
    "Забери, пожалуйста, посылку",
    "Το τραπέζι είναι για τις εννιά",
    "ถึงบ้านแล้วนะ ฝันดี",
)
_EMOJI = (
    "😂", "😅", "👍", "❤️", "🎉", "🙏🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇳🇴", "🤷🏻‍♀️", "🥐", "🚲",
    "👨🏿‍🍳", "☔️", "🫠", "🇧🇷", "1️⃣", "🧑‍🚀",
)  # fmt: skip
_SHARE_LONG_SENT, _SHARE_LONG_RECEIVED = 0.23, 0.14


@cache
def _sentences() -> tuple[str, ...]:
    """Every sentence there is, about twelve thousand: one draw instead of three."""
    parts = product(_OPENERS, _MIDDLES, _ENDERS)
    return tuple(f"{opener} {middle}{ender}" for opener, middle, ender in parts)


class Texts:
    """Draws texts from one rng."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._draw = rng.random
        self._sentences = _sentences()

    def one_of(self, choices: Sequence[_T]) -> _T:
        """Any of a few; a third of the time that random.choice takes."""
        return choices[int(self._draw() * len(choices))]

    def plain(self, *, is_from_me: bool) -> str:
        """Anything people write: short, long, with emoji, in another script."""
        draw = self._draw
        if draw() < (_SHARE_LONG_SENT if is_from_me else _SHARE_LONG_RECEIVED):
            says = self.long()
        else:
            kind = draw()
            if kind < 0.1:
                says = self.one_of(_OTHER_SCRIPTS)
            elif kind < 0.45:
                says = self.one_of(_SHORT)
            else:
                says = self.sentence()
        return f"{says} {self.one_of(_EMOJI)}" if draw() < 0.15 else says

    def sentence(self) -> str:
        """One sentence of 20 to 90 characters."""
        return self.one_of(self._sentences)

    def long(self) -> str:
        """Several sentences, at least 128 bytes; seldom up to 3,500, hardly ever more."""
        draw = self._draw()
        size_bytes = 128 if draw < 0.9 else self.rng.randrange(400, 3_400)
        if draw > 0.9999:
            size_bytes = self.one_of((33_000, 70_000))
        said = [self.sentence()]
        length = len(said[0])
        while length < size_bytes:
            said.append(self.sentence())
            length += len(said[-1]) + 1
        return ("\n" if draw < 0.1 else " ").join(said)

    def short(self) -> str:
        """A word or two."""
        return self.one_of(_SHORT)

    def emoji(self) -> str:
        """One emoji, perhaps made of several code points."""
        return self.one_of(_EMOJI)

    def address(self) -> str:
        """A link."""
        page = self.one_of(("recipes", "maps", "news", "songs", "tickets"))
        return f"https://www.example.com/{page}/{self.rng.randrange(10_000)}"

    def code(self) -> str:
        """Six digits."""
        return f"{self.rng.randrange(10**6):06d}"
