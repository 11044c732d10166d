"""Graphs that many tests read, each made once; and property tests that no clock can fail."""

import pytest
from hypothesis import HealthCheck, settings
from tests.support import ROOT, rendered

from roadstead.offline.graph import Graph

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def staging() -> Graph:
    return rendered(ROOT, "staging")


@pytest.fixture(scope="session")
def production() -> Graph:
    return rendered(ROOT, "production")


@pytest.fixture(scope="session")
def local() -> Graph:
    return rendered(ROOT, "local")
