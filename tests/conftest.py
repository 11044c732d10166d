"""Graphs that many tests read; each is made once."""

import pytest
from tests.support import ROOT

from roadstead.offline.graph import Graph
from roadstead.offline.render import render


@pytest.fixture(scope="session")
def staging() -> Graph:
    return render(ROOT, "staging")


@pytest.fixture(scope="session")
def production() -> Graph:
    return render(ROOT, "production")


@pytest.fixture(scope="session")
def local() -> Graph:
    return render(ROOT, "local")
