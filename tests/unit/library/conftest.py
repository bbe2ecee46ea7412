"""A data folder and an open library in it."""

import pytest

from sdstudio.config.paths import DataDir
from sdstudio.library.library import Library


@pytest.fixture
def data_dir(tmp_path):
    return DataDir(tmp_path / "data").make()


@pytest.fixture
async def library(data_dir):
    opened = await Library.open(data_dir)
    yield opened
    await opened.close()
