"""What each kind of person may do in a team's namespaces, as data.

Nobody has a wildcard verb, may touch roles and bindings, or may ask for another identity. Only the deployer, which is CI,
changes objects: what runs is what Git says. Developers look, restart pods, reach a port and, where the tier allows it, open
a shell. https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from typing import NamedTuple

DEVELOPER, DEPLOYER, VIEWER = "developer", "deployer", "viewer"
PERSONAS = (DEVELOPER, DEPLOYER, VIEWER)


class Rule(NamedTuple):
    """An RBAC rule: verbs on resources of one API group."""

    api_group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


READ = ("get", "list", "watch")
WRITE = ("create", "delete", "patch", "update")

_LOOK = (
    Rule(
        "",
        (
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "resourcequotas",
            "serviceaccounts",
            "services",
        ),
        READ,
    ),
    Rule("apps", ("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"), READ),
    Rule("autoscaling", ("horizontalpodautoscalers",), READ),
    Rule("batch", ("cronjobs", "jobs"), READ),
    Rule("discovery.k8s.io", ("endpointslices",), READ),
    Rule("events.k8s.io", ("events",), READ),
    Rule("metrics.k8s.io", ("pods",), ("get", "list")),
    Rule("networking.k8s.io", ("ingresses", "networkpolicies"), READ),
    Rule("policy", ("poddisruptionbudgets",), READ),
)
_RESTART = (
    Rule("", ("pods",), ("delete",)),
    Rule("", ("pods/portforward",), ("create", "get")),
)
_SHELL = (Rule("", ("pods/exec",), ("create", "get")),)
_DEPLOY = (
    Rule("", ("configmaps", "persistentvolumeclaims", "serviceaccounts", "services"), WRITE),
    # Neither list nor watch: CI knows the names of the Secrets that it deploys.
    Rule("", ("secrets",), ("get", *WRITE)),
    Rule("apps", ("deployments", "statefulsets"), WRITE),
    Rule("autoscaling", ("horizontalpodautoscalers",), WRITE),
    Rule("batch", ("cronjobs", "jobs"), WRITE),
    Rule("networking.k8s.io", ("ingresses", "networkpolicies"), WRITE),
    Rule("policy", ("poddisruptionbudgets",), WRITE),
)


def rules(persona: str, exec_into_pods: bool) -> tuple[Rule, ...]:
    """The rules of a persona's Role in each of the team's namespaces."""
    if persona == DEVELOPER:
        return _LOOK + _RESTART + (_SHELL if exec_into_pods else ())
    return _LOOK + _DEPLOY if persona == DEPLOYER else _LOOK


def group(team: str, persona: str) -> str:
    """The Kubernetes group that an access entry puts a persona's role into."""
    return f"roadstead:{team}:{persona}"
