"""The one table of errors, read from both ends."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.errors import JarvisError, NotRunning
from jarvis.protocol.codes import CODE_BY_ERROR, from_wire, to_wire


def test_codes_are_distinct() -> None:
    """A code alone tells the kind."""
    assert len(set(CODE_BY_ERROR.values())) == len(CODE_BY_ERROR)


@pytest.mark.parametrize("error_type", CODE_BY_ERROR)
def test_every_error_survives_the_wire(error_type: type[JarvisError]) -> None:
    """Kind, text and retryable come back as they went."""
    sent = to_wire(error_type("What to do."))
    member = msgspec.to_builtins(sent)
    assert type(from_wire(member)) is error_type
    assert str(from_wire(member)) == "What to do."
    assert sent.data.retryable is error_type.retryable
    del member["data"]
    assert type(from_wire(member)) is error_type


def test_an_error_clients_may_not_see_has_no_code() -> None:
    """It must be turned into another one first."""
    with pytest.raises(KeyError):
        to_wire(NotRunning("inside only"))


@pytest.mark.parametrize(
    "member", [None, "boom", {}, {"code": 5}, {"code": "x", "data": []}]
)
def test_a_strange_error_is_still_an_error(member: object) -> None:
    """A peer that explains itself badly does not crash this one."""
    assert type(from_wire(member)) is JarvisError
