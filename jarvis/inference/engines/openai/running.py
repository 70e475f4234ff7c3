"""Which servers of models run on this machine, and what they have; nothing is sent them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

import msgspec

from jarvis.inference.engines.openai.http_stream import Patience, requested
from jarvis.inference.engines.openai.wire import ServedModel, read_models

_PATIENCE_S: Final = 0.5
"""A person waits for the list; a server of this machine answers within milliseconds."""
_LONGEST_LIST_BYTES: Final = 2**20
_BY_OWNER: Final = {
    "library": "Ollama",
    "llamacpp": "llama-server",
    "organization_owner": "LM Studio",
}
"""Which server it is, by whom it says that its models are owned by."""
_BY_PORT: Final = {11434: "Ollama", 1234: "LM Studio", 1976: "fm serve"}


class RunningModel(msgspec.Struct, frozen=True):
    """A model of a server that listens on this machine."""

    name: str
    address: str
    server: str
    """Which program serves it, as far as one can tell."""


def running_models(ports: Sequence[int]) -> list[RunningModel]:
    """What listens at those ports and speaks OpenAI's protocol; blocking, half a second.

    They are asked side by side for their lists of models, and for nothing else.
    """
    if not ports:
        return []
    with ThreadPoolExecutor(len(ports)) as asking:
        return [model for found in asking.map(_models_at, ports) for model in found]


def _models_at(port: int) -> list[RunningModel]:
    address = f"http://127.0.0.1:{port}/v1"
    try:
        return [
            RunningModel(model.id, address, _server(model, port))
            for model in _listed(address)
        ]
    except (OSError, HTTPException, msgspec.MsgspecError, UnicodeDecodeError):
        return []  # nobody is there, or somebody else


def _listed(address: str) -> Iterator[ServedModel]:
    with requested(
        address,
        "GET",
        "/models",
        waiting=lambda: None,
        patience=Patience(_PATIENCE_S),
    ) as response:
        if response.status == HTTPStatus.OK:
            yield from read_models(response.read(_LONGEST_LIST_BYTES))


def _server(model: ServedModel, port: int) -> str:
    owner = model.owned_by if isinstance(model.owned_by, str) else ""
    return _BY_OWNER.get(owner) or _BY_PORT.get(port) or "a server"
