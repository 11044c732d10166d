"""A team's namespace: capped, closed, and open to the team's people."""

from typing import NotRequired

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes.core.v1 import LimitRange, Namespace, ResourceQuota
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from roadstead.core.ordering import after
from roadstead.core.problems import checked
from roadstead.core.tiers import DEFAULT_TIER, TIERS, tier_problems
from roadstead.tenancy.guard.allowed import allowed, annotations
from roadstead.tenancy.network_rules import STARTING_RULES
from roadstead.tenancy.personas import PERSONAS, group, rules
from roadstead.tenancy.quota import container_limits, hard_limits, no_priority, with_temporary
from roadstead.tenancy.team_namespace_spec import (
    TEAM_LABEL,
    TeamNamespaceSpec,
    name_problems,
    problems,
    team_name_problems,
)


class TeamNamespaceArgs(TeamNamespaceSpec):
    """What the namespace allows, and whose it is."""

    namespace: str
    """Name of the namespace, a DNS label, e.g. "payments"."""
    team: str
    """Name of the team, a DNS label of at most 20 characters."""
    tier: NotRequired[str]
    """"development", "staging" or "production"; decides whether developers may open a shell. Default: "production"."""
    kubernetes_version: NotRequired[str]
    """Kubernetes version whose Pod Security rules hold, e.g. "1.36". Default: the cluster's."""


class TeamNamespace(pulumi.ComponentResource):
    """A namespace of one team.

    Makes the Namespace with Pod Security labels, a ResourceQuota and one of no pods with other priority classes than it may
    have, a LimitRange (what a container gets that asks for nothing, and the most it may ask for), network policies that
    close both directions but for DNS and the namespace itself, and for each persona a Role and its binding to the persona's
    group. Annotations of the Namespace say what its objects may have beyond the least, for a `TenancyGuard` to hold them
    to. Needs a Kubernetes provider in `opts`.

    In the VPC CNI's strict mode, which `ClusterAddons` sets, a new pod is closed until its policies are in force; in its
    standard mode, and with other agents, it is open for that long.

    Grants the groups roadstead:<team>:developer, :deployer and :viewer what roadstead.tenancy.personas says; no wildcard,
    no roles or bindings, and Secrets to the deployer alone.

    https://kubernetes.io/docs/concepts/security/multi-tenancy/
    """

    namespace: Output[str]
    """Name of the namespace, known once its quota and its network policies are in force."""

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(
            TeamNamespace,
            name,
            args,
            lambda known: (
                name_problems("namespace", known["namespace"])
                + team_name_problems("team", known["team"])
                + tier_problems(known.get("tier", DEFAULT_TIER))
                + problems(known)
            ),
        )
        super().__init__("roadstead:index:TeamNamespace", name, {**args}, opts)
        child = ResourceOptions(parent=self)

        noted = annotations(allowed(args.get("allowed", {})))
        namespace = Namespace(
            name,
            metadata={
                "name": args["namespace"],
                "labels": {TEAM_LABEL: args["team"], **_pod_security_labels(args)},
                **({"annotations": noted} if noted else {}),
            },
            opts=child,
        ).metadata.name
        quota = ResourceQuota(
            name,
            metadata={"name": "quota", "namespace": namespace},
            spec={"hard": hard_limits(args["quota"])},
            opts=child,
        )
        no_other_priority = ResourceQuota(
            f"{name}-priority",
            metadata={"name": "priority", "namespace": namespace},
            spec=no_priority(args.get("allowed", {}).get("priority_classes", [])),
            opts=child,
        )
        limits = LimitRange(
            name,
            metadata={"name": "limits", "namespace": namespace},
            spec={"limits": [with_temporary(container_limits(args["quota"]))]},
            opts=child,
        )
        policies = [
            NetworkPolicy(f"{name}-{policy}", metadata={"name": policy, "namespace": namespace}, spec=spec, opts=child)
            for policy, spec in STARTING_RULES.items()
        ]
        self._personas(name, namespace, args)

        capped = [quota.metadata.name, no_other_priority.metadata.name, limits.metadata.name]
        in_force = [*capped, *(policy.metadata.name for policy in policies)]
        self.namespace = after(namespace, *in_force)
        self.register_outputs({"namespace": self.namespace})

    def _personas(self, name: str, namespace: Output[str], args: TeamNamespaceArgs) -> None:
        child = ResourceOptions(parent=self)
        exec_into_pods = TIERS[args.get("tier", DEFAULT_TIER)].exec_into_pods
        for persona in PERSONAS:
            role = Role(
                f"{name}-{persona}",
                metadata={"name": persona, "namespace": namespace},
                rules=[
                    {"api_groups": [rule.api_group], "resources": list(rule.resources), "verbs": list(rule.verbs)}
                    for rule in rules(persona, exec_into_pods)
                ],
                opts=child,
            )
            RoleBinding(
                f"{name}-{persona}",
                metadata={"name": persona, "namespace": namespace},
                role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
                subjects=[
                    {
                        "api_group": "rbac.authorization.k8s.io",
                        "kind": "Group",
                        "name": group(args["team"], persona),
                    }
                ],
                opts=child,
            )


def _pod_security_labels(args: TeamNamespaceArgs) -> dict[str, str]:
    """Enforced, and warned and audited at the strictest level, so that an exception stays visible.

    https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """
    release = args.get("kubernetes_version")
    version = f"v{release}" if release else "latest"
    levels = {"enforce": args.get("pod_security", "restricted"), "warn": "restricted", "audit": "restricted"}
    prefix = "pod-security.kubernetes.io"
    return {f"{prefix}/{mode}": level for mode, level in levels.items()} | {
        f"{prefix}/{mode}-version": version for mode in levels
    }
