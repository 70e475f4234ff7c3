"""A month of mail, replayed: what prefetch of new mail would have saved, and wasted.

The rule: a draft takes WRITING_S to write. A conversation counts as opened OPENED_S before
the owner's next message in it, but not before the message that it answers came; from then
on the owner would wait for a draft. A draft helps when nothing more came in that
conversation after it was begun, and the answer came within half an hour. One that was begun
and did not help is wasted. What is learned is learned from the mail before each message.

Months: the busiest of each owner of the chitchat set, of whom only those whose id begins
with 0 to 7 are looked at (people who hardly know each other, who answer each other within
seconds), and a made-up one of people who answer within minutes or hours, by habits.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fixtures.chitchat import installed_dataset, read_dataset
from jarvis.daemon.prefetch.past import ANSWERED_S, Past
from jarvis.errors import JarvisError

WRITING_S: Final = 2.0
OPENED_S: Final = 15.0
MONTH_S: Final = 30 * 86_400.0
OWNERS: Final = ("31267496", "549cc1d1", "720840be", "0f9fe1f8", "60576dcf")


class Mail(NamedTuple):
    """A message: when, in which conversation, of whom."""

    at_s: float
    chat: str
    is_from_me: bool

    @property
    def hour(self) -> int:
        """Of the day, where it was written."""
        return datetime.fromtimestamp(self.at_s, UTC).hour


class Outcome(NamedTuple):
    """What a way of prefetching did in a month."""

    made: int = 0
    used: int = 0
    saved_s: float = 0.0

    @property
    def wasted(self) -> int:
        """Drafts that nobody opened."""
        return self.made - self.used


Begin = Callable[[Mail, Mail | None], float | None]
"""When to begin a draft for a message, knowing (the oracle alone) what comes next; null:
not at all. Called for each message in its order, the user's own too."""


def replayed(mail: Sequence[Mail], begins_s: float, begin: Begin) -> Outcome:
    """What becomes of drafts of the messages from `begins_s` on."""
    following = _next_of_each(mail)
    made, used, saved_s = 0, 0, 0.0
    for message, after in zip(mail, following, strict=True):
        at_s = begin(message, after)
        if at_s is None or message.is_from_me or message.at_s < begins_s:
            continue
        opened_s = _opened_s(message, after)
        if after is not None and min(after.at_s, opened_s or after.at_s) < at_s:
            continue  # more came, or it was opened, before it was begun
        made += 1
        if opened_s is not None:
            used += 1
            saved_s += min(WRITING_S, opened_s - at_s)
    return Outcome(made, used, saved_s)


def _opened_s(message: Mail, after: Mail | None) -> float | None:
    """When the conversation was opened to answer a message; None: that was not done."""
    if after is None or not after.is_from_me or after.at_s - message.at_s > ANSWERED_S:
        return None
    return max(message.at_s, after.at_s - OPENED_S)


def _next_of_each(mail: Sequence[Mail]) -> list[Mail | None]:
    following: list[Mail | None] = []
    newest: dict[str, Mail] = {}
    for message in reversed(mail):
        following.append(newest.get(message.chat))
        newest[message.chat] = message
    return following[::-1]


def by_the_past() -> Begin:
    """As Jarvis does."""
    past = Past()

    def begin(message: Mail, _: Mail | None) -> float | None:
        at_s, hour = message.at_s, message.hour
        past.note(message.chat, at_s, hour, is_from_me=message.is_from_me)
        quiet_s = past.quiet_before(message.chat, at_s, hour)
        return None if quiet_s is None else at_s + quiet_s

    return begin


def whenever_active(message: Mail, _: Mail | None) -> float | None:
    """Every conversation that was active within 30 minutes: its newest mail makes it so."""
    return message.at_s


def knowing_the_future(message: Mail, after: Mail | None) -> float | None:
    """Only what will be answered next."""
    return message.at_s if _opened_s(message, after) is not None else None


