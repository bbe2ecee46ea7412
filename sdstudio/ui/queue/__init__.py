"""The queue as seen: one card per job."""
