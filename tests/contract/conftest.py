"""One Spark session for all contract tests, stopped after the last."""

import engines
import pytest


@pytest.fixture(scope="session", autouse=True)
def _spark_ends():
    yield
    engines.stop_spark()
