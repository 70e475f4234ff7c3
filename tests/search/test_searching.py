"""What a search finds, and what it says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.errors import InvalidParams, ModelUnavailable, UnknownChat
from jarvis.protocol.methods.search import IndexState
from jarvis.records import Attachment
from tests.search.box import Box, ids, open_box

ANN, BO = "+15550100001", "+15550100002"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    """Nothing yet."""
    async with open_box(tmp_path) as box:
        yield box


async def test_words_find_the_message_that_holds_them(box: Box) -> None:
    """And its words are lit."""
    chat = box.chat(ANN)
    box.say(chat, "shall we meet?", sender=ANN)
    wanted = box.say(chat, "did you buy the hiking Boots", sender=ANN, after_minutes=90)
    box.say(chat, "not yet", after_minutes=90)
    await box.index(by_meaning=False)
    found = await box.search("hiking boots")
    assert ids(found) == [wanted]
    (hit,) = found.results
    text = hit.message.text
    assert [text[start:end] for start, end in hit.highlights] == ["hiking", "Boots"]
    assert (hit.match, hit.similarity) == ("keyword", None)
    assert (hit.message.sender, hit.message.chat_name) == (ANN, ANN)


async def test_meaning_finds_what_was_said_in_other_words(box: Box) -> None:
    """No word of the question stands in it."""
    chat = box.chat(ANN)
    wanted = box.say(chat, "the doctor says my knee needs surgery", sender=ANN)
    box.say(chat, "football starts at eight", after_minutes=90)
    box.say(chat, "we ate pizza and salad", after_minutes=90)
    await box.index()
    found = await box.search("hospital operation leg")
    assert ids(found)[0] == wanted
    assert found.results[0].match == "semantic"
    assert found.results[0].similarity is not None
    assert (found.mode_used, found.model) == ("semantic", "static")
    assert {*found.took_ms} == {"embed", "keyword", "vector"}


async def test_both_ways_make_one_list(box: Box) -> None:
    """What words and meaning find says so."""
    chat = box.chat(ANN)
    both = box.say(chat, "the dentist moved my appointment", sender=ANN)
    other = box.say(chat, "my tooth hurts so much", after_minutes=90)
    box.say(chat, "pizza tonight?", after_minutes=90)
    await box.index()
    found = await box.search("dentist", threshold=0)
    assert ids(found)[0] == both
    assert found.results[0].match == "both"
    assert other in ids(found)


async def test_meaning_alone_is_asked_where_that_is_wanted(box: Box) -> None:
    """No word brings a hit into it, and words alone none by meaning."""
    chat = box.chat(ANN)
    box.say(chat, "the dentist moved my appointment", sender=ANN)
    await box.index()
    by_meaning = await box.search("dentist", mode="semantic")
    assert {hit.match for hit in by_meaning.results} == {"semantic"}
    by_words = await box.search("dentist", mode="keyword")
    assert {hit.match for hit in by_words.results} == {"keyword"}
    assert by_words.mode_used == "keyword"
    assert by_words.semantic_available
    assert (by_words.reason, by_words.model) == (None, None)


async def test_without_vectors_words_answer_and_say_why(box: Box) -> None:
    """Who wants the meaning and nothing else is told that it cannot be."""
    box.say(box.chat(ANN), "boots", sender=ANN)
    await box.index(by_meaning=False)
    found = await box.search("boots")
    assert (found.mode_used, found.semantic_available) == ("keyword", False)
    assert "meaning" in (found.reason or "")
    with pytest.raises(ModelUnavailable, match="meaning"):
        await box.search("boots", mode="semantic")


async def test_a_model_that_is_gone_leaves_the_words(box: Box) -> None:
    """And its own sentence is the reason."""
    wanted = box.say(box.chat(ANN), "boots", sender=ANN)
    await box.index()
    box.is_broken = True
    found = await box.search("boots")
    assert ids(found) == [wanted]
    assert (found.mode_used, found.semantic_available) == ("keyword", False)
    assert found.reason == "The model's folder is gone."
    with pytest.raises(ModelUnavailable, match="folder is gone"):
        await box.search("boots", mode="semantic")


async def test_a_script_the_model_never_saw_is_found_by_its_words(box: Box) -> None:
    """Its vector would mean nothing, and the answer says so."""
    chat = box.chat(ANN)
    wanted = box.say(chat, "我们去吃火锅吧", sender=ANN)
    box.say(chat, "sounds good", after_minutes=90)
    await box.index()
    found = await box.search("火锅")
    assert ids(found) == [wanted]
    assert found.mode_used == "keyword"
    assert "static knows nothing of what was asked" in (found.reason or "")
    nothing = await box.search("火锅", mode="semantic")
    assert (ids(nothing), nothing.reason) == ([], found.reason)


async def test_an_emoji_is_a_word(box: Box) -> None:
    """Which the table has no numbers for."""
    wanted = box.say(box.chat(ANN), "see you 😂", sender=ANN)
    await box.index()
    found = await box.search("😂😂")
    assert ids(found) == [wanted]
    assert found.mode_used == "keyword"


async def test_signs_alone_find_nothing_and_say_so(box: Box) -> None:
    """They are no empty query, which would list everything."""
    box.say(box.chat(ANN), "what?!", sender=ANN)
    await box.index()
    found = await box.search("?! ***")
    assert ids(found) == []
    assert "no word" in (found.reason or "")


async def test_stop_words_alone_find_what_holds_them_all(box: Box) -> None:
    """They are words like others where nothing else is asked."""
    chat = box.chat(ANN)
    wanted = box.say(chat, "to be or not to be", sender=ANN)
    box.say(chat, "to be sure", after_minutes=90)
    await box.index(by_meaning=False)
    assert ids(await box.search("to be or not"))[0] == wanted


@pytest.mark.parametrize(
    "query",
    [
        "boots OR NOT",
        'boots "',
        "text:boots",
        "boots*",
        "(boots",
        "NEAR/2( boots",
        "{boots} + ^",
        "boots; DROP TABLE search_message",
    ],
)
async def test_signs_of_a_query_language_mean_nothing(box: Box, query: str) -> None:
    """They never end in an error."""
    wanted = box.say(box.chat(ANN), "text boots or not near 2 drop table", sender=ANN)
    await box.index(by_meaning=False)
    assert ids(await box.search(query)) == [wanted]


async def test_a_page_that_was_pasted_is_answered(box: Box) -> None:
    """By its beginning, and it says so."""
    wanted = box.say(box.chat(ANN), "where are the boots", sender=ANN)
    await box.index()
    found = await box.search("boots " * 20_000)
    assert ids(found) == [wanted]
    assert "too long" in (found.reason or "")


async def test_what_says_the_same_is_one_hit(box: Box) -> None:
    """The newest, and how often it was said."""
    chat = box.chat(ANN)
    box.say(chat, "boots are here", sender=ANN)
    box.say(chat, "Boots  are here", after_minutes=90)
    newest = box.say(chat, "boots are here", after_minutes=90)
    await box.index()
    (hit,) = (await box.search("boots")).results
    assert (hit.message.id, hit.repeat_count) == (newest, 3)


async def test_who_asks_for_a_whole_text_gets_each_time_it_was_said(box: Box) -> None:
    """Then it is no repetition that is in the way."""
    chat = box.chat(ANN)
    said = [box.say(chat, "Happy birthday!", after_minutes=90) for _ in range(3)]
    await box.index(by_meaning=False)
    found = await box.search("happy birthday!")
    assert ids(found) == said[::-1]
    assert [hit.repeat_count for hit in found.results] == [1, 1, 1]


async def test_repeats_are_counted_among_what_passes(box: Box) -> None:
    """What somebody else said does not count where only one person is asked about."""
    chat = box.chat(ANN, BO, name="Hikers")
    box.say(chat, "boots are here", sender=ANN)
    box.say(chat, "boots are here", sender=BO, after_minutes=90)
    await box.index()
    (hit,) = (await box.search("boots", filters={"sender": ANN})).results
    assert hit.repeat_count == 1


async def test_what_stands_beside_a_hit_is_its_context(box: Box) -> None:
    """Two before and two after, oldest first, as they stand in the conversation."""
    chat = box.chat(ANN)
    before = [box.say(chat, f"line {word}") for word in ("one", "two", "three")]
    wanted = box.say(chat, "where did I put my boots")
    after = [box.say(chat, f"line {word}") for word in ("four", "five", "six")]
    await box.index(by_meaning=False)
    (hit,) = (await box.search("boots")).results
    assert hit.message.id == wanted
    assert [each.id for each in hit.context] == [*before[1:], *after[:2]]


async def test_one_talk_is_one_place_and_another_day_another(box: Box) -> None:
    """The best two of a place stand for it, unless more hold every word as well."""
    chat = box.chat(ANN)
    worse = box.say(chat, "my knee is bad, see you", sender=ANN)
    good = box.say(chat, "in hospital they look at the knee again", sender=ANN)
    best = box.say(
        chat, "hospital: the doctor says the knee needs an operation", sender=ANN
    )
    later = box.say(chat, "how is the knee after surgery", after_minutes=300)
    await box.index()
    found = await box.search("hospital operation", threshold=0, mode="semantic")
    assert {*ids(found)} == {best, good, later}
    assert ids(found)[0] == best
    assert worse in [each.id for each in found.results[0].context]
    assert {*ids(await box.search("knee", mode="keyword"))} == {
        worse,
        good,
        best,
        later,
    }


async def test_a_word_that_is_being_typed_finds_what_begins_so(box: Box) -> None:
    """After those that hold it as it stands."""
    chat = box.chat(ANN)
    longer = box.say(chat, "mountaineering", sender=ANN)
    whole = box.say(chat, "the mount", after_minutes=90)
    await box.index(by_meaning=False)
    assert ids(await box.search("mount")) == [whole, longer]
    assert ids(await box.search("mountai")) == [longer]


async def test_filters_are_exact(box: Box) -> None:
    """Each alone, and all together."""
    hikers, ann = box.chat(ANN, BO, name="Hikers"), box.chat(ANN)
    file = Attachment(
        name="boots.jpg", mime_type=None, size_bytes=1, path=None, is_missing=True
    )
    by_ann = box.say(hikers, "new boots", sender=ANN)
    by_bo = box.say(hikers, "old boots", sender=BO, after_minutes=90)
    by_me = box.say(hikers, "my boots", after_minutes=90)
    direct = box.say(ann, "boots again", sender=ANN, after_minutes=90)
    photo = box.say(ann, "", sender=ANN, after_minutes=90, attachments=(file,))
    await box.index()

    async def by(**filters: object) -> set[int]:
        return {*ids(await box.search("boots", filters=filters))}

    assert await by() == {by_ann, by_bo, by_me, direct, photo}
    assert await by(chat_id=hikers) == {by_ann, by_bo, by_me}
    assert await by(sender=ANN) == {by_ann, direct, photo}
    assert await by(from_me=True) == {by_me}
    assert await by(from_me=False) == {by_ann, by_bo, direct, photo}
    assert await by(has_attachment=True) == {photo}
    assert await by(has_attachment=False, chat_id=ann) == {direct}
    at = box.written[by_me].date
    assert await by(after=at) == {by_me, direct, photo}
    assert await by(before=at) == {by_ann, by_bo}
    assert await by(after=at, before=at) == set()
    assert await by(chat_id=hikers, sender=ANN, before=at) == {by_ann}


async def test_nobody_of_that_name_is_said_and_not_searched_around(box: Box) -> None:
    """An empty list alone would look like silence."""
    box.say(box.chat(ANN), "boots", sender=ANN)
    await box.index()
    found = await box.search("boots", filters={"sender": "+15550109999"})
    assert ids(found) == []
    assert "Nobody" in (found.reason or "")


async def test_an_unknown_chat_is_refused(box: Box) -> None:
    """As every method refuses it."""
    with pytest.raises(UnknownChat):
        await box.search("boots", filters={"chat_id": "iMessage;-;nobody"})


async def test_an_empty_query_lists_the_newest_that_pass(box: Box) -> None:
    """Page after page, without a gap and without one twice."""
    chat, other = box.chat(ANN), box.chat(BO)
    said = [box.say(chat, f"line {n}") for n in range(25)]
    box.say(other, "elsewhere")
    await box.index()
    found = await box.search(" ", limit=10, filters={"chat_id": chat})
    pages = [ids(found)]
    while found.next is not None:
        box.say(chat, "new mail meanwhile")
        await box.index()
        found = await box.search(
            " ", limit=10, filters={"chat_id": chat}, before=found.next
        )
        pages.append(ids(found))
    assert [each for page in pages for each in page] == said[::-1]
    assert [len(page) for page in pages] == [10, 10, 5]


async def test_pages_stay_as_they_were_while_mail_comes(box: Box) -> None:
    """Every hit once, in one order, however many are asked for at a time."""
    chat = box.chat(ANN)
    for n in range(30):
        box.say(chat, f"boots number {n}", after_minutes=90)
    await box.index()
    whole = ids(await box.search("boots", limit=100))
    assert sorted(whole) == sorted(box.written)
    first = await box.search("boots", limit=7)
    assert first.total_results is None
    shown, following = ids(first), first.next
    while following is not None:
        box.say(chat, "boots boots boots", after_minutes=90)
        await box.index()
        page = await box.search("boots", limit=7, before=following)
        shown += ids(page)
        following = page.next
    assert shown == whole


async def test_a_page_whose_order_was_forgotten_is_made_again(box: Box) -> None:
    """A daemon that started anew goes on where the one before stopped."""
    chat = box.chat(ANN)
    for n in range(30):
        box.say(chat, f"boots number {n}", after_minutes=90)
    await box.index()
    whole = ids(await box.search("boots", limit=100))
    first = await box.search("boots", limit=10)
    box.searcher.forget()
    box.say(chat, "boots boots boots", after_minutes=90)
    await box.index()
    second = await box.search("boots", limit=10, before=first.next)
    assert ids(first) + ids(second) == whole[:20]


async def test_a_cursor_of_another_search_is_refused(box: Box) -> None:
    """And what is none."""
    chat = box.chat(ANN)
    for n in range(3):
        box.say(chat, f"boots number {n}", after_minutes=90)
    await box.index()
    first = await box.search("boots", limit=1)
    for before in (first.next, "no cursor", "", "é"):
        with pytest.raises(InvalidParams, match="before is") as refused:
            await box.search("boot", limit=1, before=before)
        assert refused.value.field == "before"


async def test_what_was_edited_is_never_shown_as_it_was(box: Box) -> None:
    """Also in the moment before the index has followed."""
    chat = box.chat(ANN)
    edited = box.say(chat, "the boots cost a fortune", sender=ANN)
    beside = box.say(chat, "boots?")
    await box.index()
    box.change(edited, text="never mind", line="never mind")
    found = await box.search("boots fortune")
    assert edited not in ids(found)
    for hit in found.results:
        assert "fortune" not in str(hit)
    await box.index()
    assert ids(await box.search("never mind"))[0] in (edited, beside)


async def test_what_was_deleted_or_taken_back_is_no_hit(box: Box) -> None:
    """Nor the context of one."""
    chat = box.chat(ANN)
    gone = box.say(chat, "boots are gone", sender=ANN)
    unsent = box.say(chat, "boots were unsent", sender=ANN)
    kept = box.say(chat, "boots are here", sender=ANN)
    await box.index()
    del box.written[gone]
    box.change(unsent, text=None, retracted=True, line="Ann unsent a message")
    found = await box.search("boots")
    assert ids(found) == [kept]
    assert "were unsent" not in str(found)
    assert "are gone" not in str(found)


async def test_a_hit_that_is_gone_leaves_its_place_to_the_next(box: Box) -> None:
    """A page is as long as there are hits for it."""
    chat = box.chat(ANN)
    said = [box.say(chat, f"boots {n}", after_minutes=90) for n in range(6)]
    await box.index(by_meaning=False)
    for each in said[-2:]:
        del box.written[each]
    assert len(ids(await box.search("boots", limit=4))) == 4


async def test_vectors_that_come_and_go_are_followed_at_once(box: Box) -> None:
    """The codes in memory are never older than the search that asks."""
    chat = box.chat(ANN)
    box.say(chat, "football starts at eight", sender=ANN)
    await box.index()
    question = "hospital operation leg"
    assert ids(await box.search(question)) == []
    wanted = box.say(chat, "the doctor says my knee needs surgery", after_minutes=90)
    await box.index()
    assert ids(await box.search(question)) == [wanted]
    await box.forget(wanted)
    assert ids(await box.search(question)) == []


def is_loaded(box: Box) -> bool:
    """Whether codes are in memory now."""
    return box.meaning.is_loaded


async def test_codes_are_let_go_and_read_again(box: Box) -> None:
    """Nobody who searches notices."""
    wanted = box.say(box.chat(ANN), "the doctor says my knee needs surgery")
    await box.index()
    await box.search("surgery", mode="keyword")
    assert not is_loaded(box)
    assert ids(await box.search("hospital operation leg")) == [wanted]
    assert is_loaded(box)
    box.meaning.drop()
    assert not is_loaded(box)
    assert ids(await box.search("hospital operation leg")) == [wanted]


async def test_how_far_the_index_is_comes_with_each_answer(box: Box) -> None:
    """Of messages where words were looked for, of texts while vectors are made."""
    box.say(box.chat(ANN), "boots", sender=ANN)
    await box.index(by_meaning=False)
    box.state = IndexState(state="keywords", indexed=1, total=9, embedded=0, to_embed=0)
    found = await box.search("boots")
    assert (found.indexed, found.total) == (1, 9)
    box.state = IndexState(state="paused", indexed=1, total=9, reason="You paused it.")
    found = await box.search("boots", mode="keyword")
    assert found.reason == "The index is paused: You paused it."


async def test_only_what_tells_something_is_lit(box: Box) -> None:
    """A word that is in every other message is no reason to look at it."""
    chat = box.chat(ANN)
    for n in range(20):
        box.say(chat, f"the thing {n}", after_minutes=90)
    box.say(chat, "the boots", after_minutes=90)
    await box.index(by_meaning=False)
    hit = (await box.search("the boots")).results[0]
    (span,) = hit.highlights
    assert hit.message.text[slice(*span)] == "boots"
