"""The Hugging Face hub over HTTPS: what a repository holds, and its files' bytes.

No cookies, no account; a token only where HF_TOKEN is set, and never to another host than
the hub's own. Nothing that the hub says is trusted beyond its form.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.servers import is_loopback
from jarvis.letters import head

HUB: Final = "https://huggingface.co"
SILENCE_S: Final = 60.0
"""How long a server may send nothing before the connection is given up."""
_LISTING_BYTES: Final = 16 * 2**20


class BrokenOff(Exception):
    """The connection failed or ended early; asking again may help."""


class _Lfs(msgspec.Struct):
    sha256: str
    size: int


class Sibling(msgspec.Struct, rename={"name": "rfilename", "git_sha1": "blobId"}):
    """A file of a repository, as the hub lists it."""

    name: str
    size: int | None = None
    git_sha1: str | None = None
    """Of its content as a git blob; for large files that of a pointer instead."""
    lfs: _Lfs | None = None
    """Large files alone."""


class _CardData(msgspec.Struct):
    license: str | list[str] | None = None


class Listing(msgspec.Struct, rename={"commit": "sha", "card": "cardData"}):
    """A repository at one commit."""

    commit: str
    siblings: list[Sibling]
    card: _CardData | None = None

    @property
    def licence(self) -> str | None:
        """As its card names it."""
        named = self.card.license if self.card else None
        return head(named, 100) if isinstance(named, str) else None


class Hub:
    """One hub; requests identify nobody, unless a token is set.

    Raises:
        ModelUnavailable: its address is not one to fetch models from.
    """

    def __init__(
        self, environment: Mapping[str, str], *, silence_s: float = SILENCE_S
    ) -> None:
        self._address = environment.get("HF_ENDPOINT", HUB).rstrip("/")
        self._token = environment.get("HF_TOKEN")
        self._silence_s = silence_s
        is_local = self._address.startswith("http://") and _is_local(self._address)
        if not (is_local or _is_https(self._address)):
            raise ModelUnavailable(
                "HF_ENDPOINT is no https address: correct it, or leave it out."
            )
        self._opener: OpenerDirector = build_opener(_Redirects(is_local))

    def page_of(self, hub_id: str) -> str:
        """Where a person reads about a model."""
        return f"{self._address}/{hub_id}"

    def listing(self, hub_id: str, revision: str) -> Listing:
        """What the repository holds at a commit or branch.

        Raises:
            ModelUnavailable: it is not there, not open, or makes no sense.
            BrokenOff: the hub cannot be reached just now.
        """
        path = f"/api/models/{hub_id}/revision/{quote(revision, safe='')}?blobs=true"
        try:
            with self._open(path, hub_id) as response:
                body = response.read(_LISTING_BYTES)
            return msgspec.json.decode(body, type=Listing)
        except msgspec.MsgspecError as error:
            raise ModelUnavailable(
                f"The hub's answer about {hub_id} cannot be understood ({error}): try "
                "again later."
            ) from None
        except (OSError, HTTPException) as error:
            raise BrokenOff(_reason(error)) from error

    def open_file(
        self, hub_id: str, commit: str, name: str, *, start: int
    ) -> HTTPResponse:
        """The bytes of a file from `start` on; all of them where its status is 200.

        Raises:
            ModelUnavailable: it is not there, or not open.
            BrokenOff: the hub cannot be reached just now.
        """
        return self._open(
            f"/{hub_id}/resolve/{commit}/{quote(name)}", hub_id, start=start
        )

    def _open(self, path: str, hub_id: str, *, start: int = 0) -> HTTPResponse:
        # Compressed bytes could be neither counted nor resumed.
        headers = {"User-Agent": "jarvis", "Accept-Encoding": "identity"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if start:
            headers["Range"] = f"bytes={start}-"
        request = Request(self._address + path, headers=headers)
        try:
            response: HTTPResponse = self._opener.open(request, timeout=self._silence_s)
        except HTTPError as error:
            with error:
                raise self._refusal(error, hub_id) from None
        except (OSError, HTTPException) as error:
            raise BrokenOff(_reason(error)) from error
        return response

    def _refusal(self, error: HTTPError, hub_id: str) -> Exception:
        """What the hub's status means to a person."""
        page = self.page_of(hub_id)
        is_gated = error.headers.get("X-Error-Code") == "GatedRepo"
        if is_gated or error.code == 403:
            return ModelUnavailable(
                f"{hub_id} is given only to those who accept its licence: accept it at "
                f"{page}, end the daemon (jarvis stop), set HF_TOKEN to a token of "
                "yours and pull again."
            )
        if error.code in (401, 404):
            return ModelUnavailable(
                f"The hub has no {hub_id}, or shows it only to some: look at {page}; "
                "where it asks you to accept a licence, do so and set HF_TOKEN."
            )
        return BrokenOff(f"the hub answered {error.code}")


class _Redirects(HTTPRedirectHandler):
    """Follows the hub to where its files lie, without its token, and never in the open."""

    def __init__(self, hub_is_local: bool) -> None:
        self._hub_is_local = hub_is_local

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        """The request to follow with; see HTTPRedirectHandler."""
        is_local = self._hub_is_local and _is_local(newurl)
        if not (_is_https(newurl) or is_local):
            raise URLError("the hub pointed to an address that is not https")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and following.host != req.host:
            following.remove_header("Authorization")
        return following


def _is_https(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _is_local(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def _reason(error: Exception) -> str:
    cause: Any = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "nothing came any more"
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno) if cause.errno > 0 else "its name is not known"
    return str(cause) or type(cause).__name__
