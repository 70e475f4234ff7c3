"""Sends each message at most once, and says honestly what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from weakref import WeakValueDictionary

import aiosqlite
from msgspec.structs import replace

from jarvis.daemon.logs import traced
from jarvis.daemon.sending.backend import (
    MaybeSubmitted,
    NotSubmitted,
    SendBackend,
    SendTarget,
)
from jarvis.errors import CannotSend, InvalidParams
from jarvis.protocol.methods.mail import Sent
from jarvis.records import ChatId
from jarvis.stores import sendings
from jarvis.stores.chatdb import (
    Chat,
    ChatDb,
    Directory,
    SentLook,
    SentRow,
    look_for_sent,
    newest_member,
    newest_rowid,
)
from jarvis.stores.sendings import NOT_YET_OUT, SendingRow, hash_of

CONFIRM_S: Final = 10.0
"""How long a submitted message may take to appear in chat.db, and to go out."""
AFTER_A_FAILURE_S: Final = 3.0
"""The same, where Messages said that something went wrong."""
LOOK_S: Final = 0.5
"""How often chat.db is looked at meanwhile, if the watcher has no news."""

GHOST: Final = (
    "Messages made an empty message that is in no conversation; macOS 26 does so with some "
    "groups. Send it in Messages itself."
)

Outcome = Sent | Exception

log = logging.getLogger("jarvis.sending")


class SendLog(Protocol):
    """Where acts of sending are stored and published: the inbox."""

    async def note_sending(self, row: SendingRow, *, publish: bool) -> None:
        """Store how far it is; publish: also as a send_status event."""


class Sending:
    """One daemon's acts of sending, by one backend."""

    def __init__(
        self,
        backend: SendBackend,
        *,
        send_log: SendLog,
        reader: aiosqlite.Connection,
        chat_db: Callable[[], Awaitable[ChatDb]],
        directory: Callable[[], Directory],
        news: Callable[[], asyncio.Event],
        tasks: asyncio.TaskGroup,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
        confirm_s: float = CONFIRM_S,
    ) -> None:
        self._backend = backend
        self._send_log = send_log
        self._reader = reader
        self._chat_db = chat_db
        self._directory = directory
        self._news = news
        self._tasks = tasks
        self._now_ms = now_ms
        self._confirm_s = confirm_s
        self._running: dict[str, tuple[SendingRow, asyncio.Task[Outcome]]] = {}
        self._in_chat = WeakValueDictionary[str, asyncio.Lock]()

    async def send(self, chat: Chat, text: str, idempotency_key: str) -> Sent:
        """Submit text once and say what became of it.

        The same key again never sends: it answers what became of the first time. It goes
        on when whoever asked has gone.

        Raises:
            CannotSend: this machine may not send.
            InvalidParams: the text is blank, or the key was used for something else.
        """
        if not text.strip() or "\0" in text:
            raise InvalidParams("There is nothing in it that could be sent.", "text")
        row = SendingRow(
            idempotency_key=idempotency_key,
            chat_id=chat.chat_id,
            text_hash=hash_of(text),
            after_rowid=0,
            status="begun",
            guid=None,
            reason=None,
            begun_ms=self._now_ms(),
        )
        if idempotency_key in self._running:
            first, task = self._running[idempotency_key]
            _check_same(first, row)
        else:
            act = self._guarded(self._once(chat, text, row))
            task = self._tasks.create_task(act)
            self._running[idempotency_key] = row, task
            task.add_done_callback(lambda _: self._running.pop(idempotency_key, None))
        outcome = await asyncio.shield(task)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _guarded(self, act: Awaitable[Sent]) -> Outcome:
        """An error is for whoever asked; the other tasks of the group go on."""
        try:
            return await act
        except Exception as error:  # a defect too: raised again where it is answered
            return error

    async def settle_earlier(self, find: Callable[[ChatId], Chat | None]) -> None:
        """Say what became of messages whose sending a daemon did not live to see.

        What cannot be said now is said when the key is asked for again.
        """
        try:
            for row in await sendings.unsettled(self._reader):
                if row.idempotency_key not in self._running:
                    await self._settle(row, find(row.chat_id), 0.0)
        except Exception as error:  # nobody asked, and the daemon has other work
            log.warning("earlier sendings cannot be settled: %s", traced(error))

    # One act

    async def _once(self, chat: Chat, text: str, row: SendingRow) -> Sent:
        async with self._in_chat.setdefault(chat.chat_id, asyncio.Lock()):
            known = await sendings.find(self._reader, row.idempotency_key)
            if known is not None:
                _check_same(known, row)
                if known.status in ("begun", "accepted", "unknown"):
                    known = await self._settle(known, chat, 0.0)
                return _answer(known)
            db = await self._chat_db()
            member = await newest_member(db, chat)
            address = None if chat.is_group else member.identifier
            target = SendTarget(member.guid, member.service, address)
            row = replace(row, after_rowid=await newest_rowid(db))
            # Noted before anything is done: whatever happens now, it is not done again.
            await self._send_log.note_sending(row, publish=False)
            return _answer(await self._submit(target, chat, text, row))

    async def _submit(
        self, target: SendTarget, chat: Chat, text: str, row: SendingRow
    ) -> SendingRow:
        within_s = self._confirm_s
        try:
            await self._backend.submit(target, text)
        except CannotSend as error:
            await self._note(row, "failed", reason=str(error))
            raise
        except NotSubmitted as error:
            return await self._note(row, "failed", reason=str(error))
        except MaybeSubmitted as error:
            log.warning("a message may not have been submitted")
            row, within_s = replace(row, reason=str(error)), AFTER_A_FAILURE_S
        except Exception as error:  # a backend's defect must leave no act unsettled
            log.error("submitting a message failed: %s", traced(error))
            row = replace(row, reason="Something went wrong; the log says what.")
        else:
            row = await self._note(row, "accepted")
        return await self._settle(row, chat, within_s)

    async def _settle(
        self, row: SendingRow, chat: Chat | None, within_s: float
    ) -> SendingRow:
        """Wait until the message appears and has gone out, or nobody can say.

        An empty message tells something only after a wait: every row begins as one.
        """
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        look = SentLook(None, is_ghost=False)
        while chat is not None:
            news = self._news()
            taken = await self._taken(row)
            look = await look_for_sent(
                await self._chat_db(),
                self._directory(),
                chat,
                after=row.after_rowid,
                is_it=lambda text: hash_of(text) == row.text_hash,
                taken=taken,
            )
            has_left = look.sent is not None and look.sent.delivery != "sending"
            if has_left or loop.time() >= until_s:
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK_S, until_s - loop.time())):
                    await news.wait()
        if look.sent is None and look.is_ghost and within_s:
            return await self._note(row, "failed", reason=GHOST)
        return await self._conclude(row, chat, look.sent)

    async def _conclude(
        self, row: SendingRow, chat: Chat | None, sent: SentRow | None
    ) -> SendingRow:
        if sent is None:
            reason = (
                row.reason or "It was handed over, and has not appeared in Messages."
            )
            return await self._note(row, "unknown", reason=reason)
        if sent.delivery == "failed":
            reason = f"Messages could not deliver it (error {sent.error})."
            return await self._note(row, "failed", guid=sent.guid, reason=reason)
        if sent.delivery == "sending":
            return await self._note(row, "unknown", guid=sent.guid, reason=NOT_YET_OUT)
        other = await self._other_service(chat, sent.service)
        return await self._note(row, sent.delivery, guid=sent.guid, reason=other)

    async def _other_service(
        self, chat: Chat | None, service: str | None
    ) -> str | None:
        """What to say when Messages chose another service than the chat's own."""
        if chat is None or service is None:
            return None
        own = (await newest_member(await self._chat_db(), chat)).service
        if own in (None, service):
            return None
        return f"It went as {service}, not as {own}."

    async def _taken(self, row: SendingRow) -> frozenset[str]:
        return await sendings.known_guids(self._reader) - {row.guid}

    async def _note(
        self,
        row: SendingRow,
        status: sendings.SendState,
        *,
        guid: str | None = None,
        reason: str | None = None,
    ) -> SendingRow:
        row = replace(row, status=status, guid=guid or row.guid, reason=reason)
        await self._send_log.note_sending(row, publish=True)
        return row


def _check_same(known: SendingRow, asked: SendingRow) -> None:
    if (known.chat_id, known.text_hash) != (asked.chat_id, asked.text_hash):
        raise InvalidParams(
            "This key was used for another message: take a new one for each.",
            "idempotency_key",
        )


def _answer(row: SendingRow) -> Sent:
    if row.status == "failed":
        return Sent(status="failed", guid=row.guid, reason=row.reason)
    if row.status in ("sent", "delivered", "read"):
        return Sent(status="sent", guid=row.guid, reason=row.reason)
    return Sent(status="unknown", guid=row.guid, reason=row.reason)
