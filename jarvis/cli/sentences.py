"""What a person is told of an error, whatever it is: never a traceback."""

from __future__ import annotations

import errno
import os

from jarvis.errors import JarvisError


def sentence_of(error: BaseException) -> str | None:
    """What to say of it; None where the person knows already."""
    match error:
        case KeyboardInterrupt() | BrokenPipeError():
            return None
        case JarvisError():
            return str(error)
        case OSError(filename=None, errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return f"What was to be written cannot be ({error.strerror})."
        case OSError(filename=None):
            return f"Reading or writing failed ({error.strerror or error})."
        case OSError():
            return f"{os.fsdecode(error.filename)} cannot be used ({error.strerror})."
    if type(error).__module__ == "sqlite3":  # not loaded for most commands
        return f"A database cannot be used ({error})."
    from jarvis.daemon.logs import traced

    # The places, not the words: these may quote somebody's message.
    return f"Jarvis itself went wrong: {traced(error)}. Please report this line."
