"""Kubernetes versions, and which of them may run side by side.

https://kubernetes.io/releases/version-skew-policy/
"""

MOST_BEHIND = 3
"""How many minor versions a kubelet or a kube-proxy may be older than the API server; it may never be newer."""


def minor(version: str) -> int:
    """The 36 of `1.36`, of a node image's release `1.36.4-20260930` and of a kube-proxy `v1.36.0-eksbuild.25`."""
    return int(version.split(".")[1])
