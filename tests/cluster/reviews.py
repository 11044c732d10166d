"""What the API server's own authoriser says that somebody may do."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

from kubernetes.client import ApiClient
from tests.cluster.access_table import RESOURCES, VERBS

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.rbac import Subject, allows, bindings

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
OUTSIDE = ("default", "kube-system")


Question = tuple[tuple[str, str], str]
"""API group and resource, and a verb."""
QUESTIONS: Sequence[Question] = list(product(RESOURCES, VERBS))


def reviews(
    api: ApiClient, subject: Mapping[str, Any], places: list[str], questions: Sequence[Question] = QUESTIONS
) -> set[tuple[str, str, str, str]]:
    """Everything of what is asked that somebody may do: namespace, API group, resource and verb."""

    token = api.configuration.get_api_key_with_prefix("BearerToken")

    def allowed(asked: tuple[str, Question]) -> bool:
        namespace, ((api_group, resource), verb) = asked
        resource, _, subresource = resource.partition("/")
        attributes = {
            "namespace": namespace,
            "group": api_group,
            "resource": resource,
            "subresource": subresource,
            "verb": verb,
        }
        answer = api.rest_client.request(
            "POST",
            f"{api.configuration.host}{REVIEWS}",
            headers={"Content-Type": "application/json", "Authorization": token},
            body={"spec": {**subject, "resourceAttributes": attributes}},
        )
        return bool(json.loads(answer.read())["status"]["allowed"])

    cells = list(product(places, questions))
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(allowed, cells))
    return {(place, *kind, verb) for (place, (kind, verb)), yes in zip(cells, answers, strict=True) if yes}


def may(
    graph: Graph, subject: Subject, places: list[str], kinds: Sequence[tuple[str, str]]
) -> set[tuple[str, str, str, str]]:
    """The same by our own reading of a graph."""
    grants = bindings(graph).to(subject)
    return {
        (place, *kind, verb)
        for place, kind, verb in product(places, kinds, VERBS)
        if allows(grants, place, *kind, verb)
    }
