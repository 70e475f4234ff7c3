"""Tests of jarvis.stores.chatdb."""
