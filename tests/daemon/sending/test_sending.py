"""Each message at most once, and an honest word about what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from jarvis.daemon.mail import Mail
from jarvis.daemon.sending.backend import MaybeSubmitted, NotSubmitted, SendBackend
from jarvis.daemon.sending.sending import Sending
from jarvis.daemon.watcher import Trigger
from jarvis.errors import CannotSend, InvalidParams
from jarvis.stores import sendings
from jarvis.stores.chatdb import Chat
from jarvis.stores.jarvisdb import JarvisDb, open_reader
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.sending.fake_backend import FakeBackend, written

Make = Callable[[SendBackend], Sending]


def no_news() -> asyncio.Event:
    """The watcher has none."""
    return asyncio.Event()


class SendingSetup:
    """An inbox that follows Messages, and what is sent from it."""

    def __init__(
        self, app: MessagesApp, followed: Followed, mail: Mail, make: Make
    ) -> None:
        self.app = app
        self.followed = followed
        self.mail = mail
        self.make = make

    def fake_backend(self, act: Callable[[MessagesApp, str], object]) -> FakeBackend:
        """A backend into this chat.db."""
        return FakeBackend(self.app, act)

    @property
    def published(self) -> list[str]:
        """The states that were published, in their order."""
        return [p["status"] for n, p in self.followed.changes if n == "send_status"]

    @property
    def chat(self) -> Chat:
        """Where it goes."""
        return self.mail.chat(self.app.chat_guid)


@pytest.fixture
async def setup(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> AsyncIterator[SendingSetup]:
    """Everything but the backend."""
    reader = await open_reader(writer.path)
    mail = Mail(followed.inbox, reader)
    async with asyncio.TaskGroup() as tasks:

        def make(backend: SendBackend) -> Sending:
            return Sending(
                backend,
                send_log=followed.inbox,
                reader=reader,
                chat_db=mail.chat_db,
                directory=lambda: mail.directory,
                news=no_news,
                tasks=tasks,
                confirm_s=0.4,
            )

        yield SendingSetup(app, followed, mail, make)
    await mail.close()
    await reader.close()


async def test_a_message_that_appears_and_goes_out_is_sent(setup: SendingSetup) -> None:
    """The answer has its guid; accepted and sent are told, then what comes later."""
    backend = setup.fake_backend(written)
    sent = await setup.make(backend).send(setup.chat, "on my way", "k1")
    assert (sent.status, sent.reason) == ("sent", None)
    assert setup.published == ["accepted", "sent"]
    assert backend.submitted[0][0].guid == setup.app.chat_guid
    assert await setup.followed.poll() == ["on my way"]
    assert setup.followed.published[-1]["guid"] == sent.guid
    await do(
        setup.app.db.execute,
        "UPDATE message SET is_delivered = 1 WHERE guid = ?",
        (sent.guid,),
    )
    await setup.followed.poll(Trigger.QUIET)
    await do(
        setup.app.db.execute,
        "UPDATE message SET is_read = 1, date_read = 1 WHERE guid = ?",
        (sent.guid,),
    )
    await setup.followed.poll(Trigger.QUIET)
    assert setup.published == ["accepted", "sent", "delivered", "read"]


async def test_the_same_key_never_sends_twice(setup: SendingSetup) -> None:
    """One after the other, or both at once: one message, one answer."""
    backend = setup.fake_backend(written)
    sending = setup.make(backend)
    both = await asyncio.gather(
        sending.send(setup.chat, "once", "k"), sending.send(setup.chat, "once", "k")
    )
    assert both[0] == both[1] == await sending.send(setup.chat, "once", "k")
    assert len(backend.submitted) == 1


async def test_a_key_is_for_one_message(setup: SendingSetup) -> None:
    """Other words under the same key are refused, not sent and not swallowed."""
    backend = setup.fake_backend(written)
    sending = setup.make(backend)
    await sending.send(setup.chat, "these words", "k")
    with pytest.raises(InvalidParams) as refused:
        await sending.send(setup.chat, "other words", "k")
    assert refused.value.field == "idempotency_key"
    assert len(backend.submitted) == 1


@pytest.mark.parametrize("text", ["", "  \n ", "nul\0inside"])
async def test_what_cannot_be_sent_is_refused(setup: SendingSetup, text: str) -> None:
    """Nothing is submitted."""
    backend = setup.fake_backend(written)
    with pytest.raises(InvalidParams):
        await setup.make(backend).send(setup.chat, text, "k")
    assert backend.submitted == []


async def test_what_does_not_appear_is_unknown_until_it_does(
    setup: SendingSetup,
) -> None:
    """Not "failed": it may still go out. When it does, that is told."""
    sending = setup.make(setup.fake_backend(lambda app, text: None))
    sent = await sending.send(setup.chat, "slow train", "k")
    assert (sent.status, sent.guid) == ("unknown", None)
    await do(written, setup.app, "slow train")
    await setup.followed.poll()
    assert setup.published == ["accepted", "unknown", "sent"]
    assert (await sending.send(setup.chat, "slow train", "k")).status == "sent"


async def test_what_has_not_gone_out_yet_is_unknown_with_its_guid(
    setup: SendingSetup,
) -> None:
    """Messages holds it, for instance without a network."""
    sending = setup.make(
        setup.fake_backend(lambda app, text: written(app, text, is_sent=0))
    )
    sent = await sending.send(setup.chat, "in the tunnel", "k")
    assert sent.status == "unknown"
    assert sent.guid is not None


async def test_what_messages_could_not_deliver_has_failed(setup: SendingSetup) -> None:
    """The row says so; it is not tried again."""
    backend = setup.fake_backend(
        lambda app, text: written(app, text, is_sent=0, error=22)
    )
    sending = setup.make(backend)
    sent = await sending.send(setup.chat, "to nobody", "k")
    assert sent.status == "failed"
    assert "22" in (sent.reason or "")
    assert (await sending.send(setup.chat, "to nobody", "k")).status == "failed"
    assert len(backend.submitted) == 1


async def test_an_empty_message_in_no_conversation_is_a_failure(
    setup: SendingSetup,
) -> None:
    """What macOS 26 leaves of some group messages."""

    def ghost(app: MessagesApp, text: str) -> None:
        app.insert(None, from_me=True, service="SMS", is_sent=1)

    sent = await setup.make(setup.fake_backend(ghost)).send(
        setup.chat, "hello all", "k"
    )
    assert sent.status == "failed"
    assert "empty message" in (sent.reason or "")


async def test_another_service_is_never_silent(setup: SendingSetup) -> None:
    """It was sent, and by what."""
    sms = setup.fake_backend(lambda app, text: written(app, text, service="SMS"))
    chat = setup.chat
    sent = await setup.make(sms).send(chat, "green bubble", "k")
    assert sent.status == "sent"
    assert "SMS" in (sent.reason or "")


async def test_the_words_decide_not_the_moment(setup: SendingSetup) -> None:
    """Another message of the user's that appears meanwhile is not taken for it."""

    def two(app: MessagesApp, text: str) -> None:
        written(app, "written on the phone")
        written(app, text)

    sent = await setup.make(setup.fake_backend(two)).send(
        setup.chat, "from Jarvis", "k"
    )
    await setup.followed.poll()
    by_guid = {p["guid"]: p["text"] for p in setup.followed.published}
    assert by_guid[sent.guid] == "from Jarvis"


