"""Who calls whom in a cluster, as far as network policies name it: rules that mean every pod of a namespace name nobody."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.views.kubernetes_object import KubernetesObject
from roadstead.tool.review.views.namespace import NAME_LABEL, namespaces
from roadstead.tool.review.views.network_policy import EGRESS, NetworkPolicy, network_policies
from roadstead.tool.review.views.reading import Unread, once_a_graph
from roadstead.tool.review.views.selector import Selector
from roadstead.tool.review.views.workload import Workload, declared

APP_LABEL = "app.kubernetes.io/name"
Labels = Mapping[str, str]


class Named(NamedTuple):
    """Pods that a policy names."""

    namespaces: Selector
    pods: Selector

    def __str__(self) -> str:
        """`namespace/app`; nothing where they are not named by what they are."""
        labels, namespace = self.pods.labels, self.namespaces.labels.get(NAME_LABEL)
        if not labels or not namespace:
            return ""
        first = min(labels)
        return f"{namespace}/{labels.get(APP_LABEL) or f'{first}={labels[first]}'}"


class Call(NamedTuple):
    """A connection that a policy lets through, between pods that it names."""

    caller: Named
    called: Named


class Calls(NamedTuple):
    """What a stack's network policies say."""

    calls: tuple[Call, ...]
    namespaces: Mapping[str, Labels]
    """Labels of the namespaces that the stack makes, by name."""
    unread: tuple[Unread, ...]

    def means(self, named: Named, namespace: str | Unread, labels: Labels | Unread) -> bool:
        """Whether a policy names pods of this namespace with these labels."""
        if isinstance(namespace, Unread) or isinstance(labels, Unread):
            return False
        of_namespace = self.namespaces.get(namespace, {NAME_LABEL: namespace})
        return named.namespaces.selects(of_namespace) and named.pods.selects(labels)


@once_a_graph
def calls(graph: Graph) -> Calls:
    """Every connection that is named, whichever side names it."""
    policies = network_policies(graph)
    return Calls(
        tuple(call for policy in policies if not isinstance(policy, Unread) for call in _of_policy(policy)),
        namespaces(graph),
        tuple(policy for policy in policies if isinstance(policy, Unread)),
    )


def callers(graph: Graph, called: Workload) -> list[Workload]:
    """What calls these pods; the pods need not be there themselves."""
    known = calls(graph)
    by = [call.caller for call in known.calls if known.means(call.called, called.namespace, called.labels)]
    return [
        one
        for one in declared(graph)
        if (one.namespace, one.name) != (called.namespace, called.name)
        and any(known.means(named, one.namespace, one.labels) for named in by)
    ]


def callers_of(graph: Graph, service: KubernetesObject) -> list[str] | Unread:
    """The apps that call a Service's pods, as policies name them: they may run in another stack."""
    selector = service.place.at("spec", "selector").labels()
    if isinstance(selector, Unread):
        return selector
    known = calls(graph)
    pods = [each.labels for each in declared(graph) if leads_to(service, each)] or [selector]
    return sorted(
        {
            str(call.caller)
            for call in known.calls
            if any(known.means(call.called, service.namespace, labels) for labels in pods)
        }
        - {""}
    )


def leads_to(service: KubernetesObject, workload: Workload) -> bool:
    """Whether pods are behind a Service."""
    selector, labels = service.place.at("spec", "selector").labels(), workload.labels
    if isinstance(selector, Unread) or isinstance(labels, Unread) or not selector:
        return False
    return service.namespace == workload.namespace and selector.items() <= labels.items()


def _of_policy(policy: NetworkPolicy) -> Iterator[Call]:
    here = Selector({NAME_LABEL: policy.namespace}, ())
    own = Named(here, policy.pods)
    for direction, rules in policy.rules.items():
        for peer in (peer for rule in rules for peer in rule.peers):
            if peer.pods.labels or peer.pods.requirements:
                other = Named(here if peer.namespaces is None else peer.namespaces, peer.pods)
                yield Call(own, other) if direction == EGRESS else Call(other, own)
