"""The index follows the mail: what is said is found, and what went is not."""

from __future__ import annotations

from datetime import timedelta

from jarvis.demo.mailbox.edits import history
from jarvis.demo.typedstream import encode
from jarvis.stores.apple_time import to_apple_ns
from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.daemon.indexing.indexed import Indexed


async def test_the_whole_history_is_indexed_at_the_first_start(
    indexed: Indexed,
) -> None:
    """By words first, then by meaning; and it says so."""
    state = await indexed.settled()
    assert state.indexed == state.total == await indexed.count("search_message") > 100
    assert state.embedded == state.to_embed > 0
    assert state.model == "static"
    stages = [*dict.fromkeys(told.state for told in indexed.told)]
    assert stages == ["keywords", "vectors", "ready"]


async def test_a_new_message_is_found_at_once(
    indexed: Indexed, app: MessagesApp
) -> None:
    """By its words, and then by what it means."""
    await indexed.settled()
    app.write("the walnut ferry leaves at nine")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    await indexed.settled()
    (message,) = await indexed.found("walnut")
    where = f"kind = 0 AND ref = {message.text_id}"
    assert await indexed.count("search_vector", where) == 1


async def test_what_was_unsent_is_found_no_more(
    indexed: Indexed, app: MessagesApp
) -> None:
    """Neither by its words nor in a segment, and its text is gone."""
    (rowid, *_) = app.write("the walnut ferry", "leaves at nine", "from the pier")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    await indexed.settled()
    app.move_to_recently_deleted(rowid)
    await indexed.followed.changed()
    await indexed.finds("walnut", 0)
    await indexed.ends_in(app.chat_guid, ["leaves at nine", "from the pier"])
    assert await indexed.count("search_text", "body LIKE '%walnut%'") == 0


async def test_an_edit_is_found_by_its_new_words_alone(
    indexed: Indexed, app: MessagesApp
) -> None:
    """And what it is read together with has the new words too."""
    (rowid, *_) = app.write("the walnut ferry", "leaves at nine", "from the pier")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    now_ns = to_apple_ns(NOW)
    app.update(
        rowid,
        attributedBody=encode("the hazel ferry"),
        date_edited=now_ns,
        message_summary_info=history(
            [(now_ns - 10**9, "the walnut ferry"), (now_ns, "the hazel ferry")]
        ),
    )
    await indexed.followed.changed()
    await indexed.finds("hazel", 1)
    assert await indexed.found("walnut") == []
    await indexed.ends_in(
        app.chat_guid, ["the hazel ferry", "leaves at nine", "from the pier"]
    )


async def test_an_old_message_that_is_deleted_goes_too(
    indexed: Indexed, app: MessagesApp
) -> None:
    """Also one that is too old to be watched for edits."""
    (rowid,) = app.write("the walnut ferry", date=NOW - timedelta(days=300))
    app.write(*(f"number {n}" for n in range(1200)), date=NOW - timedelta(days=200))
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    await indexed.settled()
    app.move_to_recently_deleted(rowid)
    await indexed.followed.settled()
    await indexed.finds("walnut", 0)


async def test_codes_and_reactions_are_indexed_nowhere(
    indexed: Indexed, app: MessagesApp
) -> None:
    """A code lets its reader in: it is neither stored nor found."""
    await indexed.settled()
    app.write("Your login code is 481234", date=NOW)
    app.db.execute(
        "UPDATE handle SET id = '24680' WHERE ROWID = ?", (app.handle_rowid,)
    )
    app.write("Your verification code is 998877")
    (liked,) = app.write("Loved “the walnut ferry”", associated_message_type=2000)
    app.write("the walnut ferry")
    await indexed.followed.poll()
    await indexed.finds("ferry", 1)
    await indexed.settled()
    assert await indexed.found("998877") == []
    assert await indexed.count("search_message", f"id = {liked}") == 0
    assert await indexed.count("search_text", "body LIKE '%998877%'") == 0


async def test_a_text_that_many_say_has_one_vector(
    indexed: Indexed, app: MessagesApp
) -> None:
    """However often it is said; each message is found."""
    await indexed.settled()
    app.write(*["see you at the walnut pier"] * 7)
    await indexed.followed.poll()
    await indexed.finds("walnut", 7)
    await indexed.settled()
    assert await indexed.count("search_text", "body LIKE '%walnut%'") == 1


async def test_new_messages_are_read_together_with_those_before(
    indexed: Indexed, app: MessagesApp
) -> None:
    """As soon as three have come; those that were full stay as they are."""
    await indexed.settled()
    for number in range(9):
        app.write(f"walnut number {number}", date=NOW + timedelta(minutes=number))
        await indexed.followed.poll()
        await indexed.finds("walnut", number + 1)
    said = [f"walnut number {number}" for number in range(9)]
    await indexed.ends_in(app.chat_guid, said[:5], said[3:8], said[6:])


async def test_who_wrote_may_become_known_later(
    indexed: Indexed, app: MessagesApp
) -> None:
    """A row that came without its sender is found under their name once it has one."""
    await indexed.settled()
    app.go_to_group()
    (rowid,) = app.write("the walnut ferry leaves at nine", handle_id=0)
    await indexed.followed.settled()
    await indexed.finds("walnut", 1)
    assert [message.sender for message in await indexed.found("walnut")] == [""]
    app.update(
        rowid, handle_id=app.handle_rowid, text="the walnut ferry leaves at nine"
    )
    await indexed.followed.changed()
    async with indexed.waiting():
        while [message.sender for message in await indexed.found("walnut")] == [""]:
            continue
