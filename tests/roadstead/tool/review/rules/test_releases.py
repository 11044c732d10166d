from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graphs import component, deployment, diff, graph, namespace, of_tier, only, resource
from tests.roadstead.tool.review.rules.table import Case, only_findings

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.releases import across, findings

HOST = "444455556666.dkr.ecr.eu-west-1.amazonaws.com"
OLD, NEW, OTHER = (f"sha256:{digit * 64}" for digit in "123")


def runs(app: str, digest: str, *, team: str = "payments", host: str = HOST) -> Resource:
    return deployment(app, namespace=team, container={"image": f"{host}/{team}/{app}@{digest}"})


def repository(app: str, team: str = "payments") -> Resource:
    computed = {"repositoryUrl": f"{HOST}/{team}/{app}"}
    return resource("aws:ecr/repository:Repository", f"{team}.{app}", {"name": f"{team}/{app}"}, computed=computed)


def stack(*resources: Resource, tier: str = "production") -> Graph:
    return graph(of_tier(tier), namespace(), *resources, stack=tier)


def alone(base: list[Resource], head: list[Resource], tier: str = "production") -> StackDiff:
    return diff(stack(*base, tier=tier), stack(*head, tier=tier))


API, WORKER = repository("api"), repository("worker")
BOTH = [runs("api", OLD), runs("worker", OTHER)]
SWAPPED = [runs("api", OTHER), runs("worker", OLD)]
RENAMED = alone([API, runs("api", OLD)], [repository("gateway"), runs("gateway", OLD)])
CASES = [
    Case(
        "releases/new-repository",
        RENAMED,
        alone([API, runs("api", OLD)], [API, repository("gateway"), runs("api", NEW)]),
        "would run sha256:111111111111… from the repository payments/gateway, which this change makes: it is empty",
    ),
]
ACROSS = [
    Case(
        "releases/digest-of-another",
        {"production": alone([API, WORKER, *BOTH], [API, WORKER, *SWAPPED])},
        {"production": alone([API, WORKER, *BOTH], [API, WORKER, runs("api", NEW), runs("worker", OTHER)])},
        "payments/api would run sha256:333333333333… from the repository payments/api, and it is payments/worker that has it",
    ),
    Case(
        "releases/not-rehearsed",
        {
            "production": alone([runs("api", OLD)], [runs("api", NEW)]),
            "staging": alone([runs("api", OLD)], [runs("api", NEW)], "staging"),
        },
        {
            "production": alone([runs("api", OLD)], [runs("api", NEW)]),
            "staging": alone([runs("api", NEW)], [runs("api", OTHER)], "staging"),
        },
        "production gets sha256:222222222222… of payments/api with staging, not after it",
        Severity.WARNING,
    ),
]


def said(diffs: Mapping[str, StackDiff]) -> list[Finding]:
    return only_findings(across(diffs))


def test_of_a_renamed_app_the_way_of_its_image_is_told() -> None:
    (finding,) = findings(RENAMED)
    assert isinstance(finding, Finding)
    assert "copy the image there from payments/api" in finding.do
    assert said({"production": RENAMED}) == []


def test_a_new_environment_hears_once_that_its_repositories_are_empty() -> None:
    (finding,) = findings(diff(None, stack(API, WORKER, *BOTH)))
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.file) == (Severity.WARNING, "infra/releases/production.yaml")
    assert "payments/api, payments/worker" in finding.what


def test_a_digest_of_another_app_in_another_environment_is_one_too() -> None:
    staging = alone([runs("worker", NEW, host="111122223333.dkr.ecr.eu-west-1.amazonaws.com")], [], "staging")
    (finding,) = said({"production": alone(BOTH, [runs("api", NEW)]), "staging": staging})
    assert finding.rule == "releases/digest-of-another"


def test_what_staging_has_tried_may_be_promoted() -> None:
    there = [runs("api", NEW, host="111122223333.dkr.ecr.eu-west-1.amazonaws.com")]
    assert said({"production": alone(BOTH, [runs("api", NEW)]), "staging": alone(there, there, "staging")}) == []


def test_the_same_image_in_another_registry_is_no_other_apps() -> None:
    there = [runs("api", OLD), runs("worker", OTHER)]
    moved = [runs("api", OLD, host="ghcr.io/acme"), runs("worker", OTHER, host="ghcr.io/acme")]
    assert said({"production": alone(there, moved)}) == []


