"""The one error tree: every failure Jarvis can name, each with a text that says what to do.

The name of a class is the `kind` that clients see; `retryable` says whether the same
request may succeed later. How each becomes a JSON-RPC code stands in protocol/codes.py.
"""

from __future__ import annotations


class JarvisError(Exception):
    """Anything Jarvis can explain to a person; `str(error)` is the sentence to show."""

    retryable = False
    field: str | None = None
    """The request member that is wrong, where one can be named."""


class ParseError(JarvisError):
    """The line is not JSON in UTF-8, or is longer than the limit."""


class InvalidRequest(JarvisError):
    """The line is JSON but not a JSON-RPC 2.0 request."""


class MethodNotFound(JarvisError):
    """No method of that name."""


class InvalidParams(JarvisError):
    """A parameter is missing, unknown or of the wrong kind; `field` names it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Keep the sentence and the name of the parameter it speaks of."""
        super().__init__(message)
        self.field = field


class InternalError(JarvisError):
    """A defect in Jarvis; the text carries an incident id that stands in the log."""

    retryable = True


class Cancelled(JarvisError):
    """The client took its request back; `partial` is what had been written by then."""

    def __init__(self, message: str, *, tokens: int = 0, partial: str = "") -> None:
        """Keep how many tokens were made and the text they joined to."""
        super().__init__(message)
        self.tokens = tokens
        self.partial = partial


class ServerCancelled(JarvisError):
    """The daemon is shutting down, or let go of a stream nobody read."""

    retryable = True


class UnknownChat(JarvisError):
    """No chat has that id."""


class NothingToAnswer(JarvisError):
    """The chat holds no text at all."""


class StoreUnavailable(JarvisError):
    """A database is missing, unreadable or of a foreign schema."""

    retryable = True


class ModelUnavailable(JarvisError):
    """No model is chosen, it cannot be loaded, or its process died."""

    retryable = True


class NoModelChosen(ModelUnavailable):
    """Nobody has said which model is to write; clients see a ModelUnavailable."""


class Busy(JarvisError):
    """A limit is reached; the text names it."""

    retryable = True


class CannotSend(JarvisError):
    """This machine cannot send messages."""


class NotYetServed(JarvisError):
    """The method is part of the contract, but this version does not serve it."""


class ConfigError(JarvisError):
    """A setting is unknown, malformed or impossible; the daemon does not start."""


class AlreadyRunning(JarvisError):
    """Another daemon holds this home; `pid` is its own, where it answers."""

    def __init__(self, message: str, *, pid: int | None = None) -> None:
        """Keep the sentence and the daemon's process id."""
        super().__init__(message)
        self.pid = pid


class NotRunning(JarvisError):
    """No daemon answers on the socket and none could be started."""

    retryable = True


class ConnectionLost(JarvisError):
    """The connection to the daemon ended while an answer was awaited."""

    retryable = True
