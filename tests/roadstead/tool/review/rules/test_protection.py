"""What is lowered in place is told, with what it means; what is raised, moved or spelled otherwise is not."""

from dataclasses import replace
from typing import Any

import pytest
from tests.graphs import changed, deployment, graph, kubernetes, namespace, node_group, of_tier, resource
from tests.roadstead.tool.review.rules.table import Case

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.difference.compare import compare
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.rules.protection import findings

CLUSTER = resource("aws:eks/cluster:Cluster", "live", {
    "name": "live", "deletionProtection": True, "enabledClusterLogTypes": ["api", "audit", "authenticator"],
    "accessConfig": {"authenticationMode": "API"},
})  # fmt: skip
KEY = resource("aws:kms/key:Key", "payments", {"deletionWindowInDays": 30, "enableKeyRotation": True})
GROUP = node_group("system", taints=[{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}])
TEMPLATE = resource("aws:ec2/launchTemplate:LaunchTemplate", "system", {
    "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
    "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}],
})  # fmt: skip
IMAGES = resource(
    "aws:ecr/repository:Repository", "payments.api", {"name": "payments/api", "imageTagMutability": "IMMUTABLE"}
)
ADDON = resource(
    "aws:eks/addon:Addon", "cni", {"addonName": "vpc-cni", "configurationValues": '{"enableNetworkPolicy": "true"}'}
)
LEVEL = "pod-security.kubernetes.io/enforce"
CLOSED = namespace(**{LEVEL: "restricted"})
QUOTA = kubernetes("ResourceQuota", "quota", "payments", spec={"hard": {"pods": "40", "services.loadbalancers": "0"}})
HARDENED = {
    "runAsNonRoot": True, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip
API = deployment(container={"securityContext": HARDENED})


def turned(*pairs: tuple[Resource, Resource | None], tier: str = "production") -> StackDiff:
    """A stack in which some resources become others, or go."""
    base, head = (
        graph(of_tier(tier), *(old for old, _ in pairs)),
        graph(of_tier(tier), *(new for _, new in pairs if new)),
    )
    return compare("test", base, head)


def api(pod: dict[str, Any] | None = None, **security: Any) -> Resource:
    """The app, with some of its security context changed; `None` takes a part away."""
    context = {key: value for key, value in {**HARDENED, **security}.items() if value is not None}
    return deployment(container={"securityContext": context}, pod=pod)


def without(made: Resource, key: str) -> Resource:
    return changed(made, **{key: None})


CASES = [
    Case(
        "protection/deletion",
        turned((KEY, changed(KEY, deletionWindowInDays=7))),
        turned((changed(KEY, deletionWindowInDays=7), KEY)),
        "Key payments: a key that is deleted can be taken back for 7 days instead of 30",
        Severity.WARNING,
    ),
    Case(
        "protection/logs",
        turned((CLUSTER, changed(CLUSTER, enabledClusterLogTypes=["api"]))),
        turned((CLUSTER, changed(CLUSTER, enabledClusterLogTypes=["audit", "authenticator", "api", "scheduler"]))),
        "control plane logs of kind audit, authenticator are no longer kept",
        Severity.WARNING,
    ),
    Case(
        "protection/credentials",
        turned((CLUSTER, changed(CLUSTER, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"}))),
        turned((changed(CLUSTER, accessConfig={"authenticationMode": "CONFIG_MAP"}), CLUSTER)),
        "its ConfigMap aws-auth gives access too (API_AND_CONFIG_MAP instead of API)",
        Severity.WARNING,
    ),
    Case(
        "protection/nodes",
        turned((GROUP, changed(GROUP, taints=[]))),
        turned((GROUP, changed(GROUP, taints=[{"key": "CriticalAddonsOnly", "effect": "NO_EXECUTE"}]))),
        "the taint CriticalAddonsOnly goes or is softer",
        Severity.WARNING,
    ),
    Case(
        "protection/encryption",
        turned((TEMPLATE, changed(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {}}]))),
        turned(
            (TEMPLATE, changed(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": True}}]))
        ),
        "volumes of its instances are no longer encrypted",
        Severity.WARNING,
    ),
    Case(
        "protection/images",
        turned((IMAGES, without(IMAGES, "imageTagMutability"))),  # AWS's default is MUTABLE
        turned((changed(IMAGES, imageTagMutability="MUTABLE"), IMAGES)),
        "tags of its images can be moved to other images (MUTABLE instead of IMMUTABLE)",
        Severity.WARNING,
    ),
    Case(
        "protection/network",
        turned((ADDON, changed(ADDON, configurationValues='{"env": {}}'))),
        turned((ADDON, changed(ADDON, configurationValues='{"env": {}, "enableNetworkPolicy": true}'))),
        "network policies are no longer enforced",
        Severity.WARNING,
    ),
    Case(
        "protection/admission",
        turned((CLOSED, namespace(**{LEVEL: "baseline"}))),
        turned((namespace(**{LEVEL: "baseline"}), CLOSED)),
        "its Pod Security level goes from restricted to baseline",
        Severity.WARNING,
    ),
    Case(
        "protection/quota",
        turned((QUOTA, changed(QUOTA, spec={"hard": {"pods": "80", "services.loadbalancers": "0"}}))),
        turned((QUOTA, changed(QUOTA, spec={"hard": {"pods": "20", "services.loadbalancers": 0}}))),
        "pods may be 80 instead of 40",
        Severity.NOTE,
    ),
    Case(
        "protection/pods",
        turned((API, api(readOnlyRootFilesystem=None))),
        turned((api(readOnlyRootFilesystem=False), API)),
        "container app may write to its root filesystem",
        Severity.WARNING,
    ),
    Case(
        "protection/availability",
        turned((API, deployment(container={"securityContext": HARDENED}, strategy={"type": "Recreate"}))),
        turned((API, deployment(container={"securityContext": HARDENED}, strategy={"type": "RollingUpdate"}))),
        "a rollout stops all of its pods before it starts others",
        Severity.WARNING,
    ),
]


def told(diff: StackDiff) -> list[str]:
    return [each.what for each in findings(diff) if isinstance(each, Finding)]


def test_the_same_loss_of_several_is_said_once_and_names_them() -> None:
    keys = [replace(KEY, urn=f"{KEY.urn}{number}", name=f"key-{number}") for number in range(7)]
    (there,) = told(turned(*((key, changed(key, deletionWindowInDays=7)) for key in keys)))
    assert there.startswith("7 of kind Key (key-0, key-1, key-2, key-3, key-4 and 2 more): a key that is deleted")


def test_containers_of_several_apps_are_said_once_whatever_they_are_called() -> None:
    def app(name: str, **more: Any) -> Resource:
        return deployment(name, container={"name": name, "securityContext": {**HARDENED, **more}})

    pairs = [(app(name), app(name, privileged=True)) for name in ("api", "worker")]
    assert told(turned(*pairs)) == [
        "2 of kind Deployment (payments.api, payments.worker): a container of each has all rights on its node."
    ]


def test_of_pods_that_pod_security_refuses_admission_speaks() -> None:
    weaker = api(allowPrivilegeEscalation=True)
    assert [said.partition(":")[0] for said in told(compare("test", graph(API), graph(weaker)))] == [
        "Deployment payments.api"
    ]
    assert told(compare("test", graph(CLOSED, API), graph(CLOSED, weaker))) == []


def test_a_version_of_pod_security_that_goes_back_with_kubernetes_is_no_loss_of_its_own() -> None:
    def stack(version: str, pinned: str) -> Graph:
        space = namespace(**{LEVEL: "restricted", f"{LEVEL}-version": pinned})
        return graph(changed(CLUSTER, version=version), space)

    assert told(compare("test", stack("1.36", "v1.36"), stack("1.35", "v1.35"))) == []
    assert len(told(compare("test", stack("1.36", "v1.36"), stack("1.35", "v1.30")))) == 1


@pytest.mark.parametrize(("tier", "severity"), [("production", Severity.WARNING), ("development", Severity.NOTE)])
def test_how_bad_it_is_follows_from_the_tier(tier: str, severity: Severity) -> None:
    (there,) = findings(turned((CLUSTER, without(CLUSTER, "deletionProtection")), tier=tier))
    assert isinstance(there, Finding)
    assert there.severity is severity


def test_what_is_made_anew_under_another_name_of_pulumis_is_compared_with_what_it_is_in_the_cluster() -> None:
    anew = replace(
        namespace(**{LEVEL: "privileged"}),
        urn="urn:pulumi:test::project::kubernetes:some/v1:Namespace::other",
        name="other",
    )
    assert "from restricted to privileged" in told(turned((CLOSED, anew)))[0]


def ids(diff: StackDiff) -> list[str]:
    return [each.rule for each in findings(diff) if isinstance(each, Finding)]


def renamed(old: Resource, called: str, **inputs: Any) -> Resource:
    """A resource that is called otherwise by Pulumi, and otherwise too where it is."""
    return replace(changed(old, **inputs), urn=old.urn.rpartition("::")[0] + f"::{called}", name=called)


REPOSITORY = changed(IMAGES, imageScanningConfiguration={"scanOnPush": True}, tags={"team": "payments"})


def test_what_is_renamed_altogether_is_compared_with_the_only_one_of_its_kind_that_goes() -> None:
    laxer = renamed(REPOSITORY, "shop.api", name="shop/api", imageTagMutability="MUTABLE")
    assert ids(turned((REPOSITORY, laxer))) == ["protection/images"]
    assert ids(turned((REPOSITORY, renamed(REPOSITORY, "shop.api", name="shop/api")))) == []
    pods = renamed(API, "payments.web", metadata={"name": "web", "namespace": "payments"})
    root = changed(pods, spec={**pods.inputs["spec"], "template": {"spec": {"containers": [{"name": "app"}]}}})
    assert ids(turned((API, pods))) == []
    assert "protection/pods" in ids(
        turned(
            (
                API,
                changed(
                    pods,
                    spec=deployment(container={"securityContext": {**HARDENED, "runAsNonRoot": False}}).inputs["spec"],
                ),
            )
        )
    )
    assert ids(turned((API, root))) == [], "nothing else in common: another app"


def test_of_several_that_are_renamed_each_is_found_by_its_part_of_a_component() -> None:
    def in_component(made: Resource, of: str) -> Resource:
        parent = f"urn:pulumi:test::project::some:Team::{of}"
        return replace(made, parent=parent, urn=made.urn.replace("aws:ecr", "some:Team$aws:ecr"))

    two = [in_component(renamed(REPOSITORY, f"payments.{app}", name=f"payments/{app}"), "payments") for app in "ab"]
    now = [in_component(renamed(REPOSITORY, f"shop.{app}", name=f"shop/{app}"), "shop") for app in "ab"]
    assert ids(turned(*zip(two, now, strict=True))) == []
    laxer = [now[0], changed(now[1], imageTagMutability="MUTABLE")]
    assert ids(turned(*zip(two, laxer, strict=True))) == ["protection/images"]


def test_a_pods_own_context_stands_for_its_containers() -> None:
    at_pod = api(
        {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}},
        runAsNonRoot=None,
        seccompProfile=None,
    )
    assert told(turned((API, at_pod))) == []
    assert told(turned((at_pod, api(runAsNonRoot=None))))[0].endswith("container app may run as root.")


def test_a_new_container_must_not_be_weaker_than_all_that_were_there() -> None:
    def beside(**security: Any) -> Resource:
        first = API.inputs["spec"]["template"]["spec"]["containers"][0]
        return deployment(pod={"containers": [first, {"name": "proxy", "securityContext": {**HARDENED, **security}}]})

    assert told(turned((API, beside()))) == []
    assert "container proxy has all rights on its node" in told(turned((API, beside(privileged=True))))[0]


def test_a_service_account_that_gives_no_token_stands_for_its_pods() -> None:
    account = kubernetes("ServiceAccount", "api", "payments", automountServiceAccountToken=False)
    pod = {"serviceAccountName": "api"}
    explicit, silent = api({**pod, "automountServiceAccountToken": False}), api(pod)
    assert told(turned((account, account), (explicit, silent))) == []
    assert told(turned((explicit, silent))) == ["Deployment payments.api: its pods get a token for the API server."]


@pytest.mark.parametrize(
    ("drop", "weaker"), [(["ALL"], False), (["NET_RAW", "ALL"], False), (["NET_RAW"], True), ([], True)], ids=str
)
def test_capabilities_are_judged_as_the_set_that_they_are(drop: list[str], weaker: bool) -> None:
    assert bool(told(turned((API, api(capabilities={"drop": drop}))))) is weaker


def test_a_guard_that_goes_is_told_while_what_it_guards_stays() -> None:
    limits = kubernetes("LimitRange", "limits", "payments", spec={"limits": []})
    renamed = replace(
        limits,
        urn=f"{limits.urn}-2",
        name="payments.other",
        inputs={**limits.inputs, "metadata": {"name": "other", "namespace": "payments"}},
    )
    there = (namespace(), namespace())
    assert told(turned(there, (limits, None))) == [
        "LimitRange payments.limits goes: containers that say nothing have no limits."
    ]
    assert told(turned(there, (limits, renamed))) == []
    assert told(turned((namespace(), None), (limits, None))) == []


def test_a_budget_that_goes_is_told_while_its_pods_stay() -> None:
    selector = {"matchLabels": {"app.kubernetes.io/name": "api"}}
    budget = kubernetes("PodDisruptionBudget", "api", "payments", spec={"selector": selector, "maxUnavailable": 1})
    gone = "PodDisruptionBudget payments.api goes: all of its pods may be evicted at once."
    assert told(turned((API, API), (budget, None))) == [gone]
    assert told(turned((API, None), (budget, None))) == []
    astray = changed(budget, spec={"selector": {"matchLabels": {"app": "api"}}, "maxUnavailable": 1})
    assert told(turned((API, API), (budget, astray))) == [
        gone.replace("goes", "no longer means the pods that it meant")
    ]
    otherwise = {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": ["api"]}]}
    assert told(turned((API, API), (budget, changed(budget, spec={"selector": otherwise, "maxUnavailable": 1})))) == []


UPDATE = "updateConfig"


@pytest.mark.parametrize(
    ("old", "new", "lowered"),
    [
        (None, {"maxUnavailable": 1}, ""),  # which EKS takes where nothing is said
        ({"maxUnavailable": 1}, None, ""),
        ({"maxUnavailable": 1}, {"maxUnavailablePercentage": 1}, ""),
        ({"maxUnavailablePercentage": 33}, {"maxUnavailable": 1}, ""),
        ({"maxUnavailable": 1}, {"maxUnavailable": 2}, "an update takes 2 of its nodes at once instead of 1"),
        (None, {"maxUnavailablePercentage": 33}, "an update takes 33 % of its nodes at once instead of 1"),
    ],
)
def test_an_update_of_nodes_takes_one_at_once_where_nothing_is_said(
    old: dict[str, int] | None, new: dict[str, int] | None, lowered: str
) -> None:
    said = told(turned((changed(GROUP, **{UPDATE: old}), changed(GROUP, **{UPDATE: new}))))
    assert [each for each in said if lowered in each] == said
    assert bool(said) is bool(lowered)


WEBHOOK = kubernetes("ValidatingWebhookConfiguration", "checks", "")
FAIL, IGNORE, SILENT = (
    {"name": "images.acme.com", **policy} for policy in ({"failurePolicy": "Fail"}, {"failurePolicy": "Ignore"}, {})
)


@pytest.mark.parametrize(
    ("old", "new", "lowered"),
    [
        ([FAIL], [SILENT], ""),  # which is Fail
        ([SILENT], [FAIL], ""),
        ([IGNORE], [SILENT], ""),
        ([SILENT], [IGNORE], "what images.acme.com cannot judge is admitted"),
        ([FAIL], [IGNORE], "what images.acme.com cannot judge is admitted"),
        ([FAIL], [], "what images.acme.com denied is admitted"),
    ],
)
def test_a_webhook_denies_what_it_cannot_judge_unless_it_says_otherwise(
    old: list[Any], new: list[Any], lowered: str
) -> None:
    said = told(turned((changed(WEBHOOK, webhooks=old), changed(WEBHOOK, webhooks=new))))
    assert [each for each in said if lowered in each] == said
    assert bool(said) is bool(lowered)


def test_what_the_program_ignores_is_not_lowered() -> None:
    ignoring = replace(changed(KEY, deletionWindowInDays=7), ignore_changes=("deletionWindowInDays",))
    assert told(turned((KEY, ignoring))) == []


@pytest.mark.parametrize("option", ["protect", "retain_on_delete"])
def test_an_option_that_protects_is_told_when_it_is_taken_off(option: str) -> None:
    protected = replace(KEY, **{option: True})  # type: ignore[arg-type]
    assert told(turned((protected, KEY)))
    assert told(turned((KEY, protected))) == []


HIDDEN = {"unknown": Unknown(), "secret": Secret.of(7), "malformed": {"days": "seven"}}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_read_is_said_to_be_undecided(hidden: object) -> None:
    (missed,) = findings(turned((KEY, changed(KEY, deletionWindowInDays=hidden))))
    assert isinstance(missed, Undecided)
    assert (missed.rules, missed.unread.path) == (("protection/deletion",), "deletionWindowInDays")


def test_a_secret_that_stays_the_same_is_no_question() -> None:
    secret = changed(KEY, deletionWindowInDays=Secret.of(7))
    assert list(findings(turned((secret, changed(secret, description="payments"))))) == []


def test_a_new_stack_and_one_that_goes_have_lowered_nothing() -> None:
    there = graph(CLUSTER, KEY)
    for base, head in ((None, there), (there, None)):
        assert list(findings(compare("test", base, head))) == []


def test_a_graph_without_changes_says_nothing(production: Graph) -> None:
    assert list(findings(compare("production", production, production))) == []
