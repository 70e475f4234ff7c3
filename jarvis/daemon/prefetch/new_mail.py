"""New mail that is worth a draft, and when: after the quiet that the past suggests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

from jarvis.daemon.inbox import Committed
from jarvis.daemon.prefetch.changes import MailEvent, mail_in
from jarvis.daemon.prefetch.past import QUIET_S, Past
from jarvis.errors import StoreUnavailable
from jarvis.records import ChatId, PlainMessage

SELDOM_ANSWERED: Final = "seldom answered before more comes"

CallLater = Callable[[float, Callable[[], None]], asyncio.Handle]
ReadPast = Callable[[], Awaitable[Iterable[PlainMessage]]]


class NewMail:
    """Hears of messages; asks for a draft once it has been quiet for long enough.

    The past is read when mail first comes, and learnt from as more does.

    Args:
        read_past: gives the newest messages of all conversations, oldest first.
        ask: asks for the draft of a conversation.
        skip: told why mail is not worth one.
        is_open: whether a client has a conversation open; then it is worth one.
        call_later: calls after so many seconds, unless the handle is cancelled.
        tasks: where the past is read.
    """

    def __init__(
        self,
        *,
        read_past: ReadPast,
        ask: Callable[[ChatId], None],
        skip: Callable[[str], None],
        is_open: Callable[[ChatId], bool],
        call_later: CallLater,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._read_past = read_past
        self._ask = ask
        self._skip = skip
        self._is_open = is_open
        self._call_later = call_later
        self._tasks = tasks
        self._past: Past | None = None
        self._last_id = 0
        self._reading = asyncio.Lock()
        self._newest: dict[ChatId, MailEvent] = {}
        """Mail that is being weighed, or waits for quiet."""
        self._timers: dict[ChatId, asyncio.Handle] = {}

    def follow(self, committed: Committed, *, may_ask: bool) -> int:
        """Learn from what has come, and weigh what others wrote; gives how much that is.

        `may_ask`: a draft could be shown to somebody.
        """
        if committed.reset is not None:
            self._past = None
        weighed = 0
        for mail in mail_in(committed):
            if self._past is not None and mail.message_id > self._last_id:
                _note(self._past, mail.chat_id, mail.sent, is_from_me=mail.is_from_me)
            why = "answered already" if mail.is_from_me else "more mail came"
            self._give_up(mail.chat_id, why)
            if may_ask and not mail.is_from_me and not mail.late:
                self._newest[mail.chat_id] = mail
                self._tasks.create_task(self._weigh(mail))
                weighed += 1
        return weighed

    def close(self, reason: str) -> None:
        """Ask for nothing more."""
        for chat_id in list(self._newest):
            self._give_up(chat_id, reason)

    def _give_up(self, chat_id: ChatId, reason: str) -> None:
        if self._newest.pop(chat_id, None) is not None:
            self._skip(reason)
        if (timer := self._timers.pop(chat_id, None)) is not None:
            timer.cancel()

    async def _weigh(self, mail: MailEvent) -> None:
        try:
            past = await self._known()
        except StoreUnavailable:
            past = Past()  # chat.db cannot be read; nor will a draft be written of it
        if self._newest.get(mail.chat_id) is not mail:
            return
        quiet_s = past.quiet_before(mail.chat_id, mail.sent.timestamp(), mail.sent.hour)
        if self._is_open(mail.chat_id):
            quiet_s = QUIET_S[0]
        if quiet_s is None:
            self._give_up(mail.chat_id, SELDOM_ANSWERED)
            return
        self._timers[mail.chat_id] = self._call_later(
            quiet_s, lambda: self._is_quiet(mail.chat_id)
        )

    def _is_quiet(self, chat_id: ChatId) -> None:
        del self._newest[chat_id], self._timers[chat_id]
        self._ask(chat_id)

    async def _known(self) -> Past:
        async with self._reading:
            if self._past is None:
                messages = list(await self._read_past())
                self._last_id = max((each.id for each in messages), default=0)
                self._past = await asyncio.to_thread(_past_of, messages)
            return self._past


def _past_of(messages: Iterable[PlainMessage]) -> Past:
    past = Past()
    for each in messages:
        sent = datetime.fromtimestamp(each.sent_ms / 1000).astimezone()
        _note(past, each.chat_id, sent, is_from_me=each.sender is None)
    return past


def _note(past: Past, chat_id: ChatId, sent: datetime, *, is_from_me: bool) -> None:
    past.note(chat_id, sent.timestamp(), sent.hour, is_from_me=is_from_me)
