"""From the params a client sent to the Struct its method takes, or a clear refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from jarvis.errors import InvalidParams
from jarvis.protocol.methods.base import Params

P = TypeVar("P", bound=Params)

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"(?:missing required|contains unknown) field `(?P<name>[^`]*)`")


def read_params(params_type: type[P], given: Mapping[str, Any] | list[Any] | None) -> P:
    """The params of a call, checked; an array is read in field order, null is none.

    Raises:
        InvalidParams: one is missing, unknown, surplus or of the wrong kind; the error's
            `field` names it.
    """
    if not given and not params_type.__struct_fields__:
        return params_type()
    if isinstance(given, list):
        given = _by_position(params_type, given)
    try:
        return msgspec.convert(given or {}, params_type)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def _by_position(params_type: type[Params], given: list[Any]) -> dict[str, Any]:
    names = params_type.__struct_fields__
    if len(given) > len(names):
        takes = f"takes at most {len(names)}" if names else "takes none"
        raise InvalidParams(f"Too many params: the method {takes}.", "params")
    return dict(zip(names, given, strict=False))


def _explained(text: str) -> InvalidParams:
    """A checker's message as a sentence, with the member it speaks of."""
    named = _NAMED.search(text)
    at = _PATH.search(text)
    field = named["name"] if named else ""
    if at and at["path"]:
        field = f"{at['path']}.{field}" if field else at["path"]
    reason = _PATH.sub("", text).replace("Object ", "the call ").replace("`", '"')
    about = f'"{field}": ' if field and not named else ""
    return InvalidParams(f"Invalid params: {about}{reason}.", field or None)
