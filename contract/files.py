"""Which files the contract consists of, and what must stand in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from contract.handbook import handbook
from contract.typescript import declarations
from jarvis.protocol.openrpc import document

ROOT: Final = Path(__file__).parents[1]
RELEASED: Final = Path(__file__).parent / "released"
"""What clients were promised: one OpenRPC document a protocol version, never changed."""


def drawn() -> dict[str, str]:
    """The text of each generated file, by its path in the repository."""
    return {
        "contract/openrpc.json": json.dumps(document(), indent=1) + "\n",
        "contract/jarvis.d.ts": declarations(document()),
        "docs/protocol.md": handbook(document()),
    }
