"""One control plane for each process that runs tests; each test has namespaces of its own on it.

Tests mostly wait, for controllers and for namespaces to be gone, so two processes take little more than half of the time.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from kubernetes import config
from kubernetes.client import ApiClient, CoreV1Api
from tests.support import ROOT

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox import control_plane, programs
from roadstead.tool.sandbox.control_plane import ControlPlane


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    try:
        found = programs.find(ROOT)
    except InputError as error:
        if os.environ.get("CLUSTER_REQUIRED"):
            raise
        pytest.skip(str(error))
    with TemporaryDirectory() as folder, control_plane.running(Path(folder) / "plane", found) as started:
        yield started


@pytest.fixture(scope="session")
def api(plane: ControlPlane) -> Iterator[ApiClient]:
    with config.new_client_from_config(str(plane.kubeconfig)) as client:
        yield client


@pytest.fixture(scope="session")
def core(api: ApiClient) -> CoreV1Api:
    return CoreV1Api(api)
