"""Values that no service takes, or that would never do what they say, are refused before anything is made."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.support import ROOT

from roadstead.tool import yaml_files

Change = Callable[[dict[str, Any]], object]


def said(edit: Change, *, region: str = "eu-west-1", stack: str = "staging") -> list[str]:
    """The problems of a stack file with a change."""
    from checks import environment_problems, stack_problems, within_project

    content = yaml_files.load(ROOT / f"Pulumi.{stack}.yaml")["config"]
    values = {key.removeprefix("roadstead:"): deepcopy(value) for key, value in content.items()}
    del values["aws:region"]
    edit(values)
    found = within_project(stack_problems(values, region))  # type: ignore[arg-type]
    return found + environment_problems(stack, region, values)  # type: ignore[arg-type]


def setting(*path: str, to: Any) -> Change:
    def edit(values: dict[str, Any]) -> None:
        *parents, last = path
        for part in parents:
            values = values.setdefault(part, {})
        values[last] = to

    return edit


def elsewhere(partition: str, region: str) -> Change:
    """The whole environment in another partition."""

    def edit(values: dict[str, Any]) -> None:
        values["network"]["zones"] = [f"{region}{letter}" for letter in "abc"]
        cluster = values["cluster"]
        cluster["admins"] = {
            name: arn.replace("arn:aws:", f"arn:{partition}:") for name, arn in cluster["admins"].items()
        }
        cluster["break_glass"] = cluster["break_glass"].replace("arn:aws:", f"arn:{partition}:")

    return edit


LABELS, TAINTS = ("node_groups", "system", "labels"), ("node_groups", "system", "taints")
CIDRS, SERVICES = ("cluster", "public_access_cidrs"), ("cluster", "service_cidr")
ADMIN = "arn:aws:iam::111122223333:role/platform-admin"


def taint(**changes: str) -> list[dict[str, str]]:
    return [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE", **changes}]


REFUSED: dict[str, tuple[Change, str]] = {
    "a label of Kubernetes": (setting(*LABELS, to={"node-role.kubernetes.io/infra": "true"}), "labels.node-role.kubernetes.io/infra: a reserved prefix; got 'node-role.kubernetes.io/infra'; expected a key without kubernetes.io/, k8s.io/, eks.amazonaws.com/"),
    "a label of a Kubernetes project": (setting(*LABELS, to={"x.k8s.io/y": "z"}), "a reserved prefix; got 'x.k8s.io/y'"),
    "a label of EKS": (setting(*LABELS, to={"eks.amazonaws.com/nodegroup": "a"}), "a reserved prefix; got 'eks.amazonaws.com/nodegroup'"),
    "a label with a space": (setting(*LABELS, to={"owner": "data and ml"}), "labels.owner: no value of a label; got 'data and ml'; expected at most 63"),
    "a label without a value": (setting(*LABELS, to={"owner": ""}), "labels.owner: no value of a label; got ''"),
    "a label whose key is too long": (setting(*LABELS, to={"a" * 64: "b"}), "no key of a label"),
    "a label whose key ends badly": (setting(*LABELS, to={"acme.com/": "b"}), "no key of a label; got 'acme.com/'"),
    "a taint's value that is a sentence": (setting(*TAINTS, to=taint(value="not here!")), "taints.0: no value of a label; got 'not here!'"),
    "a taint's key of Kubernetes": (setting(*TAINTS, to=taint(key="node.kubernetes.io/infra")), "taints.0: a reserved prefix; got 'node.kubernetes.io/infra'"),
    "a taint twice": (setting(*TAINTS, to=taint() * 2), "taints.1: the same taint twice; got 'CriticalAddonsOnly'"),
    "a taint of ours": (setting(*TAINTS, to=taint(key="roadstead.dev/spot")), "taints.0: a taint of ours; got 'roadstead.dev/spot'; expected capacity: spot"),
    "a tag of ours in capitals": (setting("tags", to={"ENVIRONMENT": "s"}), "tags.ENVIRONMENT: a tag of ours; got 's'; expected another key: every resource has 'environment'"),
    "a tag of a team's": (setting("tags", to={"Team": "p"}), "tags.Team: a tag of ours"),
    "a tag that names things": (setting("tags", to={"name": "p"}), "tags.name: a tag of ours; got 'p'; expected another key: every resource has 'Name'"),
    "two tags that IAM takes for one": (setting("tags", to={"owner": "a", "Owner": "b"}), "tags.Owner: the same key twice; got 'b'; expected one of them: 'owner' is there too"),
    "a tag of AWS's": (setting("tags", to={"AWS:stack": "x"}), "tags.AWS:stack: a tag of AWS's own"),
    "a tag with a sign that AWS does not take": (setting("tags", to={"owner": "a&b"}), "tags.owner: no value of a tag; got 'a&b'; expected 0 to 256 letters"),
    "a tag whose value is too long": (setting("tags", to={"owner": "x" * 257}), "tags.owner: no value of a tag"),
    "a tag of two lines": (setting("tags", to={"owner": "a\nb"}), "tags.owner: no value of a tag"),
    "a type of instance with a slip": (setting("node_groups", "system", "instance_types", to=["M7G.large"]), "instance_types: unknown instance type (did you mean 'm7g.large'?)"),
    "a tag without a key": (setting("tags", to={"": "x"}), "no key of a tag; got ''"),
    "too many tags": (setting("tags", to={f"t{n}": "x" for n in range(41)}), "tags: too many; got 41; expected at most 40"),
    "a private block for the internet": (setting(*CIDRS, to=["192.168.4.0/24"]), "public_access_cidrs: reserved addresses; got '192.168.4.0/24'; expected a block without 192.168.0.0/16"),
    "a block that holds private ones": (setting(*CIDRS, to=["8.0.0.0/5"]), "reserved addresses; got '8.0.0.0/5'; expected a block without 10.0.0.0/8"),
    "carrier-grade NAT for the internet": (setting(*CIDRS, to=["100.100.0.0/16"]), "reserved addresses; got '100.100.0.0/16'"),
    "multicast for the internet": (setting(*CIDRS, to=["239.0.0.0/8"]), "reserved addresses; got '239.0.0.0/8'"),
    "more blocks than EKS takes": (setting(*CIDRS, to=[f"198.51.100.{n}/32" for n in range(41)]), "too many blocks; got 41; expected at most 40"),
    "services in shared addresses": (setting(*SERVICES, to="100.64.0.0/16"), "service_cidr: no private block; got '100.64.0.0/16'; expected a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"),
    "services just beside the private blocks": (setting(*SERVICES, to="172.32.0.0/16"), "service_cidr: no private block; got '172.32.0.0/16'"),
    "services in the VPC": (setting(*SERVICES, to="10.20.240.0/20"), "service_cidr: overlaps the VPC"),
    "one administrator under two names": (setting("cluster", "admins", to={"platform": ADMIN, "oncall": ADMIN}), "admins.oncall: the role of platform too; got 'arn:aws:iam::111122223333:role/platform-admin'; expected another role than platform's"),
    "one administrator in other letters": (setting("cluster", "admins", to={"platform": ADMIN, "oncall": ADMIN.replace("platform", "Platform")}), "admins.oncall: the role of platform too"),
    "an administrator of another account": (setting("cluster", "admins", to={"platform": ADMIN.replace("1111", "9999")}), "admins.platform: a role of another account; got 'arn:aws:iam::999922223333:role/platform-admin'; expected a role of 111122223333"),
    "an administrator of another partition": (setting("cluster", "break_glass", to="arn:aws-cn:iam::111122223333:role/b"), "break_glass: of another partition than eu-west-1; got 'arn:aws-cn:iam::111122223333:role/b'; expected arn:aws:…"),
    "an administrator under the name of the break-glass role": (setting("cluster", "admins", to={"break-glass": ADMIN}), "cluster.admins.break-glass: a name of ours; got 'break-glass'; expected another name"),
    "digits of another script": (setting("account_id", to="１１１１２２２２３３３３"), "account_id: no AWS account id"),
    "a service's own role as administrator": (setting("cluster", "break_glass", to="arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"), "break_glass: a role of an AWS service"),
    "a release of the node image of no day": (setting("node_release_version", to="1.36.4-20260931"), "node_release_version: no node image release; got '1.36.4-20260931'; expected e.g. 1.36.4-20260930"),
    "a release of the node image that is too new": (setting("node_release_version", to="1.37.1-20261101"), "node_release_version: does not fit the control plane; got '1.37.1-20261101'; expected a release of 1.36 or of the three minor versions before it, e.g. 1.36.4-20260930, 1.35"),
    "a zone that there is not": (setting("network", "zones", to=["eu-west-1a", "eu-west-1b", "eu-west-1f"]), "zones: no availability zone; got 'eu-west-1f'; expected one of eu-west-1a, eu-west-1b, eu-west-1c"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_value_that_no_service_takes_is_refused_by_name(what: str) -> None:
    edit, expected = REFUSED[what]
    found = said(edit)
    assert len([line for line in found if expected in line]) == 1, found
    assert all(line.startswith("roadstead:") for line in found)


ACCEPTED: dict[str, Change] = {
    "labels of one's own": setting(*LABELS, to={"acme.com/pool": "a", "tier": "System_1.x"}),
    "a taint without a value": setting(*TAINTS, to=[{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}]),
    "tags in any language": setting("tags", to={"Kostenstelle": "Prüfung 7: a/b=c+d@e-f_g", "leer": ""}),
    "as many tags as there may be": setting("tags", to={f"t{n}": "x" for n in range(40)}),
    "several blocks": setting(*CIDRS, to=["203.0.113.0/24", "198.51.100.7/32"]),
    "the whole internet in staging": setting(*CIDRS, to=["0.0.0.0/0"]),
    "services of their own": setting(*SERVICES, to="172.20.0.0/16"),
    "administrators with paths": setting("cluster", "admins", to={"a": "arn:aws:iam::111122223333:role/a/b/c"}),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_services_take_is_accepted(what: str) -> None:
    assert said(ACCEPTED[what]) == []


@pytest.mark.parametrize(
    "blocks",
    [
        ["0.0.0.0/0"],
        [f"{n}.0.0.0/8" for n in range(224)],
        [f"{n}.0.0.0/8" for n in (3, 12, 52)],
        [f"3.{n}.0.0/16" for n in range(256)] + ["12.0.0.0/16"],
    ],
)
def test_production_is_not_opened_in_small_pieces(blocks: list[str]) -> None:
    found = said(setting(*CIDRS, to=blocks), stack="production")
    assert [line for line in found if "production open to the internet" in line]
    assert all(len(line) < 300 for line in found), "no list of hundreds in a sentence"


def test_production_is_open_to_one_large_block_at_most() -> None:
    assert said(setting(*CIDRS, to=["12.0.0.0/8"]), stack="production") == []


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-wets-1", "aws:region: no region of AWS (did you mean 'eu-west-1'"),
        ("eusc-de-east-1", "aws:region: a region of aws-eusc, which is not supported; got 'eusc-de-east-1'; expected a region of aws, aws-cn, aws-us-gov"),
        ("us-iso-east-1", "aws:region: a region of aws-iso, which is not supported"),
    ],
)  # fmt: skip
def test_a_region_that_there_is_not_or_that_nobody_tried_is_refused(region: str, expected: str) -> None:
    (line,) = said(lambda values: None, region=region)
    assert line.startswith(expected)


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_administrators_are_of_the_partition_of_their_region(partition: str, region: str) -> None:
    there = elsewhere(partition, region)
    assert [line for line in said(there, region=region) if "partition" in line] == []
    strangers = [line for line in said(elsewhere("aws", region), region=region) if "of another partition" in line]
    assert len(strangers) == 3


def said_of_team(edit: Change, *, region: str = "eu-west-1") -> list[str]:
    """The problems of the environment staging with a change in a team's file."""
    from checks import account_fit_problems, team_problems

    stack = {
        key.removeprefix("roadstead:"): value
        for key, value in yaml_files.load(ROOT / "Pulumi.staging.yaml")["config"].items()
    }
    teams = {name: yaml_files.load(ROOT / "infra" / "teams" / f"{name}.yaml") for name in stack["teams"]}
    edit(teams["payments"])
    own = [f"payments.yaml: {line}" for line in team_problems("payments", teams["payments"])]
    return own or account_fit_problems(stack, teams, "staging", region)  # type: ignore[arg-type]


