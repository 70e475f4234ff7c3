"""How two lists become one."""

from __future__ import annotations

from jarvis.search.ranking import Meant, Place, Worded, own_weight, ranked


def places(*texts: object) -> dict[int, Place]:
    """Messages 1, 2, …, each newer than the one before."""
    return {
        id: Place(id, date_ms=id * 1000, text=str(text))
        for id, text in enumerate(texts, 1)
    }


def test_what_both_lists_find_stands_before_what_one_finds() -> None:
    """Even where another is first of a list."""
    hits = ranked(
        [Meant(1, 0.9, 0.9, True), Meant(2, 0.8, 0.8, True)],
        [Worded(3, 1.0), Worded(2, 1.0)],
        places(1, 2, 3),
    )
    assert [(hit.id, hit.match) for hit in hits] == [
        (2, "both"),
        (3, "keyword"),
        (1, "semantic"),
    ]


def test_a_hit_by_words_alone_has_no_similarity() -> None:
    """And one by meaning has the cosine that was computed, nothing made of it."""
    hits = ranked([Meant(1, 0.4, 0.7, True)], [Worded(2, 1.0)], places(1, 2))
    assert {hit.id: hit.similarity for hit in hits} == {1: 0.4, 2: None}


def test_words_that_cover_less_than_half_of_the_query_join_nothing() -> None:
    """Else "who asked about the boots" would list whatever says "the"."""
    assert ranked([], [Worded(1, 0.49)], places(1)) == []
    assert [hit.id for hit in ranked([], [Worded(1, 0.5)], places(1))] == [1]


def test_what_is_less_similar_than_asked_is_found_by_its_words_or_not_at_all() -> None:
    """The bar is for meaning; words need none."""
    hits = ranked(
        [Meant(1, 0.2, 0.9, True), Meant(2, 0.2, 0.9, True)],
        [Worded(2, 1.0)],
        places(1, 2),
        least_similarity=0.3,
    )
    assert [(hit.id, hit.match, hit.similarity) for hit in hits] == [
        (2, "keyword", None)
    ]


def test_of_equal_hits_the_newest_is_first() -> None:
    """Order never hangs on chance."""
    near = [Meant(each, 0.5, 0.5, True) for each in (1, 3, 2)]
    assert [hit.id for hit in ranked(near, [], places(1, 2, 3))] == [3, 2, 1]


def test_messages_that_say_the_same_are_one_hit() -> None:
    """The newest of them is shown, and the others are told."""
    near = [Meant(each, 0.5, 0.5, True) for each in (1, 2, 3)]
    (hit, other) = ranked(near, [], places(7, 7, 8))
    assert (hit.id, hit.repeats) == (3, ())
    assert (other.id, other.repeats) == (2, (1,))


def test_a_message_found_among_others_is_shown_where_it_stands() -> None:
    """A newer "ok" elsewhere is not what was found."""
    near = [Meant(1, 0.6, 0.6, False), Meant(2, 0.4, 0.4, False)]
    (hit,) = ranked(near, [], places(7, 7))
    assert (hit.id, hit.repeats) == (1, (2,))


def test_messages_that_say_nothing_are_never_the_same() -> None:
    """Two photos are two photos."""
    near = [Meant(1, 0.5, 0.5, False), Meant(2, 0.5, 0.5, False)]
    assert len(ranked(near, [], places("", ""))) == 2


def test_a_message_with_every_word_is_on_the_first_screen() -> None:
    """However many others are nearer in meaning."""
    near = [Meant(each, 0.9, 1 - each / 1000, True) for each in range(1, 100)]
    worded = [Worded(each, 0.6) for each in range(1, 100)] + [Worded(100, 1.0)]
    hits = ranked(near, worded, places(*range(1, 101)))
    assert 100 in [hit.id for hit in hits[:10]]
    assert sorted(hit.id for hit in hits) == list(range(1, 101))


def test_where_words_come_first_every_word_counts() -> None:
    """A code, a number, a quotation: what holds it stands before all else."""
    near = [Meant(each, 0.9, 0.9, True) for each in (1, 2, 3)]
    hits = ranked(near, [Worded(4, 1.0)], places(1, 2, 3, 4), words_first=True)
    assert [hit.id for hit in hits] == [4, 3, 2, 1]


def test_what_is_gone_is_no_hit() -> None:
    """A message without a place was deleted since, or does not pass the filters."""
    assert ranked([Meant(9, 0.9, 0.9, True)], [Worded(9, 1.0)], places(1)) == []


def test_a_short_text_counts_less_for_itself_than_one_that_says_more() -> None:
    """ "I know" is near to everything; what fifty letters say is what was meant."""
    weights = [own_weight(letters) for letters in (0, 6, 25, 50, 400)]
    assert weights == [0.0, 0.12, 0.5, 1.0, 1.0]
