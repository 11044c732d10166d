"""Whether a kubeconfig leads to a cluster on this machine, so that nobody's real cluster becomes a sandbox."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from kubernetes import config
from kubernetes.config.config_exception import ConfigException

from roadstead.tool.offline.errors import InputError

CONTEXTS = ("kind-", "k3d-", "minikube")
"""How kind, k3d and minikube begin the names of the contexts that they write."""


@dataclass(frozen=True)
class ExistingCluster:
    """A cluster that is there already, as its kubeconfig names it."""

    kubeconfig: Path
    context: str
    server: str

    @property
    def is_local(self) -> bool:
        """Whether it is named as a local cluster is, and answers at an address that does not leave the machine."""
        return self.context.startswith(CONTEXTS) and _is_near(urlsplit(self.server).hostname or "")


def chosen_cluster(kubeconfig: Path, allowed: str | None) -> ExistingCluster:
    """The cluster of a kubeconfig's current context, unless it is not local and not the one that is allowed by name."""
    try:
        _, context = config.list_kube_config_contexts(str(kubeconfig))
        server = config.new_client_from_config(str(kubeconfig)).configuration.host
    except (ConfigException, yaml.YAMLError, TypeError) as error:  # TypeError: the file holds no mapping
        raise InputError(f"{kubeconfig}: no usable kubeconfig: {error}") from error
    cluster = ExistingCluster(kubeconfig, context["name"], server)
    if not cluster.is_local and cluster.context != allowed:
        raise InputError(
            f"{kubeconfig}: current-context: not a local cluster; got {cluster.context!r} at {server}; expected a context"
            f" of kind, k3d or minikube. Unset KUBECONFIG for a control plane of the sandbox's own, or, to use this"
            f" cluster all the same, name it: --allow-cluster {cluster.context}"
        )
    return cluster


def _is_near(host: str) -> bool:
    """Minikube and Docker give their clusters private addresses."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost"
