"""The word list of a model's folder, and which of its tokens may come next by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Self

from jarvis.demo.model_style.lexicon import HALF_LETTER, AllowedWords, Lexicon
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Prompt
from jarvis.inference.engines.mlx.token_filter import Allowing
from jarvis.inference.engines.mlx.tokenizer import Tokenizer

_FILE: Final = "words.txt"


class WordList:
    """The words a model is held to, and the text of each of its tokens."""

    def __init__(self, words: list[str], tokenizer: Tokenizer) -> None:
        self._known = Lexicon(words, capitals=True)
        self._decode: Callable[[list[int]], str] = tokenizer.decode
        self._texts = _token_texts(tokenizer)

    @classmethod
    def of_folder(cls, folder: Path, tokenizer: Tokenizer) -> Self | None:
        """The list of a folder's words.txt, one word a line; none: it has no such file.

        Raises:
            ModelUnavailable: the file cannot be read.
        """
        try:
            words = (folder / _FILE).read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ModelUnavailable(
                f"{folder / _FILE} is no list of words in UTF-8 "
                f"({type(error).__name__}): fetch the model again or remove the file."
            ) from error
        return cls(words, tokenizer)

    def ask(self, prompt: Prompt, ends: frozenset[int]) -> Allowing:
        """What may be written in answer to a prompt.

        Its words are those of the last turn of the user.

        Args:
            prompt: what is answered.
            ends: ids that end a text, which they may do after a whole word.
        """
        asks = [turn.content for turn in prompt.turns if turn.role == "user"]
        allowed = AllowedWords(self._known, asks[-1] if asks else "")
        return partial(self._allowing, allowed, ends)

    def _allowing(
        self, allowed: AllowedWords, ends: frozenset[int], written: list[int]
    ) -> Callable[[int], bool]:
        text = self._decode(written) if written else ""
        settled = text.rstrip(HALF_LETTER)

        def is_allowed(token: int) -> bool:
            if token in ends:
                return allowed.may_end(text)
            if settled == text:
                return allowed.allows(text, self._texts[token])
            # The bytes of a letter are a letter only together.
            together = self._decode([*written, token])
            return allowed.allows(settled, together[len(settled) :])

        return is_allowed


def _token_texts(tokenizer: Tokenizer) -> list[str]:
    """What each id adds to a text that stands before it."""
    # By itself, a token may lose its leading blank.
    before = tokenizer.encode(".")
    skipped = len(tokenizer.decode(before))
    return [
        tokenizer.decode([*before, token])[skipped:] for token in range(tokenizer.size)
    ]