async def test_the_same_words_twice_are_two_messages(setup: SendingSetup) -> None:
    """Each with its own guid."""
    sending = setup.make(setup.fake_backend(written))
    both = await asyncio.gather(
        sending.send(setup.chat, "ok", "k1"), sending.send(setup.chat, "ok", "k2")
    )
    assert {each.status for each in both} == {"sent"}
    assert both[0].guid != both[1].guid


async def refuse(error: Exception, setup: SendingSetup) -> Sending:
    """Sending by a backend that fails."""

    def fail(app: MessagesApp, text: str) -> None:
        raise error

    return setup.make(setup.fake_backend(fail))


async def test_what_was_certainly_not_submitted_has_failed(setup: SendingSetup) -> None:
    """At once, with the backend's sentence."""
    sending = await refuse(NotSubmitted("Messages does not know it."), setup)
    sent = await sending.send(setup.chat, "hello", "k")
    assert (sent.status, sent.reason) == ("failed", "Messages does not know it.")
    assert setup.published == ["failed"]


async def test_a_machine_that_may_not_send_says_so(setup: SendingSetup) -> None:
    """As the error that clients know."""
    sending = await refuse(CannotSend("Allow it in System Settings."), setup)
    with pytest.raises(CannotSend, match="System Settings"):
        await sending.send(setup.chat, "hello", "k")
    assert setup.published == ["failed"]


