"""Graphs that many tests read; each is made once."""

import pytest
from tests.support import ROOT, rendered

from roadstead.offline.graph import Graph


@pytest.fixture(scope="session")
def staging() -> Graph:
    return rendered(ROOT, "staging")


@pytest.fixture(scope="session")
def production() -> Graph:
    return rendered(ROOT, "production")


@pytest.fixture(scope="session")
def local() -> Graph:
    return rendered(ROOT, "local")
