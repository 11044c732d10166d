"""Creates the AWS resources of a recorded graph, each after what it needs, with real ids in place of made-up ones."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.tool.offline.placeholders import EXAMPLE_REGION
from roadstead.tool.sandbox.aws import ec2, ecr, eks, iam, kms, logs, service_model
from roadstead.tool.sandbox.aws.clients import Answer, Clients, connect
from roadstead.tool.sandbox.aws.eks import Call
from roadstead.tool.sandbox.aws.inputs import Inputs
from roadstead.tool.sandbox.aws.replacement import MadeUpTextError, real_texts, replaced

CREATORS: Mapping[str, Callable[[Inputs, Clients], Answer]] = {
    **ec2.CREATORS,
    **ecr.CREATORS,
    **eks.CREATORS,
    **iam.CREATORS,
    **kms.CREATORS,
    **logs.CREATORS,
}
"""By type: a function that creates a resource."""
CALLS: Mapping[str, Callable[[Inputs], list[Call]]] = eks.CALLS
"""By type: the calls that would create it, of what moto does not play. They are only checked."""


@dataclass(frozen=True)
class Creation:
    """What became of a stack's AWS resources."""

    created: dict[str, str] = field(default_factory=dict)
    """By URN, the real id."""
    checked: dict[str, list[Call]] = field(default_factory=dict)
    """By URN, the calls that AWS's service model allows and that nobody was there to take."""
    real: dict[str, str | None] = field(default_factory=dict)
    """For each text that the recording engine made up, the real one, for whatever else is made of the graph."""


def create(graph: Graph, endpoint_url: str, progress: Callable[[int, int, str], None] = lambda *_: None) -> Creation:
    """Creates everything that the AWS provider manages in a graph; what the program only reads is left out.

    `progress` is called with the number of a resource, how many there are, and its URN. Raises `ProgramError` for types
    that the sandbox does not know, and for the first resource that AWS's API would not take.
    """
    resources = [
        resource
        for resource in graph.resources.values()
        if resource.custom and resource.type.startswith("aws:") and not resource.external
    ]
    _require_functions(resources)
    providers = {
        urn: _provider(graph.resources[urn], endpoint_url) for urn in {str(made.provider) for made in resources}
    }
    creation = Creation()
    for number, resource in enumerate(resources, 1):
        progress(number, len(resources), resource.urn)
        with _named(resource):
            _make(resource, providers[str(resource.provider)], creation)
    return creation


def account_id(graph: Graph) -> str:
    """The account that a graph's resources are to be in; the example's if its providers do not say."""
    allowed = {account for made in graph.of_type("pulumi:providers:aws") for account in _allowed_accounts(made)}
    return min(allowed, default=EXAMPLE_ACCOUNT_ID)


def region(graph: Graph) -> str:
    """The region of a graph's AWS provider."""
    return min(
        (made.inputs.get("region", EXAMPLE_REGION) for made in graph.of_type("pulumi:providers:aws")), default=""
    )


def _make(resource: Resource, provider: tuple[Clients, dict[str, str]], creation: Creation) -> None:
    aws, default_tags = provider
    inputs = Inputs(replaced(resource.inputs, creation.real), resource.name, default_tags)
    answer: Answer = {}
    if resource.type in CREATORS:
        answer = CREATORS[resource.type](inputs, aws)
        creation.created[resource.urn] = answer["id"]
    else:
        calls = CALLS[resource.type](inputs)
        for call in calls:
            service_model.require(call.parameters, aws.eks.meta.service_model.operation_model(call.operation))
        creation.checked[resource.urn] = calls
    if inputs.left():
        raise ProgramError(f"inputs that its function in the sandbox does not use: {', '.join(inputs.left())}")
    creation.real.update(real_texts(resource, answer))


def _provider(provider: Resource, endpoint_url: str) -> tuple[Clients, dict[str, str]]:
    """A provider's clients and default tags. It refuses another account than those that it is allowed, as the real one does."""
    aws = connect(endpoint_url, provider.inputs.get("region", EXAMPLE_REGION))
    allowed, account = _allowed_accounts(provider), aws.sts.get_caller_identity()["Account"]
    if allowed and account not in allowed:
        raise ProgramError(f"{endpoint_url}: not the stack's account; got {account}; expected {' or '.join(allowed)}")
    return aws, json.loads(provider.inputs.get("defaultTags", "{}")).get("tags", {})


def _allowed_accounts(provider: Resource) -> list[str]:
    # The SDK hands a provider its lists as JSON.
    accounts: list[str] = json.loads(provider.inputs.get("allowedAccountIds", "[]"))
    return accounts


def _require_functions(resources: list[Resource]) -> None:
    unknown = [made for made in resources if made.type not in CREATORS and made.type not in CALLS]
    if unknown:
        raise ProgramError(
            "\n  ".join(["the sandbox has no function for:", *(f"{made.type}: {made.urn}" for made in unknown)])
        )


@contextmanager
def _named(resource: Resource) -> Iterator[None]:
    """Says of which resource it is that something is wrong."""
    try:
        yield
    except (BotoCoreError, ClientError, MadeUpTextError, ProgramError, service_model.ServiceModelError) as error:
        raise ProgramError(f"{resource.urn}: {error}") from error
