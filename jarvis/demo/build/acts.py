"""What people do in a chat besides writing plain words, how often, and how."""

import random
from collections.abc import Callable, Iterator

from jarvis.demo.build.happenings import happen
from jarvis.demo.build.scribe import Scribe
from jarvis.demo.clock import DAY_NS
from jarvis.demo.mailbox.compose import apps, changes, files, reactions
from jarvis.demo.mailbox.compose import words as say
from jarvis.demo.mailbox.mailbox import Place
from jarvis.demo.typedstream import mention, utf16_length, words

RATES: dict[str, float] = {
    "tapback": 0.054,
    "untapback": 0.006,
    "file": 0.048,
    "reply": 0.04,
    "url": 0.03,
    "edited": 0.01,
    "event": 0.008,
    "mention": 0.005,
    "app": 0.005,
    "voice_memo": 0.005,
    "effect": 0.004,
    "unsent": 0.003,
    "sticker": 0.002,
    "loose_sticker": 0.001,
    "poll": 0.001,
    "failed": 0.001,
    "partly_unsent": 0.0005,
    "scheduled": 0.0002,
    "expired": 0.0002,
    "url_twice": 0.0002,
}
"""Shares of all rows; the rest is plain text. Tapbacks and files were counted on real
machines by people who published it, the rest is a choice."""

_FIRST_PROFILE = {"poll": 26, "scheduled": 15}
_ROWS = {"poll": 3, "url_twice": 2}
_ROWS_WITH_EVERYTHING = 250


def deck(rng: random.Random, rows: int, profile: int) -> list[str]:
    """Acts that make rows rows, shuffled; in larger mailboxes each occurs twice or more."""
    least = 2 if rows >= _ROWS_WITH_EVERYTHING else 0
    acts: list[str] = []
    for act, rate in RATES.items():
        if profile >= _FIRST_PROFILE.get(act, 0):
            acts += [act] * max(least, round(rate * rows))
    used = sum(_ROWS.get(act, 1) for act in acts)
    acts += ["text"] * (rows - used)
    rng.shuffle(acts)
    return acts


