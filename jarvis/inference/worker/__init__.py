"""The child process in which an engine writes."""
