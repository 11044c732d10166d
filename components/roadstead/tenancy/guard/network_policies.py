"""What a team's own network policies may open: they add to what the platform's let through, and cannot take away.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from roadstead.tenancy.guard.allowed import Allowed, covers, in_cel
from roadstead.tenancy.guard.rule import Body, Matched, Policy, Rule, get, parts, text
from roadstead.tenancy.network_rules import STARTING_RULES

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""The API server itself puts it on every namespace."""


def _platforms_own(_: Body, __: Allowed) -> list[str]:
    """Nothing: whoever applies a whole stack may delete its namespaces, which is what the rule asks."""
    return []


def _opens(body: Body, allowed: Allowed) -> list[str]:
    if text(body, "metadata", "name") in STARTING_RULES:
        return []
    out = [_rule(rule, "to", allowed) for rule in parts(body, "spec", "egress")]
    into = [_rule(rule, "from", allowed) for rule in parts(body, "spec", "ingress")]
    return [strange for strange in out + into if strange]


def _rule(rule: Body, way: str, allowed: Allowed) -> str:
    if not get(rule, way):
        return f"{way} everywhere"
    strange = [_peer(peer, parts(rule, "ports"), way, allowed) for peer in parts(rule, way)]
    return ", ".join(f"{way} {peer}" for peer in strange if peer)


def _peer(peer: Body, ports: list[Body], way: str, allowed: Allowed) -> str:
    if get(peer, "ipBlock") is not None:
        block = text(peer, "ipBlock", "cidr")
        return "" if _block(block, ports, way, allowed) else block
    if get(peer, "namespaceSelector") is None:
        return ""
    name = text(peer, "namespaceSelector", "matchLabels", NAMESPACE_LABEL)
    if not name:
        return "unnamed namespaces"
    return name if way == "to" and (name == "default" or name.startswith("kube-")) else ""


def _block(block: str, ports: list[Body], way: str, allowed: Allowed) -> bool:
    if way == "from":
        return any(covers(outer, block) for outer in allowed.ingress)
    return bool(ports) and all(_port(block, port, allowed) for port in ports)


def _port(block: str, port: Body, allowed: Allowed) -> bool:
    if "endPort" in port or port.get("protocol", "TCP") != "TCP":
        return False
    known = (entry.split(":") for entry in allowed.egress)
    return any(number == text(port, "port") and covers(outer, block) for outer, number in known)


_BLOCK = {
    "from": f"{in_cel('ingress')}.exists(outer, cidr(outer).containsCIDR(string(peer.ipBlock.cidr)))",
    "to": "rule.?ports.orValue([]).size() > 0 && rule.ports.all(port, !has(port.endPort)"
    " && port.?protocol.orValue('TCP') == 'TCP' && variables.egress.exists(entry,"
    " entry.split(':')[1] == string(port.?port.orValue(''))"
    " && cidr(entry.split(':')[0]).containsCIDR(string(peer.ipBlock.cidr))))",
}


def _ways(of: str, way: str) -> str:
    selected = f"string(peer.namespaceSelector.?matchLabels[?'{NAMESPACE_LABEL}'].orValue(''))"
    named = {
        "from": "''",
        "to": f"({selected} == 'default' || {selected}.startsWith('kube-') ? 'to ' + {selected} : '')",
    }
    return (
        f"variables.spec.?{of}.orValue([]).map(rule, rule.?{way}.orValue([]).size() == 0 ? '{way} everywhere'"
        f" : rule.{way}.map(peer, has(peer.ipBlock)"
        f" ? ({_BLOCK[way]} ? '' : '{way} ' + string(peer.ipBlock.cidr))"
        f" : !has(peer.namespaceSelector) ? ''"
        f" : {selected} == '' ? '{way} unnamed namespaces' : {named[way]})"
        ".filter(text, text != '').join(', ')).filter(text, text != '')"
    )


NETWORK_POLICIES = Policy(
    "network-policies",
    (Matched("networking.k8s.io", ("v1",), ("networkpolicies",), ("CREATE", "UPDATE", "DELETE")),),
    ("NetworkPolicy",),
    "object == null || oldObject == null || object.spec != oldObject.spec",
    (
        ("name", "string((object == null ? oldObject : object).metadata.name)"),
        ("spec", f"object == null || variables.name in {list(STARTING_RULES)} ? dyn({{}}) : dyn(object.spec)"),
        ("egress", in_cel("egress")),
    ),
    (
        Rule(
            "network-policies/platforms-own",
            f"[variables.name].filter(name, name in {list(STARTING_RULES)}"
            " && !authorizer.group('').resource('namespaces').name(request.namespace).check('delete').allowed())",
            _platforms_own,
            "these policies as the platform made them: leave them, and open what an app needs with a policy of its own",
        ),
        Rule(
            "network-policies/opens",
            f"{_ways('egress', 'to')} + {_ways('ingress', 'from')}",
            _opens,
            f"pods of namespaces that are named with {NAMESPACE_LABEL}, blocks and TCP ports of allowed.egress, and blocks of allowed.ingress of the namespace",
        ),
    ),
)
