import pytest
from tests.graphs import component, deployment, graph, kubernetes, namespace
from tests.support import ROOT, rendered

from roadstead.tool.offline.graph import Graph, Resource, Unknown
from roadstead.tool.offline.render import render
from roadstead.tool.report.guard import refused

GUARD = component("TenancyGuard", "live", isolation="enforce")
WARNING = component("TenancyGuard", "live", isolation="warn")
BUDGET = kubernetes("PodDisruptionBudget", "api", "payments", spec={"minAvailable": "100%"})


@pytest.mark.parametrize("stack", ["staging", "production", "local"])
def test_nothing_of_our_stacks_is_refused(stack: str) -> None:
    assert refused(rendered(ROOT, stack)) == []


@pytest.mark.parametrize("example", sorted(path.parent.name for path in (ROOT / "examples").glob("*/__main__.py")))
def test_nothing_of_the_examples_is_refused_by_the_platforms_guard(staging: Graph, example: str) -> None:
    made = render(ROOT / "examples" / example, "dev")
    assert refused(graph(*made.resources.values(), *spaces(staging))) == []


def spaces(of: Graph) -> list[Resource]:
    return of.of_type("kubernetes:core/v1:Namespace")


@pytest.mark.parametrize(
    ("guard", "heading"),
    [
        ([GUARD], "Refused by the API server (docs/isolation.md):"),
        ([WARNING], "Warned of now, and refused with isolation: enforce (docs/isolation.md):"),
        ([], "A guard (TenancyGuard) would refuse (docs/isolation.md):"),
    ],
)
def test_what_is_refused_is_said_with_its_rule_and_what_to_do(guard: list[Resource], heading: str) -> None:
    first, *lines = refused(graph(*guard, namespace(), BUDGET))
    assert first == heading
    assert lines[0].startswith(
        "    PodDisruptionBudget payments/api: disruption-budgets/blocks-drains: got minAvailable 100%; expected maxUnavailable"
    )
    assert len(lines) == 3


def test_of_namespaces_that_are_elsewhere_and_of_no_team_nothing_is_said() -> None:
    assert refused(graph(GUARD, BUDGET)) == []
    assert refused(graph(GUARD, kubernetes("Namespace", "payments"), BUDGET)) == []


def test_what_is_not_known_yet_is_not_judged() -> None:
    made = deployment(container={"image": Unknown()})
    assert refused(graph(GUARD, namespace(), made)) == []
    assert refused(graph(GUARD, namespace(), deployment())) != []
