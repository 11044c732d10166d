"""The stand-in providers themselves: they refuse what the real ones would, so that the other tests can fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from tests.engine.faults import Faults
from tests.engine.objects import Objects
from tests.engine.servers import serving

from roadstead.tool.offline import wire

VPC, SUBNET, ROLE = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:iam/role:Role"
NODE_GROUP, DEPLOYMENT = "aws:eks/nodeGroup:NodeGroup", "kubernetes:apps/v1:Deployment"
CLUSTER, ENTRY = "aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry"
Stub = provider_pb2_grpc.ResourceProviderStub


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def provider(tmp_path: Path, faults: Faults) -> Iterator[Stub]:
    with serving(Objects(tmp_path), faults) as where, grpc.insecure_channel(address(where)) as channel:
        yield Stub(channel)


@pytest.mark.parametrize(
    ("type_", "inputs", "path"),
    [
        (VPC, {"cidrBlok": "10.0.0.0/16"}, "cidrBlok"),
        (NODE_GROUP, {"scalingConfig": {"minimumSize": 1}}, "scalingConfig.minimumSize"),
        (NODE_GROUP, {"taints": [{"key": "a"}, {"efect": "NO_SCHEDULE"}]}, "taints[1].efect"),
        (DEPLOYMENT, {"spec": {"template": {"spec": {"containers": [{"imag": "a"}]}}}}, "spec.template.spec.containers[0].imag"),
    ],
)  # fmt: skip
def test_a_misspelt_input_is_refused(provider: Stub, type_: str, inputs: dict[str, object], path: str) -> None:
    answer = provider.Check(provider_pb2.CheckRequest(type=type_, news=wire.to_struct(inputs)))
    assert [failure.property for failure in answer.failures] == [path]


def test_a_name_is_given_once(provider: Stub) -> None:
    create(provider, ROLE, "one", name="admin")
    with pytest.raises(grpc.RpcError, match=r"already exists: aws:iam/role:Role admin"):
        create(provider, ROLE, "two", name="admin")


def test_what_has_a_generated_name_can_be_made_twice(provider: Stub) -> None:
    assert create(provider, VPC, "main") != create(provider, VPC, "main")


def test_a_pair_that_aws_knows_only_once_is_refused_the_second_time(provider: Stub) -> None:
    pair: dict[str, Any] = {"clusterName": "staging", "principalArn": "arn:aws:iam::111122223333:role/admin"}
    create(provider, ENTRY, "one", **pair)
    with pytest.raises(grpc.RpcError, match="already exists"):
        create(provider, ENTRY, "two", **pair)


def test_what_is_still_needed_is_not_deleted(provider: Stub) -> None:
    vpc = create(provider, VPC, "main")
    subnet = create(provider, SUBNET, "a", vpcId=vpc)
    with pytest.raises(grpc.RpcError, match=r"is still needed by .*Subnet::a"):
        delete(provider, VPC, vpc)
    delete(provider, SUBNET, subnet)
    delete(provider, VPC, vpc)


def test_what_is_protected_is_not_deleted(provider: Stub) -> None:
    cluster = create(provider, CLUSTER, "main", name="staging", deletionProtection=True)
    with pytest.raises(grpc.RpcError, match="is protected from deletion"):
        delete(provider, CLUSTER, cluster)


def test_a_cluster_is_not_deleted_before_what_runs_on_it(tmp_path: Path) -> None:
    with serving(Objects(tmp_path), Faults()) as where, grpc.insecure_channel(address(where)) as aws:
        cluster = create(Stub(aws), CLUSTER, "main", name="staging")
        with grpc.insecure_channel(address(where, "kubernetes")) as kubernetes:
            create(Stub(kubernetes), "kubernetes:core/v1:Namespace", "a", metadata={"name": "a"})
        with pytest.raises(grpc.RpcError, match=r"is still needed by .*Namespace::a"):
            delete(Stub(aws), CLUSTER, cluster)


def test_a_look_up_is_an_error(provider: Stub) -> None:
    with pytest.raises(grpc.RpcError, match="a look-up: aws:index/getRegion:getRegion"):
        provider.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"))


def test_objects_are_there_for_the_next_server(tmp_path: Path) -> None:
    with serving(Objects(tmp_path), Faults()) as where, grpc.insecure_channel(address(where)) as channel:
        vpc = create(Stub(channel), VPC, "main")
    with serving(Objects(tmp_path), Faults()) as where, grpc.insecure_channel(address(where)) as channel:
        assert Stub(channel).Read(provider_pb2.ReadRequest(type=VPC, id=vpc)).id == vpc


def test_an_operation_is_refused_by_its_number(provider: Stub, faults: Faults) -> None:
    faults.fail_at = 2
    create(provider, VPC, "one")
    with pytest.raises(grpc.RpcError, match="operation 2 is refused"):
        create(provider, VPC, "two")
    create(provider, VPC, "three")


@pytest.mark.parametrize("done", [False, True])
def test_an_operation_and_all_after_it_are_never_answered(
    provider: Stub, faults: Faults, tmp_path: Path, done: bool
) -> None:
    faults.halt_at, faults.halt_when_done = 1, done
    for name in ("one", "two"):
        with pytest.raises(grpc.RpcError, match="Deadline Exceeded"):
            create(provider, VPC, name, timeout_seconds=0.3)
    assert faults.halted.is_set()
    assert [made.urn.rpartition("::")[2] for made in Objects(tmp_path)] == (["one"] if done else [])


def address(where: str, package: str = "aws") -> str:
    return f"127.0.0.1:{dict(entry.split(':') for entry in where.split(','))[package]}"


def create(provider: Stub, type_: str, logical_name: str, timeout_seconds: float = 10.0, **inputs: object) -> str:
    properties: struct_pb2.Struct = wire.to_struct(inputs)
    urn = f"urn:pulumi:test::project::{type_}::{logical_name}"
    request = provider_pb2.CreateRequest(type=type_, urn=urn, properties=properties)
    return str(provider.Create(request, timeout=timeout_seconds).id)


def delete(provider: Stub, type_: str, id_: str) -> None:
    provider.Delete(provider_pb2.DeleteRequest(type=type_, id=id_))