def test_what_is_new_altogether_is_for_parity_to_say() -> None:
    staging = alone([], [runs("api", NEW)], "staging")
    assert said({"production": alone([], [runs("api", NEW)]), "staging": staging}) == []


def test_apps_of_one_image_may_go_on_having_one() -> None:
    one = [runs("api", OLD), runs("worker", OLD)]
    assert said({"production": alone(one, [runs("api", NEW), runs("worker", NEW)])}) == []
    two = said({"production": alone(BOTH, [runs("api", NEW), runs("worker", NEW)])})
    assert {finding.severity for finding in two} == {Severity.WARNING}
    assert "gets it too" in two[0].what


def another(app: str, *images: str) -> Resource:
    """An app whose containers run these repositories of the team."""
    containers = [{"name": of, "image": f"{HOST}/payments/{of}@sha256:{of.encode().hex():0<64}"} for of in images]
    return deployment(app, pod={"containers": containers})


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (["api"], ["worker"], True),
        (["api", "proxy"], ["worker", "proxy"], True),
        (["api"], ["api", "worker"], False),
        (["api", "proxy"], ["api", "meter"], False),
        (["api"], ["gateway"], False),
        (["worker"], ["api"], False),
    ],
    ids=["another's", "beside a shared one", "one more", "another shared one", "nobody's", "its own at last"],
)
def test_an_app_that_runs_the_image_of_another_is_told_with_both(
    before: list[str], after: list[str], is_told: bool
) -> None:
    others = [another("worker", "worker", "proxy"), another("web", "web", "proxy", "meter")]
    found = said({"production": alone([another("api", *before), *others], [another("api", *after), *others])})
    assert [(each.rule, each.severity) for each in found] == [
        ("releases/digest-of-another", Severity.WARNING)
    ] * is_told
    assert all("payments/api would run" in each.what and "the image of payments/worker" in each.what for each in found)


def test_a_way_back_in_production_is_only_noted() -> None:
    staging = alone([runs("api", NEW)], [runs("api", NEW)], "staging")
    (finding,) = said({"production": alone([runs("api", NEW)], [runs("api", OTHER)]), "staging": staging})
    assert (finding.rule, finding.severity) == ("releases/not-rehearsed", Severity.NOTE)


def test_the_release_file_is_named_where_the_app_is_ours() -> None:
    app = component("App", "payments.api")
    base, head = (replace(runs("api", digest), parent=app.urn) for digest in (OLD, OTHER))
    (finding,) = said({"production": alone([app, base, runs("worker", OTHER)], [app, head, runs("worker", OTHER)])})
    assert (finding.file, finding.key) == ("infra/releases/production.yaml", "payments.api")


@pytest.mark.parametrize("hidden", [Unknown(), Secret.of("image"), 5], ids=["unknown", "secret", "malformed"])
def test_an_image_that_cannot_be_read_is_undecided_where_it_changes_and_nowhere_else(hidden: object) -> None:
    unseen = deployment("api", container={"image": hidden})
    changing = {"production": alone([runs("api", OLD)], [unseen])}
    rules = {
        rule
        for each in (*across(changing), *findings(changing["production"]))
        if isinstance(each, Undecided)
        for rule in each.rules
    }
    assert rules == {"releases/digest-of-another", "releases/not-rehearsed", "releases/new-repository"}
    assert list(across({"production": alone([unseen], [unseen])})) == []


DIGESTS = st.sampled_from([OLD, NEW, OTHER])
APPS = st.dictionaries(st.sampled_from(["api", "worker", "web"]), DIGESTS)


@given(base=APPS, head=APPS)
def test_a_digest_that_its_repository_has_had_is_never_anothers(base: dict[str, str], head: dict[str, str]) -> None:
    before, after = ([runs(app, digest) for app, digest in apps.items()] for apps in (base, head))
    found = {finding.resource for finding in said({"production": alone(before, after)})}
    stays = {runs(app, digest).urn for app, digest in head.items() if base.get(app) == digest}
    taken = {
        runs(app, digest).urn
        for app, digest in head.items()
        if app in base and digest in base.values() and base[app] != digest
    }
    apart = {urn for urn in taken if len(set(base.values())) == len(base)}
    assert not found & stays
    assert apart <= found


def test_where_nothing_changes_there_is_nothing_to_say(production: Graph, staging: Graph, local: Graph) -> None:
    diffs = {made.stack: only(made) for made in (production, staging, local)}
    assert list(across(diffs)) == []
    assert [found for each in diffs.values() for found in findings(each)] == []