DEVELOPERS, REPOSITORIES, RIGHTS = (
    ("people", "developers"),
    ("github_repositories",),
    ("apps", "worker", "aws_permissions"),
)
OF_TEAM: dict[str, tuple[Change, str]] = {
    "developers among whom an administrator is": (setting(*DEVELOPERS, to=["arn:aws:iam::*:role/platform-*"]), "people.developers.0: means an administrator too; got 'arn:aws:iam::*:role/platform-*'; expected principals without arn:aws:iam::111122223333:role/platform-admin, who is the cluster's admins.platform"),
    "viewers who are the break-glass role": (setting("people", "viewers", to=["arn:*:iam::*:role/Break-Glass"]), "people.viewers.0: means an administrator too"),
    "developers of another partition": (setting(*DEVELOPERS, to=["arn:aws-cn:iam::*:role/dev"]), "people.developers.0: of another partition than eu-west-1"),
    "rights in another partition": (setting(*RIGHTS, to=[{"actions": ["s3:GetObject"], "resources": ["arn:aws-cn:s3:::a/*"]}]), "apps.worker.aws_permissions.0.resources: of another partition than eu-west-1; got 'arn:aws-cn:s3:::a/*'; expected arn:aws:…"),
    "more repositories than a trust policy holds": (setting(*REPOSITORIES, to=[{"name": f"acme-platform/service-{n:03}", "owner_id": 123456, "repository_id": 10**9 + n} for n in range(40)]), "github_repositories: too long for a role's trust policy; got '"),
    "more developers than a trust policy holds": (setting(*DEVELOPERS, to=[f"arn:aws:iam::1111{n:08}:role/developer" for n in range(60)]), "people.developers: too long for a role's trust policy"),
    "more rights than a role holds": (setting(*RIGHTS, to=[{"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::acme-{n:03}-some-long-name-of-a-bucket/*" for n in range(230)]}]), "apps.worker.aws_permissions: too long for a role's policies; got '"),
    "rights that are never granted": (setting(*RIGHTS, to=[{"actions": ["cloudwatch:PutMetricData"], "resources": ["arn:aws:cloudwatch:eu-west-1:111122223333:x"]}]), "apps.worker.aws_permissions.0.resources: no resource that cloudwatch:PutMetricData takes"),
    "a variable with a space in its name": (setting("apps", "worker", "env", to={"LOG LEVEL": "info"}), "apps.worker.env.LOG LEVEL: no name of a variable"),
    "a variable that begins with a digit": (setting("apps", "worker", "env", to={"1ST": "info"}), "apps.worker.env.1ST: no name of a variable; got '1ST'"),
    "a variable that no program can get": (setting("apps", "worker", "env", to={"CA": "x" * 2**17}), "apps.worker.env.CA: no value of a variable; got '131072 characters'"),
    "a quota under what one container gets": (setting("namespaces", "payments", "quota", "memory", to="128Mi"), "namespaces.payments.quota.memory: too little for one container; got '128Mi'; expected 256Mi or more"),
    "a quota of too little CPU": (setting("namespaces", "payments", "quota", "cpu", to="150m"), "namespaces.payments.quota.cpu: too little for one container; got '150m'; expected 200m or more"),
    "a repository that GitHub has under no such name": (setting(*REPOSITORIES, to=[{"name": "https://github.com/acme/payments.git"}]), "github_repositories.0.name: no repository on GitHub; got 'https://github.com/acme/payments.git'; expected owner and repository, e.g. 'acme/payments': write acme/payments"),
    "a repository under its folder's name": (setting(*REPOSITORIES, to=[{"name": "acme/payments.git"}]), "github_repositories.0.name: no repository on GitHub"),
    "an owner without a number": (setting(*REPOSITORIES, to=[{"name": "acme/payments", "owner_id": 0}]), "github_repositories.0.owner_id: no number of GitHub's; got 0"),
    "cores that no node has": (setting("apps", "api", "cpu", to="2000"), "apps.api.cpu: no amount of CPU; got '2000'; expected cores: write 2000m"),
    "a block with a mask": (setting("apps", "api", "egress", to=[{"cidr": "10.0.8.0/255.255.255.0", "ports": [1]}]), "apps.api.egress.0.cidr: not written as address and length; got '10.0.8.0/255.255.255.0'; expected an IPv4 network, e.g. '203.0.113.0/24': write 10.0.8.0/24"),
    "a name that its role cannot have": (lambda team: team["apps"].update({"a" * 48: {**team["apps"]["worker"]}}), "too long"),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_TEAM)
