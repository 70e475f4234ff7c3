"""The shape of jarvis.db, one numbered SQL file a step; only added to, never edited."""
