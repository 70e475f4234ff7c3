"""Search over everything that was written."""

from __future__ import annotations

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.protocol.methods.search import SearchResults, SemanticSearchParams


async def semantic_search(
    services: Services, params: SemanticSearchParams, _: Caller
) -> SearchResults:
    """A page of what was found, best first."""
    return await services.assistance.search.search(params)
