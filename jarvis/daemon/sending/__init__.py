"""Sending a message: handed over once, then watched for in chat.db."""

from jarvis.daemon.sending.carriers import carrier_for
from jarvis.daemon.sending.sending import Sending

__all__ = ["Sending", "carrier_for"]
