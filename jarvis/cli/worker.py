"""A worker process of the whole program: `python -m jarvis.cli.worker KIND --fd N`.

It is the one of inference/worker/, and knows of the demo's own model as well.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from jarvis.inference.worker.__main__ import KINDS, main
from jarvis.inference.worker.generator import GeneratorKind, build

if TYPE_CHECKING:
    from pathlib import Path

    from jarvis.inference.engines.mlx.token_filter import Filters, TokenFilter
    from jarvis.inference.engines.mlx.tokenizer import Tokenizer


def _word_list(folder: Path, tokenizer: Tokenizer) -> TokenFilter | None:
    from jarvis.demo.model_style.word_list import WordList

    return WordList.of_folder(folder, tokenizer)


_FILTERS: Final[Filters] = {"thread": _word_list}

if __name__ == "__main__":
    main(
        {**KINDS, "generator": partial(GeneratorKind, partial(build, filters=_FILTERS))}
    )
