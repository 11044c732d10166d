"""Security groups that let much of the internet in: their rules may be spread over several resources.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator
from typing import NamedTuple

from roadstead.tool.offline.graph import Graph, Resource
from roadstead.tool.review.blocks import NOWHERE, Blocks
from roadstead.tool.review.exposure.opening import Opening
from roadstead.tool.review.exposure.reach import is_large, where
from roadstead.tool.review.views.network_policy import read_blocks
from roadstead.tool.review.views.reading import Place, Unread, once_a_graph
from roadstead.tool.review.views.whole import needed, number, seen, text, whole

GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
RULE, INGRESS_RULE = (
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)
ALL = "-1"
"""The protocol that means every one, on all ports."""


class _Rule(NamedTuple):
    resource: Resource
    group: str
    protocol: str
    first: int
    last: int
    blocks: Blocks

    def covers(self, other: "_Rule") -> bool:
        """Whether it lets in on every port of another one."""
        return self.protocol in (ALL, other.protocol) and self.first <= other.first and other.last <= self.last


def newly_open(base: Graph | None, head: Graph) -> Iterator[Opening | Unread]:
    """What lets much of the internet in on ports on which it did not come in."""
    yield from (each for each in _rules(head) if isinstance(each, Unread))
    said: set[tuple[str, int, int]] = set()
    for rule in _readable(head):
        together = _together(head, rule)
        left = together - (_together(base, rule) if base else NOWHERE)
        where_to = rule.group, rule.first, rule.last
        if rule.blocks and is_large(together) and is_large(left) and where_to not in said:
            said.add(where_to)
            ports = f"{rule.first} to {rule.last}"
            what = f"Security group rule {rule.resource.name} lets {where(left)} in on ports {ports}"
            yield Opening(rule.resource, what)


def _together(graph: Graph, rule: _Rule) -> Blocks:
    """Whom a group lets in on all ports of a rule."""
    blocks = NOWHERE
    for other in _readable(graph):
        if other.group == rule.group and other.covers(rule):
            blocks |= other.blocks
    return blocks


def _readable(graph: Graph) -> list[_Rule]:
    return [rule for rule in _rules(graph) if isinstance(rule, _Rule)]


@once_a_graph
def _rules(graph: Graph) -> tuple[_Rule | Unread, ...]:
    names = {made.id: made.name for made in graph.of_type(*GROUPS) if made.id}
    found: list[_Rule | Unread] = []
    for group in graph.of_type(*GROUPS):
        rules = Place.of(group).at("ingress").items()
        found += [rules] if isinstance(rules, Unread) else [_rule(rule, group.name) for rule in rules]
    for made in graph.of_type(RULE):
        place = Place.of(made)
        way = place.at("type").required_text()
        if isinstance(way, Unread) or way == "ingress":
            found.append(way if isinstance(way, Unread) else _of_group(place, names))
    found += [_of_group(Place.of(made), names) for made in graph.of_type(INGRESS_RULE)]
    return tuple(found)


@whole
def _of_group(place: Place, names: dict[str, str]) -> _Rule:
    """A rule that is a resource of its own."""
    group = place.at("securityGroupId")
    id_ = place.resource.name if group.is_absent else text(group)
    return seen(_rule(place, names.get(id_, id_)))


@whole
def _rule(place: Place, group: str) -> _Rule:
    lists = (seen(place.at("cidrBlocks").texts()), seen(place.at("ipv6CidrBlocks").texts()))
    single = (seen(place.at("cidrIpv4").text()), seen(place.at("cidrIpv6").text()))
    cidrs = [*lists[0], *lists[1], *(cidr for cidr in single if cidr)]
    protocol = seen(place.at("protocol").text()) or seen(place.at("ipProtocol").text()) or "tcp"
    blocks = needed(place, read_blocks(cidrs), "blocks such as 10.0.0.0/16")
    first, last = place.at("fromPort"), place.at("toPort")
    if protocol == ALL or first.value == -1:
        return _Rule(place.resource, group, protocol, 0, 65535, blocks)
    return _Rule(place.resource, group, protocol, number(first, 0), number(last, 65535), blocks)
