"""Components for an Amazon EKS platform, each usable by itself.

The names are looked up when they are first used: the command and the settings of a stack need none of the providers,
whose import takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadstead.cluster.cluster import Cluster, ClusterArgs
    from roadstead.cluster.cluster_addons import ClusterAddons, ClusterAddonsArgs
    from roadstead.cluster.node_group import NodeGroup, NodeGroupArgs
    from roadstead.core.errors import ArgsError
    from roadstead.encryption.encryption_key import EncryptionKey, EncryptionKeyArgs
    from roadstead.network.network import Network, NetworkArgs
    from roadstead.registry.repository import Repository, RepositoryArgs
    from roadstead.tenancy.team import Team, TeamArgs, TeamAwsArgs
    from roadstead.tenancy.team_access import TeamAccess, TeamAccessArgs
    from roadstead.tenancy.team_namespace import TeamNamespace, TeamNamespaceArgs
    from roadstead.workload.app import App, AppArgs

_HOMES = {
    "roadstead.cluster.cluster": ("Cluster", "ClusterArgs"),
    "roadstead.cluster.cluster_addons": ("ClusterAddons", "ClusterAddonsArgs"),
    "roadstead.cluster.node_group": ("NodeGroup", "NodeGroupArgs"),
    "roadstead.encryption.encryption_key": ("EncryptionKey", "EncryptionKeyArgs"),
    "roadstead.core.errors": ("ArgsError",),
    "roadstead.network.network": ("Network", "NetworkArgs"),
    "roadstead.registry.repository": ("Repository", "RepositoryArgs"),
    "roadstead.tenancy.team": ("Team", "TeamArgs", "TeamAwsArgs"),
    "roadstead.tenancy.team_access": ("TeamAccess", "TeamAccessArgs"),
    "roadstead.tenancy.team_namespace": ("TeamNamespace", "TeamNamespaceArgs"),
    "roadstead.workload.app": ("App", "AppArgs"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "App",
    "AppArgs",
    "ArgsError",
    "Cluster",
    "ClusterAddons",
    "ClusterAddonsArgs",
    "ClusterArgs",
    "EncryptionKey",
    "EncryptionKeyArgs",
    "Network",
    "NetworkArgs",
    "NodeGroup",
    "NodeGroupArgs",
    "Repository",
    "RepositoryArgs",
    "Team",
    "TeamAccess",
    "TeamAccessArgs",
    "TeamArgs",
    "TeamAwsArgs",
    "TeamNamespace",
    "TeamNamespaceArgs",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
