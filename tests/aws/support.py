"""A stack's AWS resources as they were created, for tests to read back and to use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import REGION

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.sandbox.aws import server
from roadstead.tool.sandbox.aws.clients import Clients, Credentials, connect
from roadstead.tool.sandbox.aws.creation import Creation, account_id, create
from roadstead.tool.sandbox.aws.replacement import replaced


@dataclass(frozen=True)
class Account:
    """An account in moto with one stack in it."""

    graph: Graph
    creation: Creation
    endpoint_url: str
    aws: Clients

    def of_type(self, type_: str) -> list[tuple[Resource, str, dict[str, Any]]]:
        """Each resource of a type, never none, with its real id and with its inputs as AWS should have them."""
        found = self.graph.of_type(type_)
        assert found, f"the stack has no {type_}"
        return [(made, self.creation.created[made.urn], self.inputs(made)) for made in found]

    def inputs(self, resource: Resource) -> dict[str, Any]:
        """A resource's inputs with real ids."""
        inputs: dict[str, Any] = replaced(resource.inputs, self.creation.real)
        return inputs

    def id_of(self, type_: str, name: str) -> str:
        """The real id of a resource."""
        return self.creation.created[self.graph.one(type_, name).urn]

    def role_arn(self, name: str) -> str:
        """The ARN of a role, by its name in AWS."""
        arn: str = self.aws.iam.get_role(RoleName=name)["Role"]["Arn"]
        return arn

    def acting_as(self, role_name: str) -> Clients:
        """Clients with the credentials of a role that was assumed."""
        assumed = self.aws.sts.assume_role(RoleArn=self.role_arn(role_name), RoleSessionName="test")["Credentials"]
        keys = Credentials(assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"])
        return connect(self.endpoint_url, REGION, keys)


@contextmanager
def account(graph: Graph, folder: Path) -> Iterator[Account]:
    """A stack in an account of its own, for as long as the block lasts."""
    with server.running(folder, account_id(graph)) as running:
        creation = create(graph, running.endpoint_url)
        yield Account(graph, creation, running.endpoint_url, connect(running.endpoint_url, REGION))
