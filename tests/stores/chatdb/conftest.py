"""An inbox to put rows into by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.stores.chatdb.handmade import Handmade


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Handmade]:
    """A little history, and room for more."""
    app = MessagesApp(tmp_path, messages=20)
    yield Handmade(app)
    app.close()