@pytest.mark.parametrize("error", [MaybeSubmitted("No answer."), RuntimeError("?")])
async def test_a_failure_in_the_middle_is_unknown_unless_it_appears(
    setup: SendingSetup, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """chat.db has the last word."""
    monkeypatch.setattr("jarvis.daemon.sending.sending.AFTER_A_FAILURE_S", 0.1)
    sending = await refuse(error, setup)
    assert (await sending.send(setup.chat, "lost?", "k1")).status == "unknown"

    def yet(app: MessagesApp, text: str) -> None:
        written(app, text)
        raise error

    sending = setup.make(setup.fake_backend(yet))
    assert (await sending.send(setup.chat, "not lost", "k2")).status == "sent"


async def test_who_hangs_up_does_not_stop_it(setup: SendingSetup) -> None:
    """It goes on, and the key tells what became of it."""
    backend = setup.fake_backend(written)
    backend.held = asyncio.Event()
    sending = setup.make(backend)
    asking = asyncio.create_task(sending.send(setup.chat, "gone", "k"))
    await backend.reached.wait()
    asking.cancel()
    await asyncio.wait([asking])
    backend.held.set()
    assert (await sending.send(setup.chat, "gone", "k")).status == "sent"
    assert len(backend.submitted) == 1


@pytest.mark.parametrize("has_gone_out", [True, False])
async def test_after_a_kill_it_is_looked_up_not_sent_again(
    setup: SendingSetup, writer: JarvisDb, has_gone_out: bool
) -> None:
    """The key was noted before anything was done."""
    row = sendings.SendingRow(
        "k",
        setup.chat.chat_id,
        sendings.hash_of("before the kill"),
        0,
        "begun",
        None,
        None,
        0,
    )
    async with writer.transaction() as db:
        await sendings.write(db, row)
    if has_gone_out:
        await do(written, setup.app, "before the kill")
    backend = setup.fake_backend(written)
    sending = setup.make(backend)
    await sending.settle_earlier(setup.mail.find)
    expected = "sent" if has_gone_out else "unknown"
    assert setup.published == [expected]
    assert (await sending.send(setup.chat, "before the kill", "k")).status == expected
    assert backend.submitted == []


async def test_a_late_one_that_goes_out_later_still_is_told_each_time(
    setup: SendingSetup,
) -> None:
    """First that it is there, with its guid; then that it went."""
    sending = setup.make(setup.fake_backend(lambda app, text: None))
    await sending.send(setup.chat, "slow twice", "k")
    rowid = await do(written, setup.app, "slow twice", is_sent=0)
    await setup.followed.poll()
    await do(setup.app.update, rowid, is_sent=1, is_delivered=1)
    await setup.followed.poll(Trigger.QUIET)
    assert setup.published == ["accepted", "unknown", "unknown", "delivered"]
    guids = [p["guid"] for n, p in setup.followed.changes if n == "send_status"]
    assert guids[1] is None
    assert guids[2] == guids[3] == setup.followed.published[-1]["guid"]


async def test_a_row_that_has_only_begun_is_no_failure(
    setup: SendingSetup, writer: JarvisDb
) -> None:
    """After a kill the message may just be on its way into chat.db."""
    backend = setup.fake_backend(lambda app, text: None)
    sending = setup.make(backend)
    assert (await sending.send(setup.chat, "half there", "k")).status == "unknown"
    rowid = await do(setup.app.insert, None, from_me=True)
    assert (await sending.send(setup.chat, "half there", "k")).status == "unknown"
    await do(setup.app.link, rowid)
    await do(setup.app.update, rowid, text="half there", is_sent=1)
    assert (await sending.send(setup.chat, "half there", "k")).status == "sent"
    assert len(backend.submitted) == 1


async def test_a_defect_ends_one_act_and_nothing_else(
    setup: SendingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked is told; the next message goes out."""
    backend = setup.fake_backend(written)
    sending = setup.make(backend)

    async def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("jarvis.daemon.sending.sending.newest_member", broken)
        with pytest.raises(RuntimeError):
            await sending.send(setup.chat, "not this one", "k1")
    assert (await sending.send(setup.chat, "but this one", "k2")).status == "sent"
    assert [text for _, text in backend.submitted] == ["but this one"]
