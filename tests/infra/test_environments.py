"""Every stack of the example company builds, and what must be true of it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.iam import findings
from tests.support import ROOT

from roadstead.facts.node_images import node_images
from roadstead.tool import yaml_files
from roadstead.tool.offline.graph import Graph, Resource, Unknown, plain
from roadstead.tool.offline.project import stacks
from roadstead.tool.offline.render import render
from roadstead.tool.review.views.policy import documents
from roadstead.tool.sandbox.apply import FIELD_MANAGER
from roadstead.tool.sandbox.objects import objects

STACKS = stacks(ROOT)


@pytest.fixture(params=STACKS)
def each_stack(request: pytest.FixtureRequest) -> Graph:
    graph: Graph = request.getfixturevalue(request.param)
    return graph


def test_there_are_the_three_stacks() -> None:
    assert STACKS == ["local", "production", "staging"]


@pytest.mark.parametrize("stack", STACKS)
def test_a_first_preview_in_which_little_is_known_declares_the_same(stack: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    assert list(render(ROOT, stack, unknown=True).resources) == list(graph.resources)


@pytest.mark.parametrize("stack", STACKS)
def test_a_second_rendering_says_the_same_to_the_letter(stack: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(stack)
    assert json.dumps(render(ROOT, stack).to_json()) == json.dumps(graph.to_json())


def test_nothing_is_left_unknown(each_stack: Graph) -> None:
    assert str(Unknown()) not in json.dumps(each_stack.to_json())


def test_nothing_goes_past_the_explicit_providers(each_stack: Graph) -> None:
    for resource in each_stack.resources.values():
        assert not resource.name.startswith("default_"), f"{resource.urn} was made for somebody"


def test_no_message_is_left_for_the_user(each_stack: Graph) -> None:
    assert each_stack.messages == ()


def test_no_policy_document_gives_a_linter_anything_to_say(each_stack: Graph) -> None:
    for resource, key, _ in documents(each_stack):
        assert not findings(resource.inputs[key]), f"{resource.type} {resource.name} {key}"


def pods(graph: Graph) -> list[tuple[Resource, dict[str, Any]]]:
    return [
        (deployment, deployment.inputs["spec"]["template"]["spec"])
        for deployment in graph.of_type("kubernetes:apps/v1:Deployment")
    ]


def test_every_image_is_named_by_digest(each_stack: Graph) -> None:
    for deployment, pod in pods(each_stack):
        for container in pod["containers"]:
            assert "@sha256:" in container["image"], deployment.urn


def test_every_container_has_requests_limits_and_probes(each_stack: Graph) -> None:
    for deployment, pod in pods(each_stack):
        for container in pod["containers"]:
            assert set(container["resources"]) == {"requests", "limits"}, deployment.urn
            assert "livenessProbe" in container, deployment.urn


def test_staging_runs_apps_on_spot_and_its_own_pods_on_demand(staging: Graph) -> None:
    groups = {group.name: group.inputs for group in staging.of_type("aws:eks/nodeGroup:NodeGroup")}
    assert groups["staging-spot"]["capacityType"] == "SPOT"
    assert len(groups["staging-spot"]["instanceTypes"]) >= 4
    assert groups["staging-system"]["capacityType"] == "ON_DEMAND"
    assert groups["staging-system"]["taints"][0]["key"] == "CriticalAddonsOnly"
    for deployment, pod in pods(staging):
        assert "roadstead.dev/spot" in str(pod["tolerations"]), deployment.urn


def test_production_cannot_be_deleted_by_accident(production: Graph) -> None:
    assert production.one("aws:eks/cluster:Cluster").inputs["deletionProtection"] is True
    for key in production.of_type("aws:kms/key:Key"):
        assert key.inputs["deletionWindowInDays"] == 30


def test_production_has_three_zones_and_a_way_out_of_each(production: Graph) -> None:
    zones = {subnet.inputs["availabilityZone"] for subnet in production.of_type("aws:ec2/subnet:Subnet")}
    assert len(zones) == 3
    assert len(production.of_type("aws:ec2/natGateway:NatGateway")) == 3


def test_production_keeps_every_control_plane_log_for_a_year(production: Graph) -> None:
    assert len(production.one("aws:eks/cluster:Cluster").inputs["enabledClusterLogTypes"]) == 5
    for group in production.of_type("aws:cloudwatch/logGroup:LogGroup"):
        assert group.inputs["retentionInDays"] == 365


def test_productions_endpoint_is_not_open_to_the_internet(production: Graph) -> None:
    vpc = production.one("aws:eks/cluster:Cluster").inputs["vpcConfig"]
    assert "0.0.0.0/0" not in vpc.get("publicAccessCidrs", [])


def test_productions_apps_take_spot_nodes_only_when_they_say_so(production: Graph) -> None:
    willing = {deployment.name for deployment, pod in pods(production) if "tolerations" in pod}
    assert willing == {"payments.worker", "data.ingest"}


def test_productions_apps_have_at_least_two_pods_unless_their_team_says_otherwise(production: Graph) -> None:
    for scaler in production.of_type("kubernetes:autoscaling/v2:HorizontalPodAutoscaler"):
        if scaler.name != "payments.worker":
            assert scaler.inputs["spec"]["minReplicas"] >= 2, scaler.urn


def test_productions_quotas_are_multiplied_and_an_override_is_taken_as_it_is(staging: Graph, production: Graph) -> None:
    def hard(graph: Graph, name: str) -> Any:
        return graph.one("kubernetes:core/v1:ResourceQuota", name).inputs["spec"]["hard"]["requests.cpu"]

    assert (hard(staging, "payments.payments"), hard(production, "payments.payments")) == ("8", "24")


def test_production_overrides_what_its_team_file_says(production: Graph, staging: Graph) -> None:
    scaler = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
    assert production.one(scaler, "payments.api").inputs["spec"]["maxReplicas"] == 12
    assert staging.one(scaler, "payments.api").inputs["spec"]["maxReplicas"] == 6


def test_nobody_is_administrator_by_having_made_the_cluster(production: Graph, staging: Graph) -> None:
    for graph in (production, staging):
        access = graph.one("aws:eks/cluster:Cluster").inputs["accessConfig"]
        assert access["bootstrapClusterCreatorAdminPermissions"] is False


def test_other_accounts_credentials_are_refused(production: Graph) -> None:
    provider = production.one("pulumi:providers:aws").inputs
    assert json.loads(provider["allowedAccountIds"]) == ["444455556666"]


def test_the_local_stack_has_the_workloads_and_nothing_in_aws(local: Graph, staging: Graph) -> None:
    assert not [resource for resource in local.resources.values() if resource.type.startswith("aws:")]
    apps = [deployment.name for deployment in staging.of_type("kubernetes:apps/v1:Deployment")]
    assert [deployment.name for deployment in local.of_type("kubernetes:apps/v1:Deployment")] == apps
    assert local.one("pulumi:providers:kubernetes").inputs["context"] == "roadstead-sandbox"
    for _, pod in pods(local):
        assert pod["containers"][0]["image"].startswith("localhost:5001/")


def test_staging_and_production_have_the_same_keys() -> None:
    def keys(value: Any, path: str = "") -> set[str]:
        """Keys of specs; names that people choose are not compared."""
        if not isinstance(value, dict) or path.endswith((".admins", "tags", "node_groups")):
            return {path}
        return set().union(*(keys(item, f"{path}.{key}") for key, item in value.items()))

    staging, production = (yaml_files.load(ROOT / f"Pulumi.{stack}.yaml") for stack in ("staging", "production"))
    assert keys(staging) == keys(production)


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_pinned_node_image_is_one_that_is_known(stack: str) -> None:
    config = yaml_files.load(ROOT / f"Pulumi.{stack}.yaml")["config"]
    assert config["roadstead:node_release_version"] == node_images()[config["roadstead:cluster"]["version"]]


def test_other_stacks_find_what_they_need_in_the_outputs(staging: Graph) -> None:
    outputs = plain(staging.outputs)
    assert outputs["cluster_name"] == "staging"
    assert outputs["namespaces"]["data"] == ["data", "data-reports"]
    assert set(outputs["repository_urls"]["payments"]) == {"payments/api", "payments/worker"}
    assert set(outputs["role_arns"]["payments"]) == {"developer", "deployer", "viewer"}
    assert outputs["cluster_endpoint"].startswith("https://")
    assert outputs["kubeconfig_command"] == "aws eks update-kubeconfig --region eu-west-1 --name staging"


def test_nodes_wait_for_network_addons_and_apps_for_scheduled_ones(staging: Graph) -> None:
    def needs(resource: Resource) -> set[str]:
        found: set[str] = set()
        todo = list(resource.dependencies)
        while todo:
            urn = todo.pop()
            if urn not in found:
                found.add(urn)
                todo += staging.resources[urn].dependencies
        return found

    cni = staging.one("aws:eks/addon:Addon", "staging-before-nodes-vpc-cni").urn
    dns = staging.one("aws:eks/addon:Addon", "staging-after-nodes-coredns")
    groups = staging.of_type("aws:eks/nodeGroup:NodeGroup")
    assert all(cni in needs(group) for group in groups)
    assert {group.urn for group in groups} <= needs(dns)
    for deployment in staging.of_type("kubernetes:apps/v1:Deployment"):
        assert dns.urn in needs(deployment)


def test_the_local_stack_needs_no_region_or_account(tmp_path: Path) -> None:
    assert "aws" not in (ROOT / "Pulumi.local.yaml").read_text().lower().replace("no aws", "")


def test_a_namespace_may_connect_to_what_its_apps_say_they_need_and_to_nothing_else(staging: Graph) -> None:
    allowed = {
        made.inputs["metadata"]["name"]: made.inputs["metadata"]["annotations"].get("roadstead.dev/allowed-egress")
        for made in staging.of_type("kubernetes:core/v1:Namespace")
    }
    aws = "169.254.170.23/32:80 0.0.0.0/0:443"
    assert allowed == {
        "data": aws,
        "data-reports": aws,
        "payments": f"10.0.8.0/24:5432 {aws}",
        "storefront": "10.0.8.0/24:5432 10.0.8.0/24:6379",
    }


def test_every_stack_has_a_guard_that_refuses(each_stack: Graph) -> None:
    bindings = each_stack.of_type("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding")
    assert {tuple(made.inputs["spec"]["validationActions"]) for made in bindings} == {("Deny", "Audit")}


def test_pulumi_and_the_sandbox_are_one_owner_of_every_objects_fields(each_stack: Graph) -> None:
    bodies = objects(each_stack)
    assert {body["metadata"]["annotations"]["pulumi.com/patchFieldManager"] for body in bodies} == {FIELD_MANAGER}
