"""The parts of mlx-lm that a worker uses, without what mlx-lm imports beside them.

`import mlx_lm` takes thirty times as long as these parts, nearly all of it for
transformers and the hub's client. Texts are read and written by tokenizer.py, and nothing
is ever downloaded here, so while mlx-lm's modules are imported for the first time those
two names lead to stand-ins; they are gone afterwards, and whatever imports the real ones
later gets them.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Self

from jarvis.letters import head

_UNUSED: Final = frozenset(["huggingface_hub", "transformers"])
"""What mlx_lm.utils and mlx_lm.tokenizer_utils import and only use for what is not used."""


class _NothingMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_arguments, **_named: None


class _Nothing(metaclass=_NothingMeta):
    """Stands for whatever is taken from a stand-in: a class, a function, a setting."""


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


class _StandIns:
    """Finds and loads them; see importlib.abc.MetaPathFinder and Loader."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] not in _UNUSED:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # a duck

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextmanager
def _stand_ins() -> Iterator[None]:
    finder = _StandIns()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, module in [*sys.modules.items()]:
            if isinstance(module, _StandIn):
                del sys.modules[name]


def import_parts() -> None:
    """Import them; costs nothing the second time.

    Raises:
        ImportError: mlx-lm is not installed, or not whole.
    """
    if "mlx_lm" not in sys.modules:
        spec = find_spec("mlx_lm")
        if spec is None:
            raise ModuleNotFoundError("No module named 'mlx_lm'")
        # The package itself is not run: that would import all of it.
        sys.modules["mlx_lm"] = module_from_spec(spec)
    with _stand_ins():
        import mlx_lm.models.cache
        import mlx_lm.sample_utils
        import mlx_lm.utils  # noqa: F401  # to be there


def load_weights(folder: Path) -> tuple[Any, dict[str, Any]]:
    """The model of a folder in memory, and what its config.json says.

    Raises:
        Exception: what mlx-lm's parsers raise; all of it means the folder is no good.
    """
    from mlx_lm.utils import load_model

    model, config = load_model(folder)
    return model, config


def sampler(temperature: float, top_p: float) -> Any:
    """Draws a token from log-probabilities (1 x vocabulary); see Sampling."""
    from mlx_lm.sample_utils import make_sampler

    return make_sampler(temp=temperature, top_p=top_p)


class LayerCaches:
    """The caches that mlx-lm keeps for the layers of one model; see Cache."""

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    @classmethod
    def of(cls, model: Any) -> Self:
        """New ones."""
        from mlx_lm.models.cache import make_prompt_cache

        return cls(make_prompt_cache(model))

    @property
    def tokens(self) -> int | None:
        """As the first layer knows that counts; running states do not."""
        counts = (getattr(layer, "offset", None) for layer in self.layers)
        return next((count for count in counts if isinstance(count, int)), None)

    @property
    def size_bytes(self) -> int:
        """The sum over the layers."""
        return sum(layer.nbytes for layer in self.layers)

    @property
    def can_trim(self) -> bool:
        """Whether every layer can."""
        return all(layer.is_trimmable() for layer in self.layers)

    def trim(self, tokens: int) -> bool:
        """Every layer must have forgotten all of them, or what it writes is wrong."""
        return self.can_trim and all(
            layer.trim(tokens) == tokens for layer in self.layers
        )

    def copy(self) -> Self:
        """With arrays of its own."""
        return type(self)(copy.deepcopy(self.layers))


def explain(error: Exception, model_name: str) -> str:
    """Why a folder cannot be loaded, for what parsers raise; says what to do about it."""
    reason = first_line(error)
    where = f"The model {model_name}"
    if isinstance(error, MemoryError) or "malloc" in reason:
        return f"{where} does not fit in memory: choose a smaller one."
    if isinstance(error, FileNotFoundError):
        return f"{where} lacks a file ({reason}): fetch it again."
    if "safetensors" in reason or reason.startswith("[read]"):
        return f"{where} has damaged or incomplete weights ({reason}): fetch it again."
    if "not supported" in reason:
        return f"{where} is of a kind mlx-lm does not know ({reason}): choose another."
    return (
        f"{where} cannot be loaded ({type(error).__name__}: {reason}): fetch it again "
        "or choose another."
    )


def first_line(error: Exception) -> str:
    """The first line of what an exception says; its name where it says nothing."""
    lines = str(error).splitlines() or [type(error).__name__]
    return head(lines[0].rstrip("."), 200)
