"""Clients for the tests of this folder."""

from tests.fakes.clients import new_client, spool

__all__ = ["new_client", "spool"]
