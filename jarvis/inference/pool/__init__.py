"""The daemon's side: the worker started, fed, watched and restarted."""
