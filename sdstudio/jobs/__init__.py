"""What is to be made: the queue, its crash-safe journal, and the runner that works through it.

Everything is owned by the event-loop thread; only the journal's file is touched by a thread of its own. What the
runner needs of an endpoint and of the library is said in `ports`, so neither is imported here.
"""
