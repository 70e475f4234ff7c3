"""Which model: the ones we know, finding one on this machine, and fetching one."""
