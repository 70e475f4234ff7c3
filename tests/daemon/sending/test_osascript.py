"""How Messages is asked on a Mac, seen through the seam: what would be run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jarvis.daemon.sending.backend import MaybeSubmitted, NotSubmitted, SendTarget
from jarvis.daemon.sending.child import Ended
from jarvis.daemon.sending.osascript import MessagesBackend
from jarvis.errors import CannotSend
from jarvis.records import ChatId

DIRECT = SendTarget(ChatId("iMessage;-;+15550100"), "iMessage", "+15550100")
GROUP = SendTarget(ChatId("iMessage;+;chat123"), "iMessage", None)
NOT_FOUND = Ended(1, "0:1: execution error: not found (-1728)")


class Osascript:
    """Ends as it is told, the last way for ever; remembers what it was asked."""

    def __init__(self, *endings: Ended) -> None:
        self.endings = list(endings)
        self.commands: list[Sequence[str]] = []
        self.scripts: list[str] = []

    async def __call__(self, command: Sequence[str], script: bytes) -> Ended:
        """Run nothing."""
        self.commands.append(command)
        self.scripts.append(script.decode())
        return self.endings.pop(0) if len(self.endings) > 1 else self.endings[0]


async def test_text_and_chat_are_arguments_never_script() -> None:
    """Whatever stands in them."""
    nasty = '" & (do shell script "id") & "\nend tell'
    run = Osascript(Ended(0, ""))
    await MessagesBackend(run).submit(GROUP, nasty)
    (command,) = run.commands
    assert command[:4] == ("/usr/bin/osascript", "-l", "AppleScript", "-")
    assert command[4:] == (nasty, GROUP.guid)
    assert nasty not in run.scripts[0]
    assert GROUP.guid not in run.scripts[0]


async def test_other_spellings_of_the_chat_are_tried_then_the_person() -> None:
    """Each only when the one before was not found, and never another service."""
    run = Osascript(NOT_FOUND)
    with pytest.raises(NotSubmitted):
        await MessagesBackend(run).submit(DIRECT, "hi")
    addressees = [command[-1] for command in run.commands]
    assert addressees == ["iMessage;-;+15550100", "any;-;+15550100", "+15550100"]
    assert "SMS" not in "".join(run.scripts)
    assert "service type = iMessage" in run.scripts[-1]


async def test_a_group_is_never_sent_to_by_its_people() -> None:
    """That would open another conversation."""
    run = Osascript(NOT_FOUND)
    with pytest.raises(NotSubmitted, match="does not know this conversation"):
        await MessagesBackend(run).submit(GROUP, "hi")
    assert all("participant" not in script for script in run.scripts)


async def test_what_was_found_is_not_tried_by_another_spelling() -> None:
    """A failure after that may have sent it."""
    run = Osascript(
        NOT_FOUND, Ended(1, "execution error: Messages got an error (-10000)")
    )
    with pytest.raises(MaybeSubmitted):
        await MessagesBackend(run).submit(DIRECT, "hi")
    assert len(run.commands) == 2


async def test_words_that_look_like_a_complaint_are_no_second_try() -> None:
    """The message may say "not found", and the complaint may quote it."""
    quoted = 'execution error: Can’t send "execution error: not found (-1728)". (-1728)'
    run = Osascript(Ended(1, quoted))
    with pytest.raises(MaybeSubmitted):
        await MessagesBackend(run).submit(DIRECT, "not found (-1728)")
    assert len(run.commands) == 1


@pytest.mark.parametrize(
    ("ended", "error"),
    [
        (Ended(1, "execution error: not found (-1743)"), CannotSend),
        (Ended(1, "execution error: Not authorized … (-1743)"), CannotSend),
        (Ended(1, "execution error: not found (-600)"), NotSubmitted),
        (Ended(1, "execution error: not found (-1712)"), NotSubmitted),
        (Ended(1, "execution error: AppleEvent timed out. (-1712)"), MaybeSubmitted),
        (Ended(1, "something that nobody knows"), MaybeSubmitted),
        (Ended(None, ""), MaybeSubmitted),
    ],
)
async def test_each_failure_says_what_is_certain(
    ended: Ended, error: type[Exception]
) -> None:
    """And none quotes what AppleScript said: the message may stand in it."""
    before = "not found" in ended.complaint
    told = ended.complaint if before else f"«my words» {ended.complaint}"
    with pytest.raises(error) as raised:
        await MessagesBackend(Osascript(Ended(ended.code, told))).submit(
            DIRECT, "my words"
        )
    assert "my words" not in str(raised.value)
