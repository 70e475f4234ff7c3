"""Client: calls, streams and notices over a real socket, and coming back after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

import jarvis.client
from jarvis.client import (
    Client,
    Connected,
    Disconnected,
    Notice,
    Push,
    StreamProgress,
)
from jarvis.client.client import MOST_NOTICES
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.subscriptions import Filter, Missed
from jarvis.daemon.subscriptions import Push as Told
from jarvis.errors import (
    ConnectionLost,
    InvalidParams,
    JarvisError,
    NotRunning,
    ServerCancelled,
    UnknownChat,
)
from jarvis.protocol.events import NewMessage, SubscriptionClosed
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.mail import ListMessages, ListMessagesParams
from jarvis.protocol.methods.pushes import Subscribed, SubscribeParams
from jarvis.protocol.methods.status import Ping
from jarvis.protocol.methods.writing import GenerateDraftParams
from jarvis.records import ChatId, Timestamp
from tests.client.daemon import fake_daemon
from tests.daemon.server import open_server

PING = Ping(
    status="ok",
    timestamp=0.0,
    version="1",
    protocol_version=1,
    pid=1,
    epoch="e",
    uptime_s=0.0,
    models_ready=False,
    can_send=False,
)


class Served:
    """Handlers of this test, and what became of them."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.handlers: dict[str, Handler[None]] = {
            "ping": self.ping,
            "list_messages": self.list_messages,
            "generate_draft": self.generate_draft,
        }

    def ping(self, _: None, _params: NoParams, _caller: Caller) -> object:
        """Well."""
        return PING

    async def list_messages(
        self, _: None, params: ListMessagesParams, _caller: Caller
    ) -> object:
        """An empty page, or no such chat, or never, or a shape of the future."""
        if params.chat_id == "never":
            try:
                await asyncio.Event().wait()
            finally:
                self.stopped.set()
        if params.chat_id == "future":
            return {"messages": 7}
        if params.chat_id != "known":
            raise UnknownChat("There is no such chat.")
        return ListMessages(messages=(), has_more=False)

    async def generate_draft(
        self, _: None, params: GenerateDraftParams, caller: Caller
    ) -> object:
        """Tokens without end for `endless`, else an error after the first."""
        assert caller.stream is not None
        try:
            caller.stream.token("Sure")
            caller.stream.token(", I", suggestion=1)
            if params.chat_id == "endless":
                await asyncio.Event().wait()
            raise UnknownChat("Gone in the middle.")
        finally:
            self.stopped.set()


@pytest.fixture
def served() -> Served:
    """What the daemon of this test does."""
    return Served()


@asynccontextmanager
async def running(client: Client) -> AsyncIterator[AsyncIterator[Notice]]:
    """The client's notices while it runs."""
    notices = client.notices()
    task = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(30):
            yield notices
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def client(short_path: Path, served: Served) -> AsyncIterator[Client]:
    """A connected client."""
    async with open_server(short_path / "s", served.handlers):
        client = Client(short_path / "s")
        async with running(client) as notices:
            assert await anext(notices) == Connected(PING)
            yield client


async def test_results_are_the_structs_of_the_catalogue(client: Client) -> None:
    """No dictionaries to pick apart."""
    answer = await client.call("list_messages", chat_id=ChatId("known"))
    assert answer == ListMessages(messages=(), has_more=False)


async def test_errors_are_those_of_the_daemon(client: Client) -> None:
    """Kind, sentence and field arrive."""
    with pytest.raises(UnknownChat, match="no such chat"):
        await client.call("list_messages", chat_id=ChatId("other"))
    with pytest.raises(InvalidParams) as refused:
        await client.call("list_messages", chat_id=ChatId("known"), limit=0)
    assert refused.value.field == "limit"


async def test_an_answer_of_another_version_is_an_error_not_a_crash(
    client: Client,
) -> None:
    """The sentence says what to do; the connection lives."""
    with pytest.raises(Exception, match="Update the older"):
        await client.call("list_messages", chat_id=ChatId("future"))
    assert await client.call("ping") == PING


async def test_no_answer_in_time_is_an_error_and_cancels(
    client: Client, served: Served
) -> None:
    """The daemon stops working on what nobody waits for."""
    with pytest.raises(ConnectionLost, match="did not answer"):
        await client.call("list_messages", chat_id=ChatId("never"), timeout_s=0.01)
    await served.stopped.wait()


async def test_cancelling_the_caller_cancels_the_request(
    client: Client, served: Served
) -> None:
    """A task that gives up frees the daemon."""
    task = asyncio.create_task(client.call("list_messages", chat_id=ChatId("never")))
    await client.call("ping")
    task.cancel()
    await asyncio.wait([task])
    await served.stopped.wait()


