"""Scenarios of rows: late, out of order, changed, gone, or from long ago."""

from datetime import timedelta

from jarvis.demo.scenarios.stage import Stage

_BURST = 200
_BURST_RATE_PER_S = 200
_HISTORY = 1_000


def burst(stage: Stage) -> None:
    """Two hundred messages within a second, a commit each."""
    for number in range(_BURST):
        written = stage.writer.whole(stage.chat, f"Again: {number}")
        stage.new(stage.chat, written)
        stage.wait(1 / _BURST_RATE_PER_S)


def late_join(stage: Stage) -> None:
    """The link to the chat comes five seconds after the row and its text."""
    _late_join(stage, 5)


def late_join_5_min(stage: Stage) -> None:
    """The link to the chat comes five minutes after the row and its text."""
    _late_join(stage, 300)


def _late_join(stage: Stage, seconds: float) -> None:
    written = stage.writer.begin(stage.chat)
    stage.writer.say(written, "Still on the road")
    stage.wait(seconds)
    stage.writer.link(stage.chat, written)
    stage.new(stage.chat, written)


def late_text(stage: Stage) -> None:
    """The words come two seconds after the row and its link."""
    written = stage.writer.begin(stage.chat)
    stage.writer.link(stage.chat, written)
    stage.wait(2)
    stage.writer.say(written, "Here are the words")
    stage.new(stage.chat, written)


def late_photo(stage: Stage) -> None:
    """A picture's file joins three seconds after its message, which is told then."""
    written = stage.writer.photo(stage.chat, wait=stage.wait)
    stage.new(stage.chat, written)


def reordered_joins(stage: Stage) -> None:
    """Three rows are linked in the opposite order."""
    rows = [stage.writer.begin(stage.chat) for _ in range(3)]
    for number, written in enumerate(rows):
        stage.writer.say(written, f"Number {number}")
    for written in reversed(rows):
        stage.writer.link(stage.chat, written)
        stage.new(stage.chat, written)
        stage.wait(0.2)


def edit_and_unsend(stage: Stage) -> None:
    """A message is edited after half a minute, and taken back after another."""
    written = stage.writer.incoming(stage.chat, "See you at eigth")
    stage.new(stage.chat, written)
    stage.wait(30)
    stage.writer.edit(written, "See you at eight")
    stage.updated(stage.chat, written, "edited")
    stage.wait(30)
    stage.writer.unsend(written)
    stage.updated(stage.chat, written, "unsent")


def tapback_add_and_remove(stage: Stage) -> None:
    """A reaction comes, and goes with the row that brought it."""
    written = stage.writer.incoming(stage.chat, "I got the job")
    stage.new(stage.chat, written)
    stage.wait(2)
    added = stage.writer.tapback(stage.chat, written, kind="laugh", is_own=True)
    stage.updated(stage.chat, written, "reaction")
    stage.wait(2)
    stage.writer.take_tapback_back(
        stage.chat, written, added, kind="laugh", is_own=True
    )
    stage.updated(stage.chat, written, "reaction")


def own_message_states(stage: Stage) -> None:
    """An own message is delivered, and read ten seconds later."""
    written = stage.writer.outgoing(stage.chat, "On my way")
    stage.new(stage.chat, written)
    stage.wait(10)
    stage.writer.seen(written)
    stage.updated(stage.chat, written, "read")


def group_renamed(stage: Stage) -> None:
    """A group gets another name: an event, and no new message."""
    stage.writer.rename(stage.group, "Early birds")
    stage.changed(stage.group, "title")


def deleted(stage: Stage) -> None:
    """One message goes to Recently Deleted, another for good."""
    first = stage.writer.incoming(stage.chat, "Forget this")
    second = stage.writer.incoming(stage.chat, "And this")
    stage.new(stage.chat, first, second)
    stage.wait(5)
    stage.writer.throw_away(stage.chat, first)
    stage.updated(stage.chat, first, "deleted")
    stage.wait(2)
    stage.writer.delete(second)
    stage.updated(stage.chat, second, "deleted")


def back_fill(stage: Stage) -> None:
    """A thousand old messages get new ROWIDs, and only the one after them is news."""
    oldest = stage.now() - timedelta(days=700)
    texts = [
        (oldest + timedelta(minutes=number), f"Long ago: {number}")
        for number in range(_HISTORY)
    ]
    stage.writer.back_fill(stage.chat, texts)
    stage.wait(2)
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "That was the history"))


def clock_jump(stage: Stage) -> None:
    """The clock is set back by 90 s: a higher ROWID has an earlier date; both are news."""
    writer, chat = stage.writer, stage.chat
    stage.new(chat, writer.incoming(chat, "Before the clock was set"))
    stage.wait(2)
    behind = stage.now() - timedelta(seconds=90)
    stage.new(chat, writer.incoming(chat, "While it was behind", at=behind))
    stage.wait(2)
    stage.new(chat, writer.incoming(chat, "After it was right again"))
