"""When things are said: bursts of messages, days apart, seldom at night."""

import random

from jarvis.demo.clock import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, hour_of_day

_BURST = 8
_NIGHT_ENDS_AT = 7
_PAUSES = 2_000


def span_ns(messages: int) -> int:
    """How far back a mailbox of that many messages reaches: 60 days to 10 years."""
    return min(3650, max(60, messages // 25)) * DAY_NS


def dates(rng: random.Random, count: int, *, last: int, span: int) -> list[int]:
    """count dates, oldest first, the newest at last, spread over about span.

    They come in bursts of eight on average, some seconds to minutes between two
    messages; a burst that would fall into the night moves to the evening before.
    """
    # Drawing each pause would take a tenth of the time of a large mailbox.
    pauses = [_pause(rng) for _ in range(min(count, _PAUSES))]
    burst_gap = span * _BURST / max(count, 1)
    found = []
    draw = rng.random
    date = last
    for _ in range(count):
        found.append(date)
        if draw() * _BURST < 1:
            date -= int(rng.expovariate(1 / burst_gap)) + 30 * MINUTE_NS
            if (hour := hour_of_day(date)) < _NIGHT_ENDS_AT:
                date -= (hour + 1) * HOUR_NS
        else:
            date -= pauses[int(draw() * len(pauses))]
    found.reverse()
    return found


def _pause(rng: random.Random) -> int:
    """Between two messages of a burst: half a minute in the middle, seldom an hour."""
    return int(rng.lognormvariate(3.6, 1.0) * SECOND_NS) + SECOND_NS
