"""What a team's namespace may be, without Pulumi."""

from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core.forms import dns_label_problems
from roadstead.core.problems import not_one_of, problem, spec, within
from roadstead.tenancy import quota
from roadstead.tenancy.quota import QuotaSpec

POD_SECURITY_LEVELS = ("restricted", "baseline")
TEAM_LABEL = "roadstead.dev/team"
"""Label of a namespace: whose it is."""
LONGEST_TEAM_NAME = 20
"""Leaves room for environment and persona in the 64 characters of an IAM role's name."""


@spec
class TeamNamespaceSpec(TypedDict):
    """A namespace of a team."""

    quota: QuotaSpec
    """Ceiling of what may be asked for in the namespace."""
    pod_security: NotRequired[str]
    """Pod Security Standard that is enforced: "restricted" or "baseline". Default: "restricted"."""


def problems(namespace: TeamNamespaceSpec) -> list[str]:
    """What the types cannot say about a namespace."""
    level = namespace.get("pod_security", "restricted")
    found = not_one_of("pod_security", "no level that a team may have", level, POD_SECURITY_LEVELS)
    return found + within("quota", quota.problems(namespace["quota"]))


def name_problems(path: str, name: str) -> list[str]:
    """Whether a namespace can have this name. Kubernetes' own prefix is not a team's to use."""
    found = dns_label_problems(path, name)
    if name.startswith("kube-") or name == "default":
        found.append(problem(path, "Kubernetes' own namespace", name, "another name"))
    return found


def team_name_problems(path: str, name: str) -> list[str]:
    """Whether a team can have this name."""
    return dns_label_problems(path, name, longest=LONGEST_TEAM_NAME)
