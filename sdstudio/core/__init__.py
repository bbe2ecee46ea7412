"""Words of the domain. No I/O, no Qt, no asyncio: everything here is plain data and pure functions."""
