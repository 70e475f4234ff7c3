"""Tests of jarvis.daemon.inbox."""
