"""What daemon and worker say to each other besides the records of engine.py.

Requests: `load` (a ModelRecord, answered with null), `generate` (a Prompt, answered with
Generated) and `score` (a ScoreAsk, answered with Scored). While it generates, the worker
sends `progress` and `token` notifications; the daemon takes a request back with
`$/cancelRequest`, which is answered Cancelled.
"""

from __future__ import annotations

from jarvis.protocol.jsonrpc import RequestId
from jarvis.records import Record, StreamPhase


class TokenLine(Record, frozen=True):
    """A `token` notification: a token, and the request whose text it belongs to."""

    request_id: RequestId
    text: str
    logprob: float | None
    index: int


class ProgressLine(Record, frozen=True):
    """A `progress` notification: the phase a request's text is in, and how far."""

    request_id: RequestId
    phase: StreamPhase
    done: int
    total: int | None
