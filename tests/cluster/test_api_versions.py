"""The table of API versions has what a real API server serves, and calls nothing of that removed."""

import json
import re
from typing import Any

import pytest
from kubernetes.client import ApiClient, VersionApi

from roadstead.facts.kubernetes_apis import kubernetes_apis
from roadstead.facts.kubernetes_versions import minor

Kind = tuple[str, str]

NO_RESOURCES = {
    ("admission.k8s.io/v1", "AdmissionReview"),
    ("apidiscovery.k8s.io/v2", "APIGroupDiscovery"),
    ("apiextensions.k8s.io/v1", "ConversionReview"),
    ("v1", "List"),
    ("v1", "PodLogOptions"),
    ("v1", "PodStatusResult"),
    ("v1", "RangeAllocation"),
    ("v1", "SerializedReference"),
}
"""What is sent or kept in these words, and is no resource that a server lists."""
WITHOUT_LIFECYCLE = {("v1", "ComponentStatus")}
"""Deprecated since 1.19 by words alone."""


@pytest.fixture(scope="module")
def served(api: ApiClient) -> set[Kind]:
    """API version and kind of everything that the server lists, subresources among it."""
    groups = [version["groupVersion"] for group in _get(api, "/apis")["groups"] for version in group["versions"]]
    found = set()
    for path, version in [("/api/v1", "v1"), *((f"/apis/{version}", version) for version in groups)]:
        for resource in _get(api, path)["resources"]:
            # A subresource may have another version than the resource that it is of.
            own = "/".join(filter(None, [resource.get("group"), resource.get("version")])) or version
            found.add((own, resource["kind"]))
    return found


@pytest.fixture(scope="module")
def alive(api: ApiClient) -> set[Kind]:
    """What the table says is there in the server's version."""
    here = int(VersionApi(api).get_code().minor)
    return {
        kind
        for kind, found in kubernetes_apis().items()
        if minor(found.introduced) <= here and not (found.removed and minor(found.removed) <= here)
    }


def test_all_that_is_served_is_alive_by_the_table(served: set[Kind], alive: set[Kind]) -> None:
    assert len(served) > 50
    assert served - alive == WITHOUT_LIFECYCLE


def test_all_that_is_alive_by_the_table_and_no_trial_is_served(served: set[Kind], alive: set[Kind]) -> None:
    """Alphas and betas are off by default."""
    stable = {(version, kind) for version, kind in alive if re.fullmatch(r"(.*/)?v\d+", version)}
    assert stable - served == NO_RESOURCES


def _get(api: ApiClient, path: str) -> dict[str, Any]:
    request = api.param_serialize("GET", path, auth_settings=["BearerToken"])
    answer: dict[str, Any] = json.loads(api.call_api(*request).read())
    return answer
