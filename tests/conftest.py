"""What many tests need: graphs, each made once; tables that may be renewed; property tests that no clock can fail."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.support import ROOT, rendered

from roadstead.facts import files
from roadstead.tool.offline.graph import Graph

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


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tables of facts, so that a test may renew them."""
    for table in files.path("x").parent.glob("*.json"):
        shutil.copy(table, tmp_path)
    monkeypatch.setattr(files, "path", lambda name: tmp_path / name)
    return tmp_path


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(key, "testing")
