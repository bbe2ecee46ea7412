"""Measurements: `python -m tests.perf [NAME…] [--json FILE]`, or `dev.py bench`.

Every figure is compared in the same run, turn by turn, with something plain anyone can picture; the ratio is what
counts, since milliseconds are the machine's. One module a subject; `bench` holds what they share.
"""
