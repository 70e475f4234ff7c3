"""A made-up person to try Jarvis on: a generated inbox, live mail and a small model."""
