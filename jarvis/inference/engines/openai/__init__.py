"""Models behind a server that speaks the completions API."""
