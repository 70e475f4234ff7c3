"""The clauses of docs/protocol.md, each as a case, over every carrier."""
