"""Apple's own language model: the program `fm` of macOS 27, or apple-fm-sdk on macOS 26.

Source: `fm --help` and what people report of macOS 27.0 and 27.0.1. Its `serve` speaks
OpenAI's protocol on a socket file; its model `system` runs on this machine. The other
one, `pcc`, runs on Apple's servers and is never asked for. Of the SDK, which is asked
where there is no `fm`, see engines/apple_sdk.py.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.servers import SOCKET
from jarvis.processes import python, run_to_end

APPLE: Final = "apple"
"""What a person types to choose it."""
SERVED_AS: Final = "system"
"""The name of the model at its server."""
SDK: Final = "apple_fm_sdk"
"""The module of apple-fm-sdk."""
_CONTEXT_TOKENS: Final = 4096
"""Some Macs' model reads 8,192; the server says so where a prompt is too long."""
_ANSWER_S: Final = 15.0
_NOT_AGREED: Final = 69
"""The exit code of every command until an administrator has agreed to Apple's terms."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
REASONS: Final = {
    "appleIntelligenceNotEnabled": (
        "Apple Intelligence is off: turn it on in System Settings, Apple Intelligence"
    ),
    "deviceNotEligible": "this Mac is none that Apple Intelligence runs on",
    "modelNotReady": "macOS is still fetching it: try again later",
}
"""By what `fm` calls them."""


def apple_is_here(program: Path) -> bool:
    """Whether this system has what serves Apple's model, or the SDK that asks it."""
    return os.access(program, os.X_OK) or importlib.util.find_spec(SDK) is not None


def apple_model(program: Path, socket: Path) -> ModelRecord:
    """The model of this Mac, served by that program at that socket file.

    Where the program is not there, asked through the SDK: such a model has no `path`.

    Raises:
        ModelUnavailable: neither is there.
    """
    if not apple_is_here(program):
        raise ModelUnavailable(
            f"There is no {program} here: Apple's model comes with macOS 27, on a Mac "
            "with Apple silicon. On macOS 26, install apple-fm-sdk beside Jarvis; or "
            "choose another model."
        )
    is_served = os.access(program, os.X_OK)
    return ModelRecord(
        name=APPLE,
        path=str(program) if is_served else None,
        engine="apple",
        prompt_style="chat",
        licence="Apple's terms, see `fm license --show`"
        if is_served
        else "Apple's terms",
        context_tokens=_CONTEXT_TOKENS,
        size_bytes=0,
        address=f"{SOCKET}{socket}" if is_served else None,
    )


def check_apple_model(model: ModelRecord) -> None:
    """Ask macOS whether its model can be used now; takes some tenths of a second.

    Raises:
        ModelUnavailable: it cannot; says why, in Apple's words where they are new.
    """
    if model.path is None:
        _check([*python("-m", "jarvis.inference.engines.apple_sdk")])
    else:
        _check([model.path, "available", "--model", SERVED_AS])


def _check(words: Sequence[str]) -> None:
    """Run what says whether it can be used, and raise what it says."""
    try:
        answer = run_to_end(words, environment=os.environ, within_s=_ANSWER_S)
    except OSError as error:
        raise ModelUnavailable(
            f"{words[0]} cannot be run ({error.strerror}): choose another model."
        ) from error
    if answer.returncode == _NOT_AGREED:
        raise ModelUnavailable(
            "Apple's model waits for an administrator to agree to its terms: type "
            "`sudo fm license` once, and choose it again."
        )
    if answer.returncode:
        raise ModelUnavailable(
            f"Apple's model cannot be used: {_reason(answer.stdout + answer.stderr)}."
        )


def _reason(said: str) -> str:
    """Why not, of what the program says."""
    said = _COLOURS.sub("", said)
    for word, reason in REASONS.items():
        if word in said:
            return reason
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return (
        f"macOS says “{lines[-1].rstrip('.')}”" if lines else "macOS does not say why"
    )