async def test_a_stream_gives_its_tokens_then_its_error(client: Client) -> None:
    """Tokens with their suggestion; the failure where the result would be."""
    tokens: list[tuple[str, int, int]] = []

    async def read() -> None:
        async with client.stream("generate_draft", chat_id=ChatId("a")) as stream:
            async for token in stream:
                tokens.append((token.text, token.suggestion, token.index))

    with pytest.raises(UnknownChat, match="Gone in the middle"):
        await read()
    assert tokens == [("Sure", 0, 0), (", I", 1, 1)]


async def test_leaving_a_stream_early_cancels_it(
    client: Client, served: Served
) -> None:
    """The model is free for the next."""
    async with client.stream("generate_draft", chat_id=ChatId("endless")) as stream:
        async for _ in stream:
            break
    await served.stopped.wait()
    assert await client.call("ping") == PING


def new_message(number: int) -> NewMessage:
    """A message of this number."""
    return NewMessage(
        message_id=number,
        guid=f"G{number}",
        chat_id=ChatId("c"),
        sender=None,
        sender_name=None,
        text="hello",
        line="hello",
        date=Timestamp("2026-01-01T00:00:00.000Z"),
        is_from_me=True,
        late=False,
        seq=number,
        epoch="e",
    )


async def test_pushes_arrive_typed_and_in_order(
    short_path: Path, served: Served
) -> None:
    """As Structs, also when the daemon knows more members than this client."""
    names = frozenset({"new_message", "something_new", "metrics"})

    async def subscribe(
        _: None, _params: SubscribeParams, caller: Caller
    ) -> Subscribed:
        assert caller.listener is not None
        missed = Missed((), 0, 0, "epoch")
        name = caller.listener.subscribe(Filter(names), missed, caller.request)
        return Subscribed(subscription=name, seq=0, epoch="epoch", gap=False)

    client = Client(short_path / "s")
    async with (
        open_server(
            short_path / "s", {**served.handlers, "subscribe": subscribe}
        ) as server,
        running(client) as notices,
    ):
        await anext(notices)
        await client.call("subscribe")
        for number in (1, 2):
            message = new_message(number)
            told = Told.of("new_message", message, seq=number)
            server.broadcast.publish(told, after=number - 1)
            assert await anext(notices) == Push("new_message", message)
        server.broadcast.publish(Told.of("something_new", {}), after=2)
        server.broadcast.publish(Told.of("metrics", {"odd": 1}), after=2)
        assert await anext(notices) == Push("metrics", {"odd": 1})


async def test_it_comes_back_when_the_daemon_does(
    short_path: Path, served: Served
) -> None:
    """Calls fail at once in between; `retry_now` shortens the wait."""
    client = Client(short_path / "s")
    async with running(client) as notices:
        first = await anext(notices)
        assert isinstance(first, Disconnected)
        assert "jarvis serve" in first.reason
        with pytest.raises(ConnectionLost):
            await client.call("ping")
        async with open_server(short_path / "s", served.handlers):
            client.retry_now()
            notice = await anext(notices)
            while isinstance(notice, Disconnected):  # it tried while that one started
                notice = await anext(notices)
            assert notice == Connected(PING)
            pending = asyncio.create_task(
                client.call("list_messages", chat_id=ChatId("never"))
            )
            await client.call("ping")
        with pytest.raises(ServerCancelled):
            await pending
        farewell = SubscriptionClosed(subscription="default", reason="shutdown", seq=0)
        assert await anext(notices) == Push("subscription.closed", farewell)
        assert isinstance(await anext(notices), Disconnected)
        async with open_server(short_path / "s", served.handlers):
            client.retry_now()
            while not isinstance(await anext(notices), Connected):
                pass


async def test_waits_between_tries_grow_to_a_bound(short_path: Path) -> None:
    """From 0.2 s to 10 s, with some jitter."""
    client = Client(short_path / "s")
    waits = []
    async with running(client) as notices:
        for _ in range(9):
            notice = await anext(notices)
            assert isinstance(notice, Disconnected)
            waits.append(notice.retry_in_s)
            client.retry_now()
    assert 0.1 < waits[0] < 0.3
    assert 7 < waits[-1] < 13


async def test_it_starts_the_daemon_once_when_nobody_listens(
    short_path: Path, served: Served
) -> None:
    """And says the daemon's own reason when that fails, until it is told to hurry."""
    starts = []

    async def start() -> None:
        starts.append(1)
        raise NotRunning("chat.db is on fire.")

    client = Client(short_path / "s", start=start)
    async with running(client) as notices:
        for _ in range(3):
            notice = await anext(notices)
            assert isinstance(notice, Disconnected)
            assert notice.reason == "chat.db is on fire."
        assert starts == [1]
        client.retry_now()
        await anext(notices)
        assert starts == [1, 1]


