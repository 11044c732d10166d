"""The AWS account of a sandbox: a server that goes on running, with one stack's resources in it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from roadstead.tool.offline.graph import Graph, plain
from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.aws import creation, server
from roadstead.tool.sandbox.processes import Process


class Account(BaseModel):
    """An account of moto's with a stack's resources."""

    endpoint_url: str
    """What `AWS_ENDPOINT_URL` has to be to use it."""
    process: Process
    account_id: str
    region: str
    digest: str
    """Of everything that was created: another stack, or another revision of it, has another one."""
    created: int
    """How many resources there are."""
    checked: int
    """How many were only held against AWS's service models, because moto does not play their kind."""


def account_of(
    folder: Path,
    known: Account | None,
    graph: Graph,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> Account | None:
    """The account with a graph's resources: the one that is there if it has exactly them, or a new one.

    Moto keeps everything in memory and is quick, so that nothing is ever changed in place. Nothing where the graph has no
    AWS resources.
    """
    digest = _digest(graph)
    if known and known.digest == digest and known.process.running():
        return known
    if known:
        processes.stop([known.process])
    if not graph.of_type("pulumi:providers:aws"):
        return None
    started = server.start(folder, creation.account_id(graph))
    try:
        made = creation.create(graph, started.endpoint_url, progress)
    except BaseException:
        processes.stop([started.process])
        raise
    return Account(
        endpoint_url=started.endpoint_url,
        process=started.process,
        account_id=creation.account_id(graph),
        region=creation.region(graph),
        digest=digest,
        created=len(made.created),
        checked=len(made.checked),
    )


def _digest(graph: Graph) -> str:
    aws = {
        urn: made.inputs
        for urn, made in graph.resources.items()
        if made.type.startswith(("aws:", "pulumi:providers:aws"))
    }
    return sha256(json.dumps(plain(aws), sort_keys=True).encode()).hexdigest()
