"""Models: which there are, which one writes, fetching and removing them."""

from __future__ import annotations

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.protocol.methods.base import NoParams, Success
from jarvis.protocol.methods.models import (
    ListModels,
    ModelParams,
    PulledModel,
    PullModelParams,
)


async def list_models(services: Services, _: NoParams, _caller: Caller) -> ListModels:
    """Every model that could write, or search."""
    models = services.assistance.models
    suited = await models.embedders.suited()
    return ListModels(
        models=await models.listed(),
        suited=models.suited,
        embedders=await models.listed_embedders(),
        suited_embedder=suited.model.name if suited else None,
        suited_embedder_reason=suited.reason if suited else None,
        chosen=models.is_chosen,
    )


async def use_model(services: Services, params: ModelParams, _: Caller) -> Success:
    """Let another model write from the next text on, or search."""
    await services.assistance.models.use(params.model)
    return Success(success=True)


async def pull_model(
    services: Services, params: PullModelParams, _: Caller
) -> PulledModel:
    """Fetch a model; cancelling keeps what came so far."""
    return await services.assistance.models.pull(
        params.model, look_only=params.look_only
    )


async def remove_model(services: Services, params: ModelParams, _: Caller) -> Success:
    """Delete a model that was pulled."""
    await services.assistance.models.remove(params.model)
    return Success(success=True)
