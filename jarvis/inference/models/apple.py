"""Apple's own language model, as macOS 27 brings it: the program `fm` and what it says.

Source: `fm --help` and what people report of macOS 27.0 and 27.0.1. Its `serve` speaks
OpenAI's protocol on a socket file; its model `system` runs on this machine. The other
one, `pcc`, runs on Apple's servers and is never asked for.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.servers import SOCKET
from jarvis.processes import run_to_end

APPLE: Final = "apple"
"""What a person types to choose it."""
SERVED_AS: Final = "system"
"""The name of the model at its server."""
_CONTEXT_TOKENS: Final = 4096
"""Some Macs' model reads 8,192; the server says so where a prompt is too long."""
_ANSWER_S: Final = 15.0
_NOT_AGREED: Final = 69
"""The exit code of every command until an administrator has agreed to Apple's terms."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_REASONS: Final = {
    "appleIntelligenceNotEnabled": (
        "Apple Intelligence is off: turn it on in System Settings, Apple Intelligence"
    ),
    "deviceNotEligible": "this Mac is none that Apple Intelligence runs on",
    "modelNotReady": "macOS is still fetching it: try again later",
}


def apple_model(program: Path, socket: Path) -> ModelRecord:
    """The model of this Mac, served by that program at that socket file.

    Raises:
        ModelUnavailable: the program is not there.
    """
    if not os.access(program, os.X_OK):
        raise ModelUnavailable(
            f"There is no {program} here: Apple's model comes with macOS 27, on a Mac "
            "with Apple silicon. Choose another model."
        )
    return ModelRecord(
        name=APPLE,
        path=str(program),
        engine="apple",
        prompt_style="chat",
        licence="Apple's terms, see `fm license --show`",
        context_tokens=_CONTEXT_TOKENS,
        size_bytes=0,
        address=f"{SOCKET}{socket}",
    )


def check_apple_model(program: Path) -> None:
    """Ask macOS whether its model can be used now; takes some tenths of a second.

    Raises:
        ModelUnavailable: it cannot; says why, in Apple's words where they are new.
    """
    try:
        answer = run_to_end(
            [str(program), "available", "--model", SERVED_AS],
            environment=os.environ,
            within_s=_ANSWER_S,
        )
    except OSError as error:
        raise ModelUnavailable(
            f"{program} cannot be run ({error.strerror}): choose another model."
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
    for word, reason in _REASONS.items():
        if word in said:
            return reason
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"fm says “{lines[-1].rstrip('.')}”" if lines else "fm does not say why"
