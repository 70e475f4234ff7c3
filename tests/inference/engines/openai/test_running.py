"""Model servers of this machine are found where they listen."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest

from jarvis.inference.engines.openai.running import RunningModel, running_models
from tests.inference.model_server import Speech, head, says, serving


def listed(**member: object) -> Speech:
    """A list of one model."""
    body = {"object": "list", "data": [{"id": "small:4b", **member}]}
    return says(head(kind="application/json"), json.dumps(body).encode())


def found(speech: Speech) -> list[RunningModel]:
    """What is found at the port of a server that answers so."""
    with serving(speech) as server:
        port = urlsplit(server.address).port or 0
        models = running_models([port])
        assert server.heads[0].startswith("GET /v1/models ")
        assert {each.address for each in models} <= {server.address}
        return models


@pytest.mark.parametrize(
    ("owner", "server"),
    [
        ("library", "Ollama"),
        ("llamacpp", "llama-server"),
        ("organization_owner", "LM Studio"),
        (None, "a server"),
        (7, "a server"),
    ],
)
def test_a_server_that_runs_is_found_with_its_models(
    owner: object, server: str
) -> None:
    """By the name they are chosen with, and which program it is, where it says so."""
    (model,) = found(listed(owned_by=owner))
    assert (model.name, model.server) == ("small:4b", server)


@pytest.mark.parametrize(
    "speech",
    [
        says(head(kind="text/html"), b"<html>"),
        says(head("404 Not Found"), b"{}"),
        says(b"SSH-2.0-OpenSSH\r\n"),
        says(head(kind="application/json"), b'{"data": null}'),
    ],
    ids=["page", "missing", "other protocol", "nothing"],
)
def test_whoever_else_listens_there_is_passed_over(speech: Speech) -> None:
    """A web page, another API, another protocol, a server that has nothing."""
    assert found(speech) == []


def test_nobody_there_is_no_error() -> None:
    """Most machines run none of them; without ports nobody is looked for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and deaf
        assert running_models([taken.getsockname()[1]]) == []
    assert running_models([]) == []
