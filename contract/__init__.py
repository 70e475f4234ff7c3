"""The contract with clients as files, drawn from the catalogue in jarvis/protocol."""
