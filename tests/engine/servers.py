"""The stand-in providers, listening on loopback.

Whatever is served here, the engine asks instead of a plugin; what is not, it looks for on PATH.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version

import grpc
from pulumi.runtime.proto import provider_pb2_grpc
from tests.engine.attached import Attached
from tests.engine.eks_provider import EksProvider
from tests.engine.faults import Faults
from tests.engine.objects import CLUSTER, Objects
from tests.engine.own_cluster import OwnCluster
from tests.engine.plain_provider import PlainProvider

from roadstead.tool.sandbox.apply import Cluster
from roadstead.tool.sandbox.control_plane import LOOPBACK

LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""As the engine's own."""


@contextmanager
def serving(
    objects: Objects, faults: Faults, cluster: Cluster | None = None, own: OwnCluster | None = None
) -> Iterator[str]:
    """Serves for as long as the block lasts; where, as PULUMI_DEBUG_PROVIDERS takes it.

    Where there is a cluster for the real Kubernetes provider, there is no stand-in for that, and every EKS cluster is that one.
    """
    providers: dict[str, Attached] = {
        "aws": PlainProvider(version("pulumi-aws"), objects, faults, answers={CLUSTER: own.as_eks()} if own else None),
        "eks": EksProvider(version("pulumi-eks")),
    }
    if not own:
        providers["kubernetes"] = PlainProvider(version("pulumi-kubernetes"), objects, faults, cluster)
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
