"""A real model's drafts and summaries, where one is at hand; never in CI."""

from __future__ import annotations

import asyncio
import os

import pytest

from benchmarks.harness import REAL_MODEL
from benchmarks.real import RULES, sources, tallies
from tests.thorough import IS_THOROUGH

pytestmark = pytest.mark.skipif(
    not IS_THOROUGH or REAL_MODEL not in os.environ,
    reason=f"only with --thorough and {REAL_MODEL}",
)


@pytest.mark.timeout(3600)
def test_nothing_that_nobody_would_send_is_offered() -> None:
    """By the benchmark's own rules; the counts are those of `./dev bench real`."""
    for _, threads in sources():
        drafts, summaries = asyncio.run(tallies(os.environ[REAL_MODEL], threads))
        assert not drafts.broken
        assert not {*summaries.broken} & {*RULES} - {"about the task"}
