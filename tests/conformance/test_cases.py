"""Each clause over each carrier, in one piece and in many."""

from __future__ import annotations

import random

import pytest

from tests.conformance.carriers import Carrier, InMemory
from tests.conformance.case import Case, answer_of, call, in_any_order, ok
from tests.conformance.cases import CASES

AFTER = "and it still answers"


def cut(sent: bytes, seed: int) -> list[bytes]:
    """The bytes in up to 40 pieces."""
    chance = random.Random(seed)
    places = sorted(chance.randint(0, len(sent)) for _ in range(chance.randint(1, 40)))
    return [
        sent[start:end]
        for start, end in zip([0, *places], [*places, len(sent)], strict=True)
    ]


def hold(carrier: Carrier, case: Case, parts: list[bytes]) -> None:
    """The answers are those of the case, and the connection is none the worse."""
    expected = list(case.answers)
    if not case.is_last:
        parts = [*parts, call(id=AFTER)]
        expected.append(ok(AFTER))
    wait_for = 0 if case.is_last else len(expected)
    lines = carrier.exchange(parts, answers=wait_for)
    assert in_any_order(map(answer_of, lines)) == in_any_order(expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_clause(carrier: Carrier, case: Case) -> None:
    """In one piece."""
    if case.needs_daemon and isinstance(carrier, InMemory):
        pytest.skip("asks for methods that take time")
    hold(carrier, case, [case.sent])


@pytest.mark.parametrize(
    "case",
    [each for each in CASES if not each.needs_daemon],
    ids=lambda case: case.name,
)
@pytest.mark.parametrize("seed", range(3))
def test_clause_in_pieces(case: Case, seed: int) -> None:
    """However the bytes are cut; the shorter ones also byte by byte."""
    hold(InMemory(), case, cut(case.sent, seed))
    if len(case.sent) < 2000:
        hold(InMemory(), case, [case.sent[n : n + 1] for n in range(len(case.sent))])


def test_no_clause_is_written_twice() -> None:
    """So that the number of cases says something."""
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
