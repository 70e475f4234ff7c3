"""How anything speaks to the daemon: `jarvis.client.client` for programs with a loop."""
