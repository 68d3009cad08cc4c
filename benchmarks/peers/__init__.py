"""Other readers, each in an environment of its own, behind a small process that speaks JSON lines."""