async def test_a_block_connects_and_hangs_up(short_path: Path, served: Served) -> None:
    """What the block raises comes out as it was."""
    async with open_server(short_path / "s", served.handlers):
        with pytest.raises(UnknownChat):
            async with Client(short_path / "s") as client:
                await client.call("list_messages", chat_id=ChatId("other"))
        with pytest.raises(ConnectionLost):
            await client.call("ping")


async def test_a_block_without_a_daemon_is_not_entered(short_path: Path) -> None:
    """The sentence says what to do."""
    with pytest.raises(NotRunning, match="jarvis serve"):
        async with Client(short_path / "s"):
            pass


async def test_a_stream_that_loses_its_daemon_says_so(short_path: Path) -> None:
    """After the tokens that came; and a silent one is given up."""
    async with fake_daemon(short_path / "s") as daemon:
        entering = asyncio.create_task(Client(short_path / "s").__aenter__())
        connection = await daemon.connection()
        connection.answer_with(
            await connection.asked("ping"), msgspec.to_builtins(PING)
        )
        client = await entering
        tokens: list[str] = []

        async def read(timeout_s: float) -> None:
            async with client.stream(
                "generate_draft", chat_id=ChatId("c"), timeout_s=timeout_s
            ) as stream:
                async for token in stream:
                    tokens.append(token.text)

        with pytest.raises(ConnectionLost, match="no word of generate_draft"):
            await read(0.01)
        await connection.asked("generate_draft")
        assert (await connection.line())["method"] == "$/cancelRequest"
        reading = asyncio.create_task(read(5))
        request = await connection.asked("generate_draft")
        where = {"request_id": request["id"], "suggestion": 0, "newer": 1}
        connection.notify("stream.token", token="Sure", index=0, final=False, **where)
        connection.notify("stream.token", token=["odd"], index=0, **where)
        connection.notify("stream.error", code=-1, message="Gone.", **where)
        connection.refuse(request, "OfTheFuture", "The future has arrived.")
        with pytest.raises(JarvisError, match="future has arrived"):
            await reading
        assert tokens == ["Sure"]
        reading = asyncio.create_task(read(5))
        await connection.asked("generate_draft")
        connection.hang_up()
        with pytest.raises(ConnectionLost):
            await reading
        await client.__aexit__(None, None, None)


async def test_signs_of_life_keep_a_stream_that_says_nothing(short_path: Path) -> None:
    """However long it reads; each is passed on, and what nobody knows passed over."""
    silence_s = 0.5
    heard: asyncio.Queue[StreamProgress] = asyncio.Queue()
    async with fake_daemon(short_path / "s") as daemon:
        entering = asyncio.create_task(Client(short_path / "s").__aenter__())
        connection = await daemon.connection()
        connection.answer_with(
            await connection.asked("ping"), msgspec.to_builtins(PING)
        )
        client = await entering

        async def read() -> list[str]:
            async with client.stream(
                "generate_draft",
                chat_id=ChatId("c"),
                timeout_s=silence_s,
                on_progress=heard.put_nowait,
            ) as stream:
                return [token.text async for token in stream]

        reading = asyncio.create_task(read())
        request = await connection.asked("generate_draft")
        connection.be_at({"id": "another"}, "reading", 1, 2)
        connection.notify("stream.progress", request_id=request["id"], phase=7)
        connection.be_at(request, "dreaming", 1, None)
        assert await heard.get() == StreamProgress("dreaming", 1, None)
        end_s, done = asyncio.get_running_loop().time() + 2 * silence_s, 0
        while asyncio.get_running_loop().time() < end_s:
            done += 1
            connection.be_at(request, "reading", done, 10**6)
            assert await heard.get() == StreamProgress("reading", done, 10**6)
        with pytest.raises(ConnectionLost, match="no word of generate_draft"):
            await reading
        assert done > 1
        await client.__aexit__(None, None, None)


async def test_who_never_reads_notices_can_call_for_ever(client: Client) -> None:
    """Too many unread leave one word: load everything anew, which is the newest state."""
    for number in range(MOST_NOTICES + 1):
        client._put(Push("new_message", number))
    assert await client.call("ping") == PING
    notices = client.notices()
    assert await anext(notices) == Connected(PING)
    assert await anext(notices) == Push("new_message", MOST_NOTICES)


def test_every_public_name_can_be_imported() -> None:
    """And any other name is an AttributeError, as of any module."""
    for name in jarvis.client.__all__:
        assert getattr(jarvis.client, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Fax'"):
        _ = jarvis.client.Fax  # type: ignore[attr-defined]  # that it is none is the test
