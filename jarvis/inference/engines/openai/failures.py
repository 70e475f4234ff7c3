"""What goes wrong with a server of models, in sentences that say what to do.

Nothing of a prompt, and nothing a server says, stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

from jarvis.errors import InvalidParams, JarvisError, ModelUnavailable
from jarvis.inference.engines.openai.http_stream import NOT_YET

_REFUSED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_NOT_THERE: Final = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
)
_TOLD_WHY: Final = (*_REFUSED, HTTPStatus.INTERNAL_SERVER_ERROR)
"""Statuses whose body is searched for a cause: the prompt's length, or its turns."""
_ABOUT_THE_FORM: Final = re.compile(
    rb"jinja|template|\brole|logprobs is not supported", re.IGNORECASE
)
"""In what llama-server says with a 500, and LM Studio in a stream, where a template does
not take the turns; and llama_cpp.server where it was started without --logits_all."""
_TOO_LONG: Final = re.compile(
    rb"context.{0,20}(size|length|window|exceed|overflow)|exceed.{0,20}context",
    re.IGNORECASE,
)


_BY_SAFETY: Final = re.compile(rb"guardrail|content.?filter", re.IGNORECASE)
"""In what Apple's server says where its safety filter does not let a text begin."""


class Filtered(ModelUnavailable):
    """A safety filter of the server wants no text for this prompt."""


class Refused(ModelUnavailable):
    """The server refuses this form of the request; another manner may be accepted."""


class Unknown(ModelUnavailable):
    """The server has nothing at this path."""


class NothingSaid(ModelUnavailable):
    """The server ended its stream before it began, without a word about why."""


def status_failure(where: str, status: int, read: Callable[[], bytes]) -> JarvisError:
    """The error for an answer of this status, whose body `read` gives.

    `where`: the server, as the subject of a sentence.
    """
    try:
        said = f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        said = str(status)
    sentence = f"{where} answered {said}: {_advice(status)}."
    if status in _NOT_THERE:
        return Unknown(sentence)
    return failure(
        sentence,
        read() if status in _TOLD_WHY else b"",
        is_refusal=status in _REFUSED,
    )


def failure(sentence: str, said: bytes, *, is_refusal: bool = False) -> JarvisError:
    """The error for what a server says instead of a text; none of it is quoted."""
    if _TOO_LONG.search(said):
        reason = "The prompt is too long for the model of the server: ask for less."
        return InvalidParams(reason, field="prompt")
    if _BY_SAFETY.search(said):
        return Filtered(sentence)
    if is_refusal or _ABOUT_THE_FORM.search(said):
        return Refused(sentence)
    return ModelUnavailable(sentence)


@contextmanager
def in_sentences(where: str, address: str) -> Iterator[None]:
    """Say in a sentence what sockets and http.client say in their own way."""
    try:
        yield
    except TimeoutError:
        raise ModelUnavailable(
            f"{where} says nothing any more: restart it, or choose a smaller "
            "model there."
        ) from None
    except (ConnectionRefusedError, FileNotFoundError):
        raise ModelUnavailable(
            f"No model server answers at {address}: start it (for Ollama: "
            "ollama serve), or choose another model."
        ) from None
    except OSError as error:
        raise ModelUnavailable(
            f"{where} cannot be reached "
            f"({error.strerror or type(error).__name__}): see that it runs."
        ) from None
    except HTTPException as error:
        raise ModelUnavailable(
            f"{where} broke off or does not speak HTTP "
            f"({type(error).__name__}): see that its address is right and it runs."
        ) from None


def _advice(status: int) -> str:
    """What to do about an HTTP status that is no success."""
    match status:
        case 401 | 403:
            return "it wants a key, and Jarvis has none to give"
        case 404:
            return "see that the model is there and the address ends in /v1"
        case 400 | 413 | 422:
            return "the conversation may be too long for the model"
        case _ if status in NOT_YET:
            return "it was not ready in time; look into its log, and ask again"
        case _ if 300 <= status < 400:
            return "it points elsewhere, where Jarvis does not follow; correct it"
        case _:
            return "look into its log, and ask again"
