"""The stacks, deployed once for all tests that only look or work on a copy."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from kubernetes import config
from kubernetes.client import ApiClient
from tests.engine.environment import Environment, environment
from tests.engine.own_cluster import OwnCluster
from tests.support import ROOT

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox import control_plane, programs
from roadstead.tool.sandbox.apply import Cluster
from roadstead.tool.sandbox.control_plane import ControlPlane

STACKS = ["staging", "production", "local"]
each_stack = pytest.mark.parametrize("deployed", STACKS, indirect=True)
each_stack_in_aws = pytest.mark.parametrize("deployed", STACKS[:2], indirect=True)


@dataclass(frozen=True)
class Deployed(Environment):
    """A stack after its first `up`."""

    planned: dict[str, list[str]]
    """What the first preview announced, by URN."""
    done: dict[str, list[str]]
    """What the first `up` did, by URN."""
    operations: int
    """How many operations of providers that took."""


@pytest.fixture(scope="session")
def pulumi() -> None:
    """The real command line; without it a test is skipped, or fails where it is required."""
    found = shutil.which("pulumi")
    version = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout if found else "none"
    if not re.match(r"v3\.2\d\d\.", version):
        missing(f"pulumi 3.2xx is not on PATH (found: {version.strip()}): nothing here ran on the real engine")


@pytest.fixture(scope="session")
def deployed(
    pulumi: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """A stack, named by the test's parameter, after a first preview and a first `up`."""
    stack = request.param
    with environment(tmp_path_factory.mktemp(stack), stack) as made:
        planned = made.workspace.preview()
        done = made.workspace.up()
        yield Deployed(made.workspace, made.faults, made.objects, planned, done, made.faults.operations)


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A real control plane. Every stack names its namespaces alike, so there is one stack on it at a time."""
    try:
        found = programs.find(ROOT)
    except InputError as error:
        missing(str(error))
    with control_plane.running(tmp_path_factory.mktemp("control-plane"), found) as started:
        yield started


@pytest.fixture(scope="session")
def api(plane: ControlPlane) -> Iterator[ApiClient]:
    with config.new_client_from_config(str(plane.kubeconfig)) as client:
        yield client


@pytest.fixture(scope="session")
def cluster(api: ApiClient) -> Cluster:
    """The objects of a real API server."""
    return Cluster(api)


@pytest.fixture(scope="session")
def own(pulumi: None, plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> OwnCluster:
    """The same API server, for the real Kubernetes provider."""
    if not shutil.which("pulumi-resource-kubernetes"):
        missing("pulumi-resource-kubernetes is not on PATH: nothing here ran on the real Kubernetes provider")
    return OwnCluster(plane.kubeconfig, tmp_path_factory.mktemp("bin"))


def missing(what: str) -> None:
    """Ends a test that cannot run here."""
    if os.environ.get("ENGINE_REQUIRED"):
        pytest.fail(what)
    pytest.skip(what)
