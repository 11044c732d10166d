"""How much of a node is left for pods: what a kubelet reserves and what the add-ons' daemonsets take.

The reservations are nodeadm's on Amazon Linux 2023. https://github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet
"""

from fractions import Fraction

from roadstead.cluster.node_group_spec import SPOT, NodeGroupSpec, node_size
from roadstead.core.quantities import Amount, parse
from roadstead.facts import files
from roadstead.facts.instance_types import InstanceType

MIB = 1024**2
UNSEEN_MEMORY = Fraction(75, 1000)
"""The part of an instance's memory that the kernel never sees; Karpenter reckons with the same."""
EVICTION_MIB = 100
RESERVED_MIB, RESERVED_MIB_PER_POD = 255, 11
RESERVED_CPU = ((1, Fraction(6, 100)), (1, Fraction(1, 100)), (2, Fraction(5, 1000)))
RESERVED_CPU_BEYOND = Fraction(25, 10000)


def allocatable(instance: InstanceType) -> Amount:
    """What Kubernetes may give to pods on a node of this type."""
    pods = max_pods(instance)
    reserved = (RESERVED_MIB + RESERVED_MIB_PER_POD * pods + EVICTION_MIB) * MIB
    memory = instance.memory_mib * MIB * (1 - UNSEEN_MEMORY) - reserved
    return Amount(instance.vcpus - _reserved_cpu(instance.vcpus), memory, pods)


def room(group: NodeGroupSpec) -> Amount:
    """What is left for our pods on each node of a group, after the add-ons' own."""
    node = allocatable(node_size(group))
    daemonsets = files.read("addon_pods.json")["daemonsets"].values()
    cpu = sum((parse(pod["cpu"]) for pod in daemonsets), Fraction(0))
    memory = sum((parse(pod["memory"]) for pod in daemonsets), Fraction(0))
    return Amount(node.cpu - cpu, node.memory - memory, node.pods - len(daemonsets))


def takes(group: NodeGroupSpec, spot: str) -> bool:
    """Whether pods that prefer, allow or never take spot nodes may run on a group's nodes."""
    blocked = any(taint["effect"] != "PREFER_NO_SCHEDULE" for taint in group.get("taints", []))
    return not blocked and not (group.get("capacity") == SPOT and spot == "never")


def max_pods(instance: InstanceType) -> int:
    """Pods on a node, each with an address of its own but for two that share the node's."""
    return instance.enis * (instance.ipv4_per_eni - 1) + 2


def _reserved_cpu(vcpus: int) -> Fraction:
    reserved, left = Fraction(0), vcpus
    for cores, share in RESERVED_CPU:
        reserved += share * min(cores, left)
        left -= min(cores, left)
    return reserved + RESERVED_CPU_BEYOND * left
