"""What every test is held to: a private home, no unexpected log line, nothing left running.

These are pytest plug-ins, loaded by `tests/conftest.py`. Not here: fakes and servers that tests talk to.
"""