def _text(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    scribe.text(place)


def _mention(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    other = scribe.somebody()
    card = scribe.box.contacts.get(other.address)
    name = card.short if card else other.address
    rest = f" {scribe.texts.sentence()}"
    runs = [mention(name, other.address), words(rest)]
    scribe.remember(say.text(scribe.box, place, name + rest, parts=runs))


def _effect(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    effect = scribe.rng.choice(("impact", "loud", "gentle", "invisibleink"))
    style = f"com.apple.MobileSMS.expressivesend.{effect}"
    scribe.text(place).columns = {"expressive_send_style_id": style}


def _reply(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    if to := scribe.earlier(place):
        scribe.remember(say.reply(scribe.box, place, scribe.texts.sentence(), to))
    else:
        scribe.text(place)


def _tapback(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    if not (to := scribe.earlier(place)):
        scribe.text(place)
        return
    kind = _tapback_kind(scribe)
    form: reactions.TargetForm = "part"
    scribe.box.happened["tapback"] += 1
    number = scribe.box.happened["tapback"]
    if number % 50 == 7:  # 2 %
        form = "bare"
    elif to.kind in ("url", "app", "poll") or number % 40 == 3:  # 5 % together
        form = "balloon"
    emoji = scribe.texts.emoji() if kind == "emoji" else None
    reactions.tapback(scribe.box, place, to, kind, emoji=emoji, form=form)


def _tapback_kind(scribe: Scribe) -> reactions.Tapback:
    """Emoji and stickers as tapbacks came with macOS 15."""
    kinds = tuple(reactions.TAPBACKS)
    return scribe.texts.one_of(kinds if scribe.box.profile >= 15 else kinds[:6])


def _untapback(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    if to := scribe.earlier(place):
        added = (to.date + place.date) // 2
        kind = _tapback_kind(scribe)
        reactions.removed_tapback(scribe.box, place, to, kind, added=added)
    else:
        scribe.text(place)


def _sticker(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    if to := scribe.earlier(place):
        reactions.sticker_on(scribe.box, place, to)
    else:
        scribe.text(place)


def _loose_sticker(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    scribe.remember(files.loose_sticker(scribe.box, place))


def _file(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    rng = scribe.rng
    weights = {"photo": 60, "picture": 15, "video": 10, "pdf": 6, "card": 3, "place": 3}
    names: list[files.FileType] = [*files.FORMATS]
    file_type = rng.choices(names, [weights.get(name, 3) for name in names])[0]
    several = file_type in ("photo", "picture", "video") and rng.random() < 0.1
    count = rng.randint(2, 5) if several else 1
    says = scribe.texts.sentence() if rng.random() < 0.3 else ""
    scribe.remember(
        files.attached(scribe.box, place, file_type, count=count, says=says)
    )


def _voice_memo(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    heard = scribe.texts.sentence() if scribe.rng.random() < 0.5 else ""
    scribe.remember(files.voice_memo(scribe.box, place, heard))


def _url(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    scribe.remember(say.url(scribe.box, place, scribe.texts.address()))


def _url_twice(scribe: Scribe, place: Place, dates: Iterator[int]) -> None:
    if next(dates, None) is None:
        scribe.text(place)
    else:
        say.url_written_twice(scribe.box, place, scribe.texts.address())


def _edited(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    draw = scribe.rng.random()
    scribe.remember(
        changes.edited(
            scribe.box,
            place,
            scribe.texts.sentence(),
            scribe.texts.sentence(),
            keeps_body=draw > 0.05,
            keeps_date=draw < 0.95,
        )
    )


def _unsent(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    changes.unsent(scribe.box, place, utf16_length(scribe.texts.sentence()))


def _partly_unsent(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    kept, taken = scribe.texts.sentence(), scribe.texts.short()
    changes.partly_unsent(scribe.box, place, kept, taken)


def _expired(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    changes.expired(scribe.box, place)


def _app(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    kinds: tuple[apps.AppType, ...] = (
        "game",
        "pay",
        "handwriting",
        "touch",
        "check_in",
        "location",
    )
    scribe.remember(apps.app(scribe.box, place, scribe.rng.choice(kinds)))


def _poll(scribe: Scribe, place: Place, dates: Iterator[int]) -> None:
    if (asked_at := next(dates, None)) is None:
        scribe.text(place)
        return
    asked = place._replace(date=asked_at)
    poll, _ = apps.poll(scribe.box, place, "Which evening suits everybody?", asked)
    if voted_at := next(dates, None):
        reactions.vote(
            scribe.box, Place(scribe.chat, scribe.somebody(), voted_at), poll
        )


def _failed(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    own = place._replace(sender=None)
    say.failed(scribe.box, own, scribe.texts.sentence())


def _scheduled(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    in_days = scribe.rng.randint(1, 13)
    later = place._replace(sender=None, date=scribe.box.now + in_days * DAY_NS)
    say.scheduled(scribe.box, later, scribe.texts.sentence())


def _event(scribe: Scribe, place: Place, _: Iterator[int]) -> None:
    happen(scribe, place)


ACTS: dict[str, Callable[[Scribe, Place, Iterator[int]], None]] = {
    "text": _text,
    "mention": _mention,
    "effect": _effect,
    "reply": _reply,
    "tapback": _tapback,
    "untapback": _untapback,
    "sticker": _sticker,
    "loose_sticker": _loose_sticker,
    "file": _file,
    "voice_memo": _voice_memo,
    "url": _url,
    "url_twice": _url_twice,
    "edited": _edited,
    "unsent": _unsent,
    "partly_unsent": _partly_unsent,
    "expired": _expired,
    "app": _app,
    "poll": _poll,
    "failed": _failed,
    "scheduled": _scheduled,
    "event": _event,
}
"""How each act is done. An act may take further dates, and falls back to plain words
where it has no place."""
