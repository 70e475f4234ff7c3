"""Chats and questions by which search is measured; README.md says how they were written."""
