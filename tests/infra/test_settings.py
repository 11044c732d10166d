"""Bad input, one by one: each is a line that names file and key, says what is allowed, and changes nothing."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.support import ROOT

from roadstead.tool import yaml_files
from roadstead.tool.offline.answers import Answers
from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import read as read_project
from roadstead.tool.offline.record import record
from roadstead.tool.offline.render import told_together

STACK, TEAM = "Pulumi.staging.yaml", "infra/teams/payments.yaml"
Change = Callable[[Any], None]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    for file in ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "Pulumi.local.yaml"):
        shutil.copy(ROOT / file, folder)
    shutil.copytree(ROOT / "infra", folder / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def project(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path, dirs_exist_ok=True)
    return tmp_path


def change(project: Path, file: str, edit: Change) -> None:
    content = yaml_files.load(project / file)
    edit(content)
    with (project / file).open("w") as stream:
        YAML(typ="safe", pure=True).dump(content, stream)


def read(project: Path, stack: str = "staging") -> Graph:
    """Reads the settings as the program does, without building anything."""
    import settings as program_settings

    found, wrong = read_project(project, stack)
    with told_together(wrong):
        return record(lambda: program_settings.load(project / "infra"), found, Answers(()))


def problems(project: Path, stack: str = "staging") -> list[str]:
    with pytest.raises(InputError) as caught:
        read(project, stack)
    return told(str(caught.value))


def told(text: str) -> list[str]:
    """The lines of a refusal without their headings, which say how many there are."""
    headings = [
        line for line in text.splitlines() if re.fullmatch(r"\d+ problems? in the (settings|stack file):", line)
    ]
    lines = [line.strip() for line in text.splitlines() if line not in headings]
    assert not headings or sum(int(line.split()[0]) for line in headings) == len(lines)
    return lines


def config(key: str, value: Any) -> Change:
    """Sets a value in a stack file; dots go into mappings."""

    def edit(content: Any) -> None:
        *parents, last = key.split(".")
        target = content["config"]
        for number, part in enumerate(parents):
            target = target[f"roadstead:{part}" if number == 0 else part]
        name = last if parents else f"roadstead:{last}"
        if value is None:
            del target[name]
        else:
            target[name] = value

    return edit


def team(key: str, value: Any) -> Change:
    def edit(content: Any) -> None:
        *parents, last = key.split("/")
        target = content
        for part in parents:
            target = target.setdefault(part, {})
        if value is None:
            del target[last]
        else:
            target[last] = value

    return edit


CASES: list[tuple[str, str, Change, str]] = [
    ("unknown key with a value", STACK, config("netwrok", {"a": 1}), "Pulumi.staging.yaml: roadstead:netwrok: unknown key (did you mean 'network'?); got {a: 1}; expected one of account_id, addons, cluster"),
    ("unknown key within", STACK, config("cluster.versoin", "1.36"), "Pulumi.staging.yaml: roadstead:cluster.versoin: unknown key (did you mean 'version'?); got '1.36'; expected one of admins"),
    ("encrypted value", STACK, config("tags", {"cost-center": {"secure": "v1:cGxhdGZvcm0="}}), "Pulumi.staging.yaml: roadstead:tags: an encrypted value; got '[secret]'; expected plain text"),
    ("wrong type", STACK, config("cluster.version", 1.36), 'Pulumi.staging.yaml: roadstead:cluster.version: not text; got 1.36; expected text: write it in quotes, "1.36"'),
    ("missing key", STACK, config("cluster.admins", None), "Pulumi.staging.yaml: roadstead:cluster.admins: missing key; expected a mapping"),
    ("missing section", STACK, config("network", None), "Pulumi.staging.yaml: roadstead:network: missing key; expected it, or existing_cluster"),
    ("missing region", STACK, lambda content: content["config"].pop("aws:region"), "Pulumi.staging.yaml: aws:region: missing key; expected an AWS region, e.g. 'eu-west-1'"),
    ("bad tier", STACK, config("tier", "prod"), "Pulumi.staging.yaml: roadstead:tier: no such tier; got 'prod'; expected one of development, staging, production"),
    ("bad account", STACK, config("account_id", "12"), "Pulumi.staging.yaml: roadstead:account_id: no AWS account id; got '12'; expected 12 digits"),
    ("bad ARN", STACK, config("cluster.break_glass", "me"), "Pulumi.staging.yaml: roadstead:cluster.break_glass: no ARN of an IAM role; got 'me'; expected e.g."),
    ("bad CIDR", STACK, config("network.cidr", "10.20.0.0/40"), "Pulumi.staging.yaml: roadstead:network.cidr: no IPv4 network; got '10.20.0.0/40'; expected an IPv4 network of /16 to /23"),
    ("overlapping CIDRs", STACK, config("cluster.service_cidr", "10.20.0.0/20"), "Pulumi.staging.yaml: roadstead:cluster.service_cidr: overlaps the VPC; got '10.20.0.0/20'; expected a block apart from 10.20.0.0/16"),
    ("overlapping subnets", STACK, config("network.subnets", {f"eu-west-1{z}": {"private": "10.20.0.0/18", "public": f"10.20.{64 + n}.0/24"} for n, z in enumerate("abc")}), "Pulumi.staging.yaml: roadstead:network.subnets.eu-west-1b.private: overlaps eu-west-1a.private; got '10.20.0.0/18'"),
    ("subnets that do not fit", STACK, config("network.subnets", {f"eu-west-1{z}": {"private": f"10.21.{n}.0/24", "public": f"10.20.{n}.0/24"} for n, z in enumerate("abc")}), "Pulumi.staging.yaml: roadstead:network.subnets.eu-west-1a.private: outside the VPC; got '10.21.0.0/24'; expected a part of 10.20.0.0/16"),
    ("a VPC too small for subnets", STACK, config("network.cidr", "10.20.0.0/26"), "roadstead:network.cidr: a block of the wrong size; got '10.20.0.0/26'"),
    ("unknown instance type", STACK, config("node_groups.system.instance_types", ["m77.large"]), "Pulumi.staging.yaml: roadstead:node_groups.system.instance_types: unknown instance type (did you mean 'm7i.large' or 'm7g.large'?); got 'm77.large'"),
    ("mixed sizes", STACK, config("node_groups.spot.instance_types", ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7g.large"]), "roadstead:node_groups.spot.instance_types: mixed sizes or architectures; got m7g.xlarge: 4 vCPU"),
    ("mixed architectures", STACK, config("node_groups.spot.instance_types", ["m7g.xlarge", "m6g.xlarge", "m8g.xlarge", "m7i.xlarge"]), "roadstead:node_groups.spot.instance_types: mixed sizes or architectures"),
    ("too few spot types", STACK, config("node_groups.spot.instance_types", ["m7g.xlarge"]), "roadstead:node_groups.spot.instance_types: wrong number of types for spot; got [m7g.xlarge]; expected 4 to 15 different types"),
    ("no place for system pods", STACK, config("node_groups.system.capacity", "reserved"), "roadstead:node_groups.system.capacity: no such capacity"),
    ("nowhere for the cluster's own pods", STACK, config("node_groups.system.taints", [{"key": "x", "effect": "NO_SCHEDULE"}]), "roadstead:node_groups: no place for the cluster's own pods; got [spot, system]; expected an on-demand group"),
    ("node image ahead of the cluster", STACK, config("node_release_version", "1.37.0-20261101"), "roadstead:node_release_version: does not fit the control plane; got '1.37.0-20261101'"),
    ("addon that is not ours", STACK, config("addons", {"versions": {"istio": "v1-eksbuild.1"}}), "roadstead:addons.versions: no such add-on; got 'istio'"),
    ("both kinds of cluster", STACK, config("existing_cluster", {"context": "x"}), "roadstead:existing_cluster: set beside the keys of a new cluster; got [account_id, network, cluster, node_groups, node_release_version]"),
    ("a team without a file", STACK, config("teams", ["payments", "nobody"]), "infra/teams/nobody.yaml: cannot be read: No such file or directory"),
    ("a team twice", STACK, config("teams", ["payments", "payments"]), "Pulumi.staging.yaml: roadstead:teams.1: named twice; got 'payments'"),
    ("a team's name too long", STACK, config("teams", ["a" * 21]), f"Pulumi.staging.yaml: roadstead:teams.0: no DNS label; got '{'a' * 21}'; expected at most 20"),
    ("a team's name no label", STACK, config("teams", ["Pay_Ments"]), "Pulumi.staging.yaml: roadstead:teams.0: no DNS label; got 'Pay_Ments'"),
    ("unknown key of a team", TEAM, team("app", {}), "infra/teams/payments.yaml: app: unknown key (did you mean 'apps'?); got {}; expected one of apps, environments"),
    ("unknown key of an app", TEAM, team("apps/api/prot", 1), "infra/teams/payments.yaml: apps.api.prot: unknown key (did you mean 'spot' or 'port'?); got 1"),
    ("an app larger than any node", TEAM, team("apps/api/memory", "200Gi"), "infra/teams/payments.yaml: apps.api: fits no node; got cpu 250m, memory 200Gi, spot 'prefer'; expected at most what a node has free (spot: cpu 3730m, memory"),
    ("an app that no group takes", TEAM, team("apps/api/spot", "never"), "infra/teams/payments.yaml: apps.api: fits no node; got cpu 250m, memory 512Mi, spot 'never'; expected a node group that takes such pods"),
    ("an app larger than its quota lets it be", TEAM, team("namespaces/payments/quota/cpu", "400m"), "infra/teams/payments.yaml: apps.api.cpu: larger than the quota lets a pod be; got '250m'; expected a CPU request whose double is at most half of the namespace's, 400m"),
    ("apps larger than their quota", TEAM, team("apps/api/replicas", {"min": 2, "max": 40}), "infra/teams/payments.yaml: namespaces.payments.quota.cpu: the apps at their most, one being rolled out, take more than the quota; got '14500m of 8'; expected fewer replicas"),
    ("apps that write more than the quota", TEAM, team("namespaces/payments/quota/temporary_storage", "4Gi"), "infra/teams/payments.yaml: namespaces.payments.quota.temporary_storage: the apps at their most, one being rolled out, take more than the quota; got"),
    ("an app that writes more than a node has", TEAM, team("apps/api/temporary_storage", "11Gi"), "infra/teams/payments.yaml: apps.api.temporary_storage: too large; got '11Gi'; expected at most 10112Mi"),
    ("more pods than the quota", TEAM, team("namespaces/payments/quota/pods", 5), "infra/teams/payments.yaml: namespaces.payments.quota.pods: the apps at their most, one being rolled out, take more than the quota; got '12 of 5'"),
    ("an app in another team's namespace", TEAM, team("apps/api/namespace", "data"), "infra/teams/payments.yaml: apps.api.namespace: not the team's; got 'data'; expected one of payments"),
    ("an app that may be in either namespace", TEAM, team("namespaces", {name: {"quota": {"cpu": "8", "memory": "16Gi", "pods": 40}} for name in ("pay", "ledger")}), "infra/teams/payments.yaml: apps.api.namespace: missing key; expected one of ledger, pay"),
    ("an app that uses nobody", TEAM, team("apps/api/uses", ["storefront/nothing"]), "infra/teams/payments.yaml: apps.api.uses.0: no such app; got 'storefront/nothing'; expected an app of this environment: data-reports/dashboards"),
    ("two teams with one namespace", TEAM, team("namespaces/data", {"quota": {"cpu": "8", "memory": "16Gi", "pods": 40}}), "infra/teams/data.yaml: namespaces.data: two teams'; got 'data'; expected a namespace of its own: infra/teams/payments.yaml has this one"),
    ("an override of an environment that is none", TEAM, team("environments/prodution", {}), "infra/teams/payments.yaml: environments.prodution: no such environment (did you mean 'production'?); got 'prodution'; expected one of local, production, staging"),
    ("a mistake within an override", TEAM, team("environments/staging/apps/api/port", 80), "infra/teams/payments.yaml: environments.staging.apps.api.port: a port of root's; got 80"),
    ("a tag instead of a digest", "infra/releases/staging.yaml", team("payments/api", "v1.2"), "infra/releases/staging.yaml: payments.api: no image digest; got 'v1.2'; expected 'sha256:' and 64 hexadecimal digits; a tag will not do"),
    ("a release of no app", "infra/releases/staging.yaml", team("payments/apy", "sha256:" + "0" * 64), "infra/releases/staging.yaml: payments.apy: no such app; got 'apy'; expected an app of infra/teams/payments.yaml"),
    ("another registry than a host", STACK, config("registry", "https://registry.example.com/"), "Pulumi.staging.yaml: roadstead:registry: no registry; got 'https://registry.example.com/'; expected a host, with port and path where there are some, without 'https://' and '/' at the end: write registry.example.com"),
    ("a misspelt prefix", STACK, lambda content: content["config"].update({"roadsted:tags": {"a": "b"}}), "Pulumi.staging.yaml: roadsted:tags: nothing reads a key of this name (did you mean 'roadstead:tags'?); expected roadstead:tags, or no such key"),
    ("another project's prefix before a key of ours", STACK, lambda content: content["config"].update({"platform:node_groups": {}}), "Pulumi.staging.yaml: platform:node_groups: nothing reads a key of this name (did you mean 'roadstead:node_groups'?)"),
    ("a misspelt region", STACK, lambda content: content["config"].update({"aws:regoin": content["config"].pop("aws:region")}), "Pulumi.staging.yaml: aws:regoin: nothing reads a key of this name (did you mean 'aws:region'?)"),
    ("a key outside of config", STACK, lambda content: content.update({"roadstead:tags": content["config"].pop("roadstead:tags")}), "Pulumi.staging.yaml: roadstead:tags: outside of 'config'; expected it below 'config:', and further in"),
    ("config misspelt", STACK, lambda content: content.update({"conifg": content.pop("config")}), "Pulumi.staging.yaml: conifg: unknown key (did you mean 'config'?); expected one of config"),
    ("a misspelt key that has to be there", STACK, lambda content: content["config"].update({"roadstead:teir": content["config"].pop("roadstead:tier")}), "Pulumi.staging.yaml: roadstead:teir: unknown key (did you mean 'tier'?); got 'staging'; expected one of account_id"),
    ("a key without a value", STACK, lambda content: content["config"].update({"roadstead:tier": None}), "Pulumi.staging.yaml: roadstead:tier: missing key; expected one of development, staging, production"),
    ("text for a list", STACK, config("teams", "payments"), "Pulumi.staging.yaml: roadstead:teams: not a list; got 'payments'; expected a list: write [payments]"),
    ("a number for a name", STACK, config("tier", ["a"]), "Pulumi.staging.yaml: roadstead:tier: not text; got [a]; expected text, one of development, staging, production"),
    ("a team's name misspelt", STACK, config("teams", ["payment"]), "infra/teams/payment.yaml: cannot be read: No such file or directory (did you mean 'payments'?); expected a file at "),
    ("memory without a unit", TEAM, team("apps/api/memory", 512), "infra/teams/payments.yaml: apps.api.memory: not text; got 512; expected text: write 512Mi"),
    ("memory in bytes", TEAM, team("apps/api/memory", "512"), "infra/teams/payments.yaml: apps.api.memory: less memory than anything runs in; got '512'; expected 16Mi or more: write 512Mi"),
    ("one number for replicas", TEAM, team("apps/api/replicas", 3), "infra/teams/payments.yaml: apps.api.replicas: not a mapping; got 3; expected a mapping: write {min: 3, max: 3}"),
    ("text for yes or no", STACK, config("cluster.irsa", "yes"), "Pulumi.staging.yaml: roadstead:cluster.irsa: not true or false; got 'yes'; expected true or false: write it without quotes, true"),
    ("an app's name", TEAM, team("apps/Api", {"port": 8080}), "infra/teams/payments.yaml: apps.Api: no DNS label; got 'Api'; expected at most 40 of a-z"),
    ("a misspelt app that is used", TEAM, team("apps/api/uses", ["storefront/catlog"]), "infra/teams/payments.yaml: apps.api.uses.0: no such app (did you mean 'storefront/catalog'?); got 'storefront/catlog'"),
    ("namespaces in a list", TEAM, team("namespaces", ["payments"]), "infra/teams/payments.yaml: namespaces: not a mapping; got [payments]; expected a mapping: {<name>: {quota: {cpu: text, memory: text, pods: a whole number}}, …}"),
    ("a wrong type in another environment", TEAM, team("environments/production/apps/api/port", "x"), "infra/teams/payments.yaml: environments.production.apps.api.port: not a whole number; got 'x'"),
    ("a wrong value in another environment", TEAM, team("environments/production/apps/api/replicas", {"min": 30, "max": 12}), "infra/teams/payments.yaml: environments.production.apps.api.replicas: no range; got '30 to 12'"),
    ("an unknown key in another environment", TEAM, team("environments/production/apps/api/replica", 3), "infra/teams/payments.yaml: environments.production.apps.api.replica: unknown key (did you mean 'replicas'?)"),
    ("a key that is missing in another environment", TEAM, team("environments/production/namespaces", {"pay": {"quota": {"cpu": "1", "memory": "1Gi"}}}), "infra/teams/payments.yaml: environments.production.namespaces.pay.quota.pods: missing key; expected a whole number"),
    ("an override that is no mapping", TEAM, team("environments/production", ["api"]), "infra/teams/payments.yaml: environments.production: not a mapping; got [api]"),
    ("a number instead of a digest", "infra/releases/staging.yaml", team("payments/api", 1.2), "infra/releases/staging.yaml: payments.api: not text; got 1.2; expected text in quotes, 'sha256:' and 64 hexadecimal digits; a tag will not do"),
    ("a release with a tag", "infra/releases/staging.yaml", team("payments/api", "repo:1.2@sha256:" + "ab" * 32), "expected the digest alone: write sha256:" + "ab" * 32),
    ("releases that are no mapping", "infra/releases/staging.yaml", team("payments", ["x"]), "infra/releases/staging.yaml: payments: not a mapping; got [x]; expected a mapping"),
    ("a release of no team", "infra/releases/staging.yaml", team("paymnts/api", "sha256:" + "0" * 64), "infra/releases/staging.yaml: paymnts: no such team (did you mean 'payments'?); got 'paymnts'; expected one of infra/teams: data, payments, storefront"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "edit", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mistake_is_one_line_that_says_where_what_and_what_is_allowed(
    project: Path, file: str, edit: Change, said: str
) -> None:
    change(project, file, edit)
    found = problems(project)
    assert len([line for line in found if said in line]) == 1, found
    assert all("; expected " in line for line in found)


def test_a_file_that_is_not_yaml_is_named_with_its_line(project: Path) -> None:
    (project / TEAM).write_text("people: [\nnamespaces: {")
    assert problems(project) == [
        "infra/teams/payments.yaml: not YAML at line 2, column 14: expected the node content, but found '<stream end>'"
    ]


def test_a_missing_release_file_is_named(project: Path) -> None:
    (project / "infra/releases/staging.yaml").unlink()
    (line,) = problems(project)
    assert line.startswith("infra/releases/staging.yaml: cannot be read: No such file or directory")


def test_everything_that_is_wrong_in_all_files_is_said_at_once(project: Path) -> None:
    change(project, STACK, config("cluster.version", 1.36))
    change(project, TEAM, team("apps/api/port", 80))
    change(project, "infra/releases/staging.yaml", team("data/ingest", "latest"))
    assert [line.partition(": ")[0] for line in problems(project)] == [
        "Pulumi.staging.yaml",
        "infra/teams/payments.yaml",
        "infra/releases/staging.yaml",
    ]


def test_a_wrong_type_hides_no_wrong_value_of_the_same_file(project: Path) -> None:
    change(project, STACK, config("cluster.version", 1.36))
    change(project, STACK, config("cluster.break_glass", "me"))
    change(project, STACK, config("node_groups.system.min_size", 9))
    change(project, STACK, config("account_id", "12"))
    change(project, TEAM, team("apps/api/cpu", ["1"]))
    change(project, TEAM, team("apps/api/port", 80))
    change(project, TEAM, team("apps/worker/grace_seconds", 900))
    assert [line.split(": ")[:2] for line in problems(project)] == [
        ["Pulumi.staging.yaml", "roadstead:cluster.version"],
        ["Pulumi.staging.yaml", "roadstead:account_id"],
        ["Pulumi.staging.yaml", "roadstead:cluster.break_glass"],
        ["Pulumi.staging.yaml", "roadstead:node_groups.system.min_size"],
        ["infra/teams/payments.yaml", "apps.api.cpu"],
        ["infra/teams/payments.yaml", "apps.api.port"],
        ["infra/teams/payments.yaml", "apps.worker.grace_seconds"],
    ]


@pytest.mark.parametrize(("key", "value"), [("account_id", "12"), ("tier", "prod"), ("teams", "payments")])
def test_what_follows_from_a_wrong_value_is_not_told_beside_it(project: Path, key: str, value: object) -> None:
    change(project, STACK, config(key, value))
    assert len(problems(project)) == 1


def test_a_wrong_stack_file_does_not_hide_what_is_wrong_with_teams(project: Path) -> None:
    change(project, STACK, lambda content: content["config"].pop("roadstead:tier"))
    change(project, STACK, config("tags", {"since": date(2026, 1, 31)}))
    change(project, TEAM, team("apps/api/port", 80))
    assert [line.partition("; ")[0] for line in problems(project)] == [
        "Pulumi.staging.yaml: roadstead:tier: missing key",
        "infra/teams/payments.yaml: apps.api.port: a port of root's",
        "Pulumi.staging.yaml: roadstead:tags.since: not text",
    ]


def test_what_one_environment_mends_is_no_problem_of_it_but_of_the_others_that_the_file_names(project: Path) -> None:
    change(project, TEAM, team("apps/api/port", 80))
    change(project, TEAM, team("environments/staging/apps/api/port", 8080))
    (line,) = problems(project)
    assert line.startswith("infra/teams/payments.yaml: apps.api.port: in production, a port of root's; got 80")


def test_a_team_that_is_complete_only_with_an_environments_own_keys_is_complete(project: Path) -> None:
    quota = {"cpu": "8", "memory": "16Gi", "pods": 40}
    change(project, TEAM, team("namespaces", None))
    for environment in ("staging", "production"):
        change(project, TEAM, team(f"environments/{environment}/namespaces", {"payments": {"quota": quota}}))
    read(project)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("search.yaml", "a team of no stack; got 'search'; expected it under roadstead:teams of a stack file"),
        ("search.yml", "nothing reads a file of this name; got '.yml'; expected search.yaml"),
    ],
)
def test_a_team_file_that_nothing_reads_is_named(project: Path, name: str, said: str) -> None:
    (project / "infra/teams" / name).write_text("namespaces: {}")
    (line,) = problems(project)
    assert line.startswith(f"infra/teams/{name}: {said}")


def test_a_team_of_another_stack_alone_is_no_problem(project: Path) -> None:
    (project / "infra/teams/search.yaml").write_text("namespaces: {}")
    change(project, "Pulumi.production.yaml", config("teams", ["payments", "search"]))
    read(project)


def test_an_empty_team_file_says_what_belongs_in_it(project: Path) -> None:
    (project / TEAM).write_text("# soon\n")
    (line,) = problems(project)
    assert line.startswith(
        "infra/teams/payments.yaml: (whole file): empty; got null; expected people, namespaces and apps"
    )


def test_a_key_twice_is_named_with_both_lines_in_every_file(project: Path) -> None:
    for file, key in ((TEAM, "people"), ("infra/releases/staging.yaml", "payments")):
        text = (project / file).read_text()
        (project / file).write_text(f"{text}{key}: {{}}\n")
    lines = problems(project)
    assert len(lines) == 2
    assert all(
        re.search(r": lines \d+ and \d+: a key twice in one mapping; got '\w+'; expected it once", x) for x in lines
    )


def test_a_team_that_an_environment_does_not_have_may_be_in_its_releases(project: Path) -> None:
    change(project, STACK, config("teams", ["payments", "storefront"]))
    read(project)


def test_an_app_without_a_release_is_not_deployed_and_that_is_said(project: Path) -> None:
    from roadstead.tool.offline.render import render

    change(project, "infra/releases/staging.yaml", team("payments/worker", None))
    graph = render(project, "staging")
    assert graph.messages[0].text == "payments/worker: no digest in infra/releases/staging.yaml, not deployed"
    assert "payments.worker" not in {made.name for made in graph.of_type("kubernetes:apps/v1:Deployment")}
    assert graph.one("aws:ecr/repository:Repository", "payments.worker"), "CI must have somewhere to push to"


def test_a_registry_of_ones_own_makes_no_repositories(project: Path) -> None:
    from roadstead.tool.offline.render import render

    change(project, STACK, config("registry", "registry.example.com"))
    graph = render(project, "staging")
    assert not graph.of_type("aws:ecr/repository:Repository")
    pod = graph.one("kubernetes:apps/v1:Deployment", "payments.api").inputs["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"].startswith("registry.example.com/payments/api@sha256:")


def test_a_network_that_is_there_already_can_be_used(project: Path) -> None:
    from roadstead.tool.offline.render import render

    existing = {"vpc_id": "vpc-9", "private_subnet_ids": {"eu-west-1a": "subnet-8", "eu-west-1b": "subnet-9"}}
    change(project, STACK, config("network", {"existing": existing}))
    graph = render(project, "staging")
    assert not graph.of_type("aws:ec2/vpc:Vpc")
    assert graph.one("aws:eks/cluster:Cluster").inputs["vpcConfig"]["subnetIds"] == ["subnet-8", "subnet-9"]


def test_an_oidc_provider_that_is_there_already_can_be_used(project: Path) -> None:
    from roadstead.tool.offline.render import render

    arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    change(project, STACK, config("github_oidc_provider_arn", arn))
    assert not render(project, "staging").of_type("aws:iam/openIdConnectProvider:OpenIdConnectProvider")


def test_other_accounts_nodes_may_pull_when_they_are_named(project: Path) -> None:
    from roadstead.tool.offline.render import render

    change(project, STACK, config("pull_account_ids", ["444455556666"]))
    policy = render(project, "staging").one("aws:ecr/repositoryPolicy:RepositoryPolicy", "data.ingest").inputs["policy"]
    assert "arn:aws:iam::444455556666:root" in policy


keys = st.sampled_from(["tier", "teams", "network", "cluster", "node_groups", "addons", "tags", "registry", "typo"])
inner = st.sampled_from(["version", "admins", "cidr", "zones", "existing", "spot", "instance_types", "min_size", "x"])
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8)
trees = st.recursive(
    scalars, lambda tree: st.lists(tree, max_size=3) | st.dictionaries(inner, tree, max_size=3), max_leaves=6
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(keys, trees, min_size=1, max_size=4))
def test_any_stack_file_gives_settings_or_clean_lines(pristine: Path, values: dict[str, Any]) -> None:
    found = load_changed(
        pristine, STACK, lambda content: content["config"].update({f"roadstead:{k}": v for k, v in values.items()})
    )
    assert all(line.startswith(("Pulumi.staging.yaml: ", "infra/")) for line in found), found


team_keys = st.sampled_from(["people", "namespaces", "apps", "github_repositories", "environments", "typo"])
team_inner = st.sampled_from(["api", "staging", "quota", "cpu", "port", "developers", "replicas", "min", "uses", "x"])
team_trees = st.recursive(
    scalars, lambda tree: st.lists(tree, max_size=2) | st.dictionaries(team_inner, tree, max_size=3), max_leaves=6
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(team_keys, team_trees, min_size=1, max_size=4))
def test_any_team_file_gives_settings_or_clean_lines(pristine: Path, values: dict[str, Any]) -> None:
    found = load_changed(pristine, TEAM, lambda content: content.update(values))
    # An app that is gone is still pinned: that is said of the release.
    assert all(line.startswith(("infra/teams/", "infra/releases/")) for line in found), found


def load_changed(project: Path, file: str, edit: Change) -> list[str]:
    """The problems of a project with one file changed; the file is put back."""
    before = (project / file).read_text()
    change(project, file, edit)
    try:
        read(project)
    except InputError as error:
        return told(str(error))
    finally:
        (project / file).write_text(before)
    return []


NO_TEAM = "infra/releases/staging.yaml: paymnets: no such team (did you mean 'payments'?); got 'paymnets'"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (STACK, "platform: arn", "1: arn", ["Pulumi.staging.yaml: roadstead:cluster.admins.1: no DNS label; got '1'"]),
        (STACK, "  roadstead:tier", "  tags: {a: b}\n  roadstead:tier", ["roadstead:tags: set twice, as 'tags' too"]),
        (STACK, "  roadstead:tier", "  roadstead:tag: {}\n  roadstead:tier", ["roadstead:tag: unknown key (did you mean 'tags'?)"]),
        (STACK, "payments, storefront, data]", "payments, storefront, data, null]", ["roadstead:teams.3: not text; got null"]),
        (STACK, "  roadstead:tier", "  roadstead:github_oidc_provider_arn: github\n  roadstead:tier", ["github_oidc_provider_arn: no ARN of an OIDC provider of GitHub's; got 'github'"]),
        (STACK, "cidr: 10.20.0.0/16\n    zones: [eu-west-1a, eu-west-1b, eu-west-1c]", "existing: {vpc_id: main, private_subnet_ids: {eu-west-1a: a, eu-west-2a: subnet-1}, public_subnet_ids: {eu-west-1a: subnet-1}}", [
            "existing.vpc_id: no id of a VPC; got 'main'", "private_subnet_ids.eu-west-1a: no id of a subnet; got 'a'", "private_subnet_ids.eu-west-2a: not in region eu-west-1", "public_subnet_ids.eu-west-1a: the subnet of existing.private_subnet_ids.eu-west-2a too"]),
        (TEAM, "environments:\n", "environments:\n  local: {environments: {}}\n", ["environments.local.environments: an environment in an environment"]),
        (TEAM, "  payments: {quota", "  Payments: {quota", ["infra/teams/payments.yaml: namespaces.Payments: no DNS label"]),
        (TEAM, "environments:\n", "environments:\n  null: {}\n", ["environments.null: a key that is not text; got null", "environments.None: no such environment; got null"]),
        (TEAM, "LOG_LEVEL: info", 'LOG_LEVEL: "\\ud800"', ["line 16: half a character, \\ud800"]),
        ("infra/releases/staging.yaml", "payments:\n", "paymnets:\n", [NO_TEAM]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_and_nothing_that_follows_from_it(
    project: Path, file: str, old: str, new: str, said: list[str]
) -> None:
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new, 1))
    found = problems(project)
    assert len(found) == len(said), found
    assert [part for part in said if not any(part in line for line in found)] == [], found
