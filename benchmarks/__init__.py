"""How fast Jarvis is, one file a question; every figure beside its floor, in one run."""
