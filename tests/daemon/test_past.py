"""What the user answered before, read from chat.db and kept up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from jarvis.daemon.mail import Mail
from jarvis.daemon.past import Past
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import MessagesApp

QUESTION = "shall we take the walnut boat out?"


@pytest.fixture
async def mail(followed: Followed, journal: JarvisDb) -> AsyncIterator[Mail]:
    """Mail beside an inbox that follows Messages."""
    mail = Mail(followed.inbox, journal.connection)
    yield mail
    await mail.close()


async def _answered(app: MessagesApp, followed: Followed) -> None:
    app.write(QUESTION)
    app.write("gladly, if the wind is kind", from_me=True)
    await followed.look()


async def test_a_reply_is_remembered_as_soon_as_it_is_sent(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """The same memory goes on; nothing is read when nothing came."""
    past = Past(mail)
    before = await past.memory(mail.chat(app.chat_guid))
    known = len(before)
    assert await past.memory() is before
    await _answered(app, followed)
    after = await past.memory()
    assert after is before
    assert len(after) == known + 1
    (recalled, *_) = after.nearest(QUESTION, chat_id=app.chat_guid, k=3)
    assert recalled.pair.reply == "gladly, if the wind is kind"


async def test_words_that_were_taken_back_are_no_example(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """What was edited, unsent or deleted is read anew."""
    past = Past(mail)
    await _answered(app, followed)
    before = await past.memory()
    assert before.nearest(QUESTION, chat_id=app.chat_guid, k=1)
    past.forget()
    after = await past.memory()
    assert after is not before
    assert len(after) == len(before)