def test_a_value_of_a_team_that_would_not_do_what_it_says_is_refused(what: str) -> None:
    edit, expected = OF_TEAM[what]
    found = said_of_team(edit)
    assert [line for line in found if expected in line], found
    assert all(line.startswith("payments.yaml: ") and len(line) < 500 for line in found)


def test_an_app_does_not_use_itself_nor_what_is_no_app_twice() -> None:
    from checks import team_problems, tenancy_problems

    teams = {name: yaml_files.load(ROOT / "infra" / "teams" / f"{name}.yaml") for name in ("payments", "storefront")}
    api = teams["payments"]["apps"]["api"]
    api["uses"] = ["payments/api"]
    assert tenancy_problems(teams) == [
        "payments.yaml: apps.api.uses.0: the app itself; got 'payments/api'; expected another app"
    ]
    api["uses"] = ["Storefront/Catalog"]
    assert len(team_problems("payments", teams["payments"]) + tenancy_problems(teams)) == 1


def test_two_teams_do_not_give_one_owner_two_numbers() -> None:
    from checks import account_fit_problems

    def numbered(name: str, **numbers: int) -> dict[str, Any]:
        return {"github_repositories": [{"name": name, **numbers}]}

    def said(*teams: dict[str, Any]) -> list[str]:
        named = {f"team-{index}": team for index, team in enumerate(teams)}
        return account_fit_problems({}, named, "staging", "eu-west-1")  # type: ignore[typeddict-item,arg-type]

    assert said(numbered("acme/a", owner_id=7), numbered("Acme/b", owner_id=8)) == [
        "team-1.yaml: github_repositories.0.owner_id: another number of acme than at team-0.yaml: github_repositories.0.owner_id; got 8; expected 7, or that one mended"
    ]
    (line,) = said(numbered("acme/a", repository_id=1), numbered("acme/a", repository_id=2, owner_id=3))
    assert "another number of acme/a" in line
    # A repository has two names while it is renamed.
    assert said(numbered("acme/a", owner_id=7, repository_id=1), numbered("acme/b", owner_id=7, repository_id=1)) == []
    assert said(numbered("acme/a"), numbered("acme/a", owner_id=7)) == []


def test_metrics_may_be_sent() -> None:
    rights = [{"actions": ["cloudwatch:PutMetricData"], "resources": ["*"]}]
    assert said_of_team(setting(*RIGHTS, to=rights)) == []


def test_an_administrator_is_no_role_of_a_team() -> None:
    from identities import people_problems

    arn = "arn:aws:iam::111122223333:role/staging-payments-developer"
    cluster: Any = {"admins": {"platform": arn}, "break_glass": "arn:aws:iam::111122223333:role/b"}
    (line,) = people_problems({"namespaces": {}}, cluster, "staging-payments", "eu-west-1")
    assert line.startswith("people: the cluster's admins.platform is a role of this team; got")


@pytest.mark.parametrize(("app", "fits"), [("a" * 35, True), ("a" * 36, False)])
def test_the_role_of_an_app_has_room_for_what_pulumi_puts_after_its_name(app: str, fits: bool) -> None:
    from identities import role_name_problems

    found = role_name_problems("apps.x", f"{'t' * 20}.{app}")
    assert not found if fits else "at most 56 in team, '.' and app together" in found[0]
