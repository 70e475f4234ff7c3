"""How near two texts are, and how sure a mean is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis.assistant.evaluating.scores import (
    NOTHING,
    chrf,
    cosine,
    difference_of,
    length_ratio,
    mean_of,
    measures_of,
    share_of,
    style_distance,
)

TEXTS = st.text(min_size=1, max_size=40)
NUMBERS = st.lists(st.floats(-10, 10), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("on my way", "on my way", 1.0),
        ("yes", "nah", 0.0),
        # Stretches of 1, 2 and 3: 2 of 3, 1 of 2 and none of 1 are shared, both ways.
        ("abc", "abd", (2 / 3 + 1 / 2 + 0) / 3),
        # Precision 1, recall (2/4 + 1/3) / 2 = 5/12: 5 PR / (4P + R).
        ("ab", "abcd", 25 / 53),
        # The other way round recall is what is whole: it counts more.
        ("abcd", "ab", 25 / 32),
        # A letter counts as often as both have it: precision 1/2, recall 1.
        ("aa", "a", 5 / 6),
        ("a b\nc", "abc", 1.0),
        ("", "abc", 0.0),
    ],
)
def test_chrf_is_what_one_computes_by_hand(
    text: str, reference: str, expected: float
) -> None:
    """Means of precision and recall over 1 to 6 letters, recall twice as important."""
    assert chrf(text, reference) == pytest.approx(expected)


@given(TEXTS, TEXTS)
def test_chrf_lies_between_nothing_and_the_same(one: str, other: str) -> None:
    """For any texts of any script; a text is like itself, blanks put aside."""
    assert 0.0 <= chrf(one, other) <= 1.0
    if one.strip():
        assert chrf(f" {one} ", one) == pytest.approx(1.0)


@given(TEXTS, TEXTS)
def test_likeness_in_words_is_the_same_both_ways(one: str, other: str) -> None:
    """The cosine depends on nothing but the two texts."""
    assert 0.0 <= cosine(one, other) <= 1.0
    assert cosine(one, other) == pytest.approx(cosine(other, one))


def test_texts_with_the_same_words_are_alike() -> None:
    """Whatever case and marks they are written with; others less, or not at all."""
    assert cosine("See you there!", "see you there") == pytest.approx(1.0)
    assert 0.0 < cosine("See you there!", "see you tomorrow") < 1.0
    assert cosine("yes", "nah") == 0.0


def test_a_text_of_half_the_length_has_half_the_ratio() -> None:
    """Whichever of the two is the longer."""
    assert length_ratio("ab", "abcd") == length_ratio("abcd", "ab") == 0.5


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("See you.", "Other words.", 0.0),
        ("see you.", "See you.", 1 / 3),
        ("See you", "See you.", 1 / 3),
        ("See you!", "See you.", 1 / 3),
        ("See you 🎉", "See you", 1 / 3),
        ("see you! 🎉", "See you.", 1.0),
        ("好的", "See you", 0.0),
        ("好的。", "See you", 1 / 2),
    ],
)
def test_style_differs_in_case_closing_mark_and_emoji(
    text: str, reference: str, expected: float
) -> None:
    """Each counts the same; case only where both letters have one."""
    assert style_distance(text, reference) == pytest.approx(expected)


def test_an_offer_counts_by_its_best_text_and_by_its_first() -> None:
    """The words may differ in case and marks, and a stance may be put otherwise."""
    measures = measures_of("Yes, see you there", ["Can't, sorry", "yes see you there!"])
    assert measures["sent_text"] == 1.0
    assert measures["stance"] == 1.0
    assert measures["chrf_first"] < measures["chrf_best"]
    assert measures["cosine_best"] == pytest.approx(1.0)
    assert measures["length_ratio"] == length_ratio(
        "Can't, sorry", "Yes, see you there"
    )
    assert measures["style_distance"] == 0.0


def test_no_offer_is_a_miss_and_has_no_likeness() -> None:
    """A stance is asked for only where what was sent has one."""
    assert measures_of("Yes!", []) == {"sent_text": 0.0, "stance": 0.0}
    assert measures_of("The blue one", []) == {"sent_text": 0.0}


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_of_a_share_is_wilsons(
    hits: int, count: int, low: float, high: float
) -> None:
    """Values of tables; 81 of 263 is Newcombe's example of 1998."""
    estimate = share_of([1.0] * hits + [0.0] * (count - hits))
    assert estimate.value == pytest.approx(hits / count)
    assert estimate.low == pytest.approx(low, abs=5e-5)
    assert estimate.high == pytest.approx(high, abs=5e-5)


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_a_share_lies_in_its_interval_and_more_of_the_same_narrows_it(
    hits: list[bool],
) -> None:
    """Always within 0 and 1."""
    few, many = share_of([*map(float, hits)]), share_of([*map(float, hits)] * 4)
    for each in (few, many):
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        assert 0.0 <= each.low <= each.value + 1e-12
        assert each.value - 1e-12 <= each.high <= 1.0
    assert many.high - many.low < few.high - few.low  # type: ignore[operator]  # seen above


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 10), (10, 10), 0.6075, 1.0),
        ((0, 29), (5, 56), -0.0381, 0.1926),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Method 10 of his examples of 1998, table II."""
    shares = [
        share_of([1.0] * hits + [0.0] * (count - hits))
        for hits, count in (first, second)
    ]
    change = difference_of(*shares)
    assert change.low == pytest.approx(low, abs=1e-4)
    assert change.high == pytest.approx(high, abs=1e-4)
    assert change.count == first[1] + second[1]


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    """Of the numbers from 0 to 99 the mean is 49.5, its standard error 2.89."""
    estimate = mean_of([float(each) for each in range(100)])
    assert estimate.value == 49.5
    assert estimate.low == pytest.approx(49.5 - 1.96 * 2.89, abs=1.0)
    assert estimate.high == pytest.approx(49.5 + 1.96 * 2.89, abs=1.0)


@settings(max_examples=25)
@given(NUMBERS)
def test_a_mean_has_the_same_interval_each_time(values: list[float]) -> None:
    """Within the smallest and the largest value."""
    estimate = mean_of(values)
    assert estimate == mean_of(values)
    assert estimate.count == len(values)
    assert estimate.low is not None
    assert estimate.high is not None
    assert min(values) - 1e-9 <= estimate.low <= estimate.high <= max(values) + 1e-9


def test_of_no_values_nothing_is_known() -> None:
    """Neither a share nor a mean, nor how far it is from another."""
    assert share_of([]) == mean_of([]) == NOTHING
    assert difference_of(NOTHING, share_of([1.0])) == NOTHING
    assert difference_of(share_of([1.0]), NOTHING) == NOTHING
