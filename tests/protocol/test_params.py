"""Params: by name or by place, and refusals that name the member."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis.errors import InvalidParams
from jarvis.protocol.methods import METHODS
from jarvis.protocol.methods.base import NoParams, Params
from jarvis.protocol.methods.batch import BatchParams
from jarvis.protocol.methods.mail import ListMessagesParams
from jarvis.protocol.params import read_params


def test_names_and_places_say_the_same() -> None:
    """An array is read in the order of the documentation."""
    by_name = read_params(ListMessagesParams, {"chat_id": "c", "limit": 9})
    assert read_params(ListMessagesParams, ["c", 9]) == by_name


def test_what_is_left_out_has_its_default() -> None:
    """And null params are no params."""
    assert read_params(ListMessagesParams, {"chat_id": "c"}).limit == 50
    assert read_params(NoParams, None) == NoParams()


@pytest.mark.parametrize(
    ("params_type", "given", "field"),
    [
        (ListMessagesParams, {}, "chat_id"),
        (ListMessagesParams, {"chat_id": 1}, "chat_id"),
        (ListMessagesParams, {"chat_id": "c", "limit": 0}, "limit"),
        (ListMessagesParams, {"chat_id": "c", "limit": 501}, "limit"),
        (ListMessagesParams, {"chat_id": "c", "limit": True}, "limit"),
        (ListMessagesParams, {"chat_id": "c", "limit": "5"}, "limit"),
        (ListMessagesParams, {"chat_id": "c", "colour": 1}, "colour"),
        (ListMessagesParams, ["c", 1, 2, 3, 4, 5], "params"),
        (NoParams, ["surplus"], "params"),
        (NoParams, {"surplus": 1}, "surplus"),
        (BatchParams, {"requests": [{"method": 1}]}, "requests[0].method"),
        (BatchParams, {"requests": [{}]}, "requests[0].method"),
        (BatchParams, {"requests": [{"method": "ping"}] * 51}, "requests"),
    ],
)
def test_a_refusal_names_the_member(
    params_type: type[Params], given: Any, field: str
) -> None:
    """Missing, unknown, surplus, wrong kind: -32602 with data.field."""
    with pytest.raises(InvalidParams) as refused:
        read_params(params_type, given)
    assert refused.value.field == field


def test_every_method_of_the_contract_is_declared() -> None:
    """The catalogue holds the architecture's methods and those the contract adds."""
    wanted = [
        "ping",
        "generate_draft",
        "summarize",
        "get_smart_replies",
        "semantic_search",
        "batch",
        "resolve_contacts",
        "resolve_conversation",
        "list_conversations",
        "get_routing_metrics",
        "prefetch_stats",
        "prefetch_invalidate",
        "prefetch_focus",
        "prefetch_hover",
        "list_messages",
        "subscribe",
        "unsubscribe",
        "events.poll",
        "send_message",
        "record_feedback",
        "get_voice",
        "get_trend",
        "list_models",
        "use_model",
        "remove_model",
        "pull_model",
        "index_control",
        "forget",
        "get_status",
        "hello",
        "rpc.discover",
        "shutdown",
    ]
    assert set(METHODS) == set(wanted)
    assert {name for name in METHODS if METHODS[name].streams} == {
        "generate_draft",
        "summarize",
    }
