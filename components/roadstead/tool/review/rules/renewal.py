"""Updates that move or stop every pod, though a preview shows a single property."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from roadstead.cluster.nodes import NODE_GROUP
from roadstead.core.names import some
from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.change import Change, Kind, StackDiff
from roadstead.tool.review.difference.values import ABSENT, covers
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.upgrade.versions import in_stack_file, versions
from roadstead.tool.review.views.kubernetes_object import KubernetesObject, objects_of
from roadstead.tool.review.views.reading import Place, Unread

NODES, CONTROL_PLANE, REPLICAS = IDS = ("renewal/nodes", "renewal/control-plane", "renewal/replicas")
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
IMAGE = ("releaseVersion", "version")
"""What of a node group says which image its nodes have."""
MEANT = (*IMAGE, "launchTemplate.imageId")
"""For what nodes are renewed when that is what somebody wants."""
NO_NEW_VERSION = ("tags", "tagsAll", "defaultVersion", "updateDefaultVersion")
"""What of a launch template changes without a new version of it: terraform-provider-aws/internal/service/ec2/ec2_launch_template.go"""
NAMED = 5
"""How many groups a sentence names before it only counts."""


def findings(diff: StackDiff) -> Iterator[Finding | Undecided]:
    """What the kinds of change in a preview do not say."""
    if diff.base is None or diff.head is None:
        return
    updated = [change for change in diff.changes if change.kind is Kind.UPDATE and change.old and change.new]
    yield from _nodes(diff.head, diff.changes, [change for change in updated if change.resource.type == NODE_GROUP])
    yield from _control_planes(diff.base, diff.head)
    for change in updated:
        if change.resource.type.startswith("kubernetes:"):
            yield from _replicas(diff.head, change)


def _nodes(head: Graph, changes: Sequence[Change], groups: Sequence[Change]) -> Iterator[Finding | Undecided]:
    """Groups whose nodes are all replaced, one after the other.

    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    renewed: dict[str, list[str]] = {}
    for group in groups:
        if causes := _causes(group, changes):
            renewed[group.resource.urn] = causes
    if not renewed:
        return
    sizes = {urn: Place.of(head.resources[urn]).at("scalingConfig", "maxSize").number() for urn in renewed}
    yield from (Undecided((NODES,), size) for size in sizes.values() if isinstance(size, Unread))
    causes = sorted({cause for each in renewed.values() for cause in each})
    first = head.resources[min(renewed)]
    names = [head.resources[urn].name for urn in sorted(renewed)]
    most = sum(size for size in sizes.values() if isinstance(size, int))
    what = f"Every node of {some(names, NAMED)} (at most {most}) is replaced, one after the other, because of {some(causes, NAMED)}: every pod on them moves."
    is_meant = all(cause in MEANT for cause in causes)
    do = "See that no workload has a single replica, or tell whoever uses it when."
    if not is_meant:
        do = "Do it when nodes are renewed anyway, together with their image, or tell whoever uses them when."
    severity = Severity.NOTE if is_meant else Severity.WARNING
    found = finding(head, first, NODES, severity, what, do)
    if found.file and all(cause in IMAGE for cause in causes):
        file, key = in_stack_file(head, "node_release_version")
        found = replace(found, file=file, key=key)
    elif found.key and len(renewed) > 1:
        # It is about several groups: the key of the one is left out.
        found = replace(found, key=found.key.rpartition(".")[0])
    yield found


def _causes(group: Change, changes: Sequence[Change]) -> list[str]:
    """The properties for which a group gets new nodes; those of its launch template where it only follows that."""
    own = [changed.path for changed in group.properties if changed.path in IMAGE]
    if not any(covers("launchTemplate", changed.path) for changed in group.properties):
        return own
    templates = [
        change
        for change in changes
        if change.resource.type == TEMPLATE
        and change.new
        and change.new.urn in (group.new or group.resource).dependencies
    ]
    of_templates = [
        changed.path.partition(".")[0].partition("[")[0] for each in templates for changed in each.properties
    ]
    telling = [f"launchTemplate.{path}" for path in of_templates if path not in NO_NEW_VERSION]
    return own + (telling if templates else ["launchTemplate"])


def _control_planes(base: Graph, head: Graph) -> Iterator[Finding]:
    """Kubernetes goes on: the control plane is renewed where it is, and the provider does not go back.

    https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    """
    before = {found.resource.urn: found.version for found in versions(base).clusters}
    for found in versions(head).clusters:
        old = before.get(found.resource.urn)
        if old is not None and minor(old) < minor(found.version):
            what = f"The control plane goes from Kubernetes {old} to {found.version}, which Pulumi cannot take back."
            do = f"Read what `roadstead upgrade --to {found.version}` finds; docs/upgrade.md has the way back that EKS offers for 7 days."
            yield finding(head, found.resource, CONTROL_PLANE, Severity.WARNING, what, do, "version")


def _replicas(head: Graph, change: Change) -> Iterator[Finding | Undecided]:
    """A number of replicas that is taken out: that sets it to 1, until a scaler sees it.

    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
    """
    if not any(changed.path == "spec.replicas" and changed.new == ABSENT for changed in change.properties):
        return
    scaled = KubernetesObject(change.resource)
    number = Place.of(change.old or change.resource).at("spec", "replicas").number()
    if isinstance(number, Unread):
        yield Undecided((REPLICAS,), number)
        return
    if number is None or number < 2:
        return
    what_scales = [
        scaler.place.at("spec", "minReplicas").number()
        for scaler in objects_of(head, "HorizontalPodAutoscaler")
        if scaler.place.at("spec", "scaleTargetRef", "name").text() == scaled.name
        and scaler.namespace == scaled.namespace
    ]
    until = (
        f" until its scaler raises it to {what_scales[0] or 1}"
        if what_scales and isinstance(what_scales[0], int)
        else ""
    )
    what = f"{scaled.kind} {change.resource.name} no longer says replicas: {number}, and Kubernetes takes that for 1: all pods but one stop{until}."
    do = 'Keep the number and let Pulumi ignore it: ignore_changes=["spec.replicas"]; a scaler then owns it.'
    yield finding(head, change.resource, REPLICAS, Severity.WARNING, what, do, "replicas")
