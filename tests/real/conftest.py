"""One server for all tests of this folder: it takes seconds and two gigabytes of memory to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.clients import new_client, spool
from tests.real.sd_server import SdServer, program, start_sd_server

__all__ = ["new_client", "spool"]


@pytest.fixture(scope="session")
def sd_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdServer]:
    with start_sd_server(program(), tmp_path_factory.mktemp("sd-server")) as server:
        yield server