def never(_message: Mail, _after: Mail | None) -> float | None:
    """No prefetch."""
    return None


def print_months() -> None:
    """A table of each month, and what Jarvis's way is worth of the others'."""
    print(__doc__)
    ways: dict[str, Callable[[], Begin]] = {
        "none": lambda: never,
        "active within 30 minutes": lambda: whenever_active,
        "by the past": by_the_past,
        "oracle": lambda: knowing_the_future,
    }
    print(
        f"  {'':40} {'made':>7} {'used':>7} {'hit rate':>9} {'wasted':>7} {'saved s':>8}"
    )
    for name, mail, begins_s in months():
        outcomes = {way: replayed(mail, begins_s, make()) for way, make in ways.items()}
        for way, outcome in outcomes.items():
            rate = f"{outcome.used / outcome.made:.0%}" if outcome.made else "-"
            print(
                f"  {name + ', ' + way:40} {outcome.made:7} {outcome.used:7} {rate:>9} "
                f"{outcome.wasted:7} {outcome.saved_s:8.0f}"
            )
        ours, oracle = outcomes["by the past"], outcomes["oracle"]
        before = outcomes["active within 30 minutes"]
        print(
            f"  {'':10} saves {ours.saved_s / max(oracle.saved_s, 1e-9):.0%} of what the "
            f"oracle does (goal: half), wastes {ours.wasted / max(before.wasted, 1):.0%} "
            "of what the earlier rule does (goal: a third)"
        )


def months() -> Iterator[tuple[str, list[Mail], float]]:
    """Each month with the mail before it: its name, all of the mail, when it begins."""
    yield "made up", made_up_mail(), 60 * 86_400.0
    try:
        conversations = read_dataset(installed_dataset())
    except JarvisError as missing:
        print(f"  no real conversation: {missing}")
        return
    for owner in OWNERS:
        mail = []
        for conversation in conversations:
            people = conversation.people()
            me = next((each for each in people if each.startswith(owner)), None)
            if me is None:
                continue
            (other,) = people - {me}
            mail += [
                Mail(line.timestamp.timestamp(), other, line.sender == me)
                for line in conversation.lines()
            ]
        mail.sort()
        times = [message.at_s for message in mail]
        begins_s = max(
            times, key=lambda at_s: bisect(times, at_s + MONTH_S) - bisect(times, at_s)
        )
        yield (
            owner,
            [each for each in mail if each.at_s <= begins_s + MONTH_S],
            begins_s,
        )


def made_up_mail(days: int = 90) -> list[Mail]:
    """People with habits: how many pieces they write in, at which hours, and how soon and
    how surely the owner answers each; the last 30 days are the month."""
    chance = random.Random(7)
    mail: list[Mail] = []
    for number in range(30):
        a_day = chance.choice([0.2, 0.5, 1, 2, 4])
        answered = chance.choice([0.05, 0.3, 0.6, 0.9])
        pieces, delay_s = chance.choice([1, 1, 2, 4]), chance.choice([40, 300, 3000])
        for day in range(days):
            for _ in range(_poisson(chance, a_day)):
                at_s = day * 86_400 + chance.gauss(15, 4) % 24 * 3600
                for _ in range(1 + _poisson(chance, pieces - 1)):
                    mail.append(Mail(at_s, f"person {number}", is_from_me=False))
                    at_s += 2 + chance.expovariate(1 / 8)
                is_night = not 7 <= at_s // 3600 % 24 <= 23
                if chance.random() < answered * (0.1 if is_night else 1):
                    at_s += 5 + chance.expovariate(1 / delay_s)
                    mail.append(Mail(at_s, f"person {number}", is_from_me=True))
    return sorted(mail)


def _poisson(chance: random.Random, mean: float) -> int:
    """How often something happens that happens so often on average."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + chance.expovariate(1.0)
    return count
