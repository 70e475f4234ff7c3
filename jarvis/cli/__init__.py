"""The commands of `jarvis`."""
