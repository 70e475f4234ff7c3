"""The Mac: Messages is asked by AppleScript. Not yet run on one; docs/untested-on-mac.md.

Text and addresses are arguments of the script, never part of it. The chat is looked up
before anything is sent, so that a failure there is certain to have sent nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, Literal

from jarvis.daemon.sending.backend import MaybeSubmitted, NotSubmitted, SendTarget
from jarvis.daemon.sending.child import Ended, run_child
from jarvis.errors import CannotSend

WITHIN_S: Final = 15.0
"""The first time macOS asks the person for permission, and the script waits."""

_TO_CHAT: Final = """
on run argv
  set theText to item 1 of argv
  set theChat to item 2 of argv
  tell application "Messages"
    try
      get id of chat id theChat
    on error number code
      error "not found" number code
    end try
    send theText to chat id theChat
  end tell
end run
"""
_TO_PERSON: Final = """
on run argv
  set theText to item 1 of argv
  set thePerson to item 2 of argv
  tell application "Messages"
    try
      set theAccount to 1st account whose service type = {service}
      set theParticipant to participant thePerson of theAccount
    on error number code
      error "not found" number code
    end try
    send theText to theParticipant
  end tell
end run
"""
_SERVICES: Final = ("iMessage", "SMS", "RCS")

_CODE: Final = re.compile(r"\((?P<code>-?\d+)\)\s*$")
_NOT_FOUND: Final = re.compile(r"(?:.*: )?execution error: not found \(-?\d+\)\s*")
"""The whole of the complaint: words of the message may stand in any other."""
_NOT_AUTHORIZED: Final = -1743
_NOT_RUNNING: Final = -600
_TIMED_OUT: Final = -1712

Run = Callable[[Sequence[str], bytes], Awaitable[Ended]]


async def _run_osascript(command: Sequence[str], script: bytes) -> Ended:
    return await run_child(command, script, within_s=WITHIN_S)


class MessagesBackend:
    """Sends through the Messages app of the person who is logged in."""

    name: Literal["messages", "demo"] = "messages"

    def __init__(self, run: Run = _run_osascript) -> None:
        self._run = run

    async def submit(self, target: SendTarget, text: str) -> None:
        """Ask Messages once. Each spelling is tried until one is found, then no other."""
        for script, addressee in _ways(target):
            command = ("/usr/bin/osascript", "-l", "AppleScript", "-", text, addressee)
            try:
                ended = await self._run(command, script.encode())
            except OSError as error:
                raise CannotSend(
                    "macOS cannot run /usr/bin/osascript, by which Messages is asked "
                    f"to send ({error.strerror})."
                ) from error
            if not _was_not_found(ended):
                _judge(ended)
                return
        raise NotSubmitted(
            "Messages does not know this conversation. Open it in Messages once, then "
            "send again."
        )


def _ways(target: SendTarget) -> Iterator[tuple[str, str]]:
    """Scripts and whom they address, never another service than the chat's own."""
    rest = target.guid.partition(";")[2]
    spellings = [target.guid, f"any;{rest}"]
    if target.service in _SERVICES:
        spellings.append(f"{target.service};{rest}")
    for guid in dict.fromkeys(spellings if rest else [target.guid]):
        yield _TO_CHAT, guid
    if target.address is not None and target.service in _SERVICES:
        # A person can be written to without a chat; a group never: that makes a new one.
        yield _TO_PERSON.format(service=target.service), target.address


def _was_not_found(ended: Ended) -> bool:
    is_before = ended.code not in (0, None) and _is_before_sending(ended)
    return is_before and _code(ended) not in (
        _NOT_AUTHORIZED,
        _NOT_RUNNING,
        _TIMED_OUT,
    )


def _is_before_sending(ended: Ended) -> bool:
    """Whether it failed while the chat was looked up."""
    return _NOT_FOUND.fullmatch(ended.complaint) is not None


def _judge(ended: Ended) -> None:
    if ended.code == 0:
        return
    code = _code(ended)
    if code == _NOT_AUTHORIZED:
        raise CannotSend(
            "macOS does not let Jarvis control Messages: allow it in System Settings, "
            "Privacy & Security, Automation. If it is not listed there, run "
            "`jarvis send` once in a terminal and answer the question."
        )
    if code == _NOT_RUNNING:
        raise NotSubmitted("Messages could not be opened; open it and send again.")
    if _is_before_sending(ended):
        raise NotSubmitted(f"Messages did not answer in time (error {code}).")
    if ended.code is None or code is None or code == _TIMED_OUT:
        raise MaybeSubmitted("Messages did not answer in time.")
    raise MaybeSubmitted(f"Messages refused the message (error {code}).")


def _code(ended: Ended) -> int | None:
    """The number of an AppleScript error; its words may quote the message."""
    match = _CODE.search(ended.complaint)
    return int(match["code"]) if match else None
