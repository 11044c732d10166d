"""The stand-in providers, listening on loopback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version

import grpc
from pulumi.runtime.proto import provider_pb2_grpc
from tests.engine.attached import Attached
from tests.engine.eks_provider import EksProvider
from tests.engine.faults import Faults
from tests.engine.objects import Objects
from tests.engine.plain_provider import PlainProvider

from roadstead.tool.sandbox.apply import Cluster
from roadstead.tool.sandbox.control_plane import LOOPBACK

LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""As the engine's own."""


@contextmanager
def serving(objects: Objects, faults: Faults, cluster: Cluster | None = None) -> Iterator[str]:
    """Serves for as long as the block lasts; where, as PULUMI_DEBUG_PROVIDERS takes it."""
    providers: dict[str, Attached] = {
        "aws": PlainProvider(version("pulumi-aws"), objects, faults),
        "kubernetes": PlainProvider(version("pulumi-kubernetes"), objects, faults, cluster),
        "eks": EksProvider(version("pulumi-eks")),
    }
    servers, ports = [], []
    for package, provider in providers.items():
        server = grpc.server(
            ThreadPoolExecutor(max_workers=64),
            options=[("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES)],
        )
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        ports.append(f"{package}:{server.add_insecure_port(f'{LOOPBACK}:0')}")
        server.start()
        servers.append(server)
    try:
        yield ",".join(ports)
    finally:
        for server in servers:
            server.stop(grace=None).wait()
