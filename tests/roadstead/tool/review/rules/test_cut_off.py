"""Whom pods could reach and no longer can: told where a rule goes, and not where it is written otherwise."""

from typing import Any

import pytest
from tests.graphs import deployment, graph, namespace, of_tier
from tests.roadstead.tool.review.rules.test_network import APP, NAME, blocks, of_app, policy

from roadstead.tool.offline.graph import Resource, Unknown
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.exposure.cut import cut
from roadstead.tool.review.finding import Severity, Undecided
from roadstead.tool.review.rules.network import CUT, findings


def app(name: str = "app", where: str = "ledger", *ports: dict[str, Any]) -> Resource:
    return deployment(name, namespace=where, container={"ports": list(ports)})


HTTP = {"containerPort": 8080, "name": "http"}
WEB = {"matchLabels": {APP: "web"}}
LEDGER = {"matchLabels": {APP: "app"}}
DENY = (policy("deny"),)
OWN = (of_tier("production"), namespace(), namespace("ledger"), deployment("web"))


def out(*peers: dict[str, Any], **rule: Any) -> Resource:
    return policy("uses", WEB, egress=[{"to": list(peers), **rule}])


def let_in(*peers: dict[str, Any], **rule: Any) -> Resource:
    made = policy("used", LEDGER, ingress=[{"from": list(peers), **rule}], policyTypes=["Ingress"])
    return made.__class__(
        **{**vars(made), "inputs": {**made.inputs, "metadata": {"name": "used", "namespace": "ledger"}}}
    )


def port(*numbers: int | str) -> list[dict[str, Any]]:
    return [{"port": number} for number in numbers]


def lost(old: list[Resource], new: list[Resource]) -> list[tuple[str, str, str, str]]:
    base, head = graph(*OWN, *DENY, *old), graph(*OWN, *DENY, *new)
    return [(str(each.pods), each.way, "; ".join(each.whom), each.severity.value) for each in cut(base, head)]


THERE = app("app", "ledger", HTTP)
MOVED = app("app", "ledger", {"containerPort": 9090, "name": "http"})
TO = ("payments/web", "Egress", "ledger/app on port 8080", "warning")
FROM = ("ledger/app", "Ingress", "payments/web on port 8080", "warning")
OPEN_OUT = out(of_app("ledger"))
OPEN_IN = let_in(of_app("payments", "web"), ports=port(8080))
CLOSED_IN = let_in(of_app("payments", "other"), ports=port(8080))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param([THERE, OPEN_OUT], [THERE], [TO], id="way-out"),
        pytest.param([THERE, OPEN_OUT, OPEN_IN], [THERE, OPEN_OUT, CLOSED_IN], [FROM], id="way-in"),
        pytest.param([THERE, OPEN_OUT, OPEN_IN], [THERE, CLOSED_IN], [TO], id="both-ends-are-one-loss"),
        pytest.param([THERE, OPEN_OUT, CLOSED_IN], [THERE, CLOSED_IN], [], id="it-was-closed-at-the-other-end"),
        pytest.param([THERE, OPEN_OUT], [OPEN_OUT], [], id="the-called-goes"),
        pytest.param([THERE, out(of_app("ledger"), ports=port(8080))], [THERE, out(of_app("ledger"), ports=port(9090))], [TO], id="another-port"),
        pytest.param([THERE, out(of_app("ledger"), ports=port(8080))], [THERE, out(of_app("ledger"), ports=port("http"))], [], id="the-port-by-its-name"),
        pytest.param([THERE, out(of_app("ledger"), ports=port(8080))], [THERE, out(of_app("ledger"), ports=[{"port": 8000, "endPort": 9000}])], [], id="a-range"),
        pytest.param([THERE, OPEN_OUT, OPEN_IN], [MOVED, OPEN_OUT, let_in(of_app("payments", "web"), ports=port(9090))], [], id="port-moves-everywhere"),
        pytest.param([THERE, OPEN_OUT, OPEN_IN], [MOVED, OPEN_OUT, OPEN_IN], [("ledger/app", "Ingress", "payments/web on port 9090", "warning")], id="port-moves-without-its-rule"),
        pytest.param([THERE, OPEN_OUT], [app(), OPEN_OUT], [], id="it-listens-no-more"),
        pytest.param([THERE, OPEN_OUT], [THERE, out({"namespaceSelector": {}})], [], id="wider"),
        pytest.param([THERE, out({"namespaceSelector": {}})], [THERE, out(of_app("ledger"))], [], id="narrowed-to-whom-it-needs"),
        pytest.param([THERE, out({"namespaceSelector": {}})], [THERE], [("payments/web", "Egress", "ledger/app on port 8080", "note")], id="one-of-everybody"),
        pytest.param([THERE, out({"namespaceSelector": {"matchLabels": {NAME: "ledger"}}})], [THERE], [TO], id="a-namespace"),
        pytest.param([out(of_app("kube-system", "dns"), ports=port(53))], [], [("payments/web", "Egress", "kube-system/dns on port 53", "warning")], id="of-another-stack"),
        pytest.param([out(*blocks("10.0.8.0/24"), ports=port(5432))], [], [("payments/web", "Egress", "10.0.8.0/24 on port 5432", "warning")], id="block"),
        pytest.param([out(*blocks("10.0.8.0/24"), ports=port(5432))], [out(*blocks("10.0.8.0/24"), ports=port(5433))], [("payments/web", "Egress", "10.0.8.0/24 on port 5432", "warning")], id="block-on-another-port"),
        pytest.param([out(*blocks("10.0.8.0/24"), ports=port(5432))], [out(*blocks("10.0.9.0/24"), ports=port(5432))], [], id="block-moved"),
        pytest.param([out(*blocks("0.0.0.0/0"))], [out(*blocks("10.0.8.0/24"), ports=port(5432))], [("payments/web", "Egress", "the whole internet", "note")], id="block-narrowed"),
        pytest.param([out(*blocks("10.0.8.0/25", "10.0.8.128/25"))], [out(*blocks("10.0.8.0/24"))], [], id="block-in-other-words"),
    ],
)  # fmt: skip
def test_what_is_cut_off(old: list[Resource], new: list[Resource], said: list[tuple[str, ...]]) -> None:
    assert lost(old, new) == said


def test_pods_that_nothing_closed_are_closed_on_purpose() -> None:
    assert not [*cut(graph(*OWN, THERE), graph(*OWN, THERE, *DENY))]


def test_an_app_that_goes_loses_nothing() -> None:
    assert not [*cut(graph(*OWN, *DENY, THERE, OPEN_OUT), graph(*OWN[:3], *DENY, THERE))]


def test_it_is_a_note_in_development() -> None:
    base, head = (graph(of_tier("development"), *OWN[1:], *DENY, THERE, *more) for more in ([OPEN_OUT], []))
    (said,) = findings(compare("test", base, head))
    assert not isinstance(said, Undecided)
    assert (said.rule, said.severity) == (CUT, Severity.NOTE)


def test_a_policy_that_cannot_be_read_may_let_it_through() -> None:
    base, head = graph(*OWN, *DENY, THERE, OPEN_OUT), graph(*OWN, *DENY, THERE, policy("uses", egress=Unknown()))
    (said,) = [each for each in findings(compare("test", base, head)) if isinstance(each, Undecided)]
    assert CUT in said.rules
    assert not [*cut(base, head)]
