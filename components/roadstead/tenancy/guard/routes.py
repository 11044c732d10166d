"""For which names ingresses and routes may answer, and what they may ask of a load balancer that others share.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
"""

from roadstead.tenancy.guard.allowed import Allowed, in_cel
from roadstead.tenancy.guard.rule import Body, Matched, Policy, Rule, get, keys, parts, text, texts

CONTROLLERS = "ingress.kubernetes.io/"
"""Annotations to controllers of ingresses have this in their keys."""
ALB = "alb.ingress.kubernetes.io/"
GROUP = f"{ALB}group.name"
ANNOTATIONS = (
    GROUP,
    *(
        ALB + key
        for key in (
            "backend-protocol",
            "backend-protocol-version",
            "healthcheck-interval-seconds",
            "healthcheck-path",
            "healthcheck-port",
            "healthcheck-protocol",
            "healthcheck-timeout-seconds",
            "healthy-threshold-count",
            "listen-ports",
            "scheme",
            "ssl-redirect",
            "success-codes",
            "target-group-attributes",
            "target-type",
            "unhealthy-threshold-count",
        )
    ),
)
"""What concerns the own targets alone. Actions, conditions, certificates, security groups and attributes are everybody's."""


def _is_allowed(host: str, allowed: Allowed) -> bool:
    below = (name[1:] for name in allowed.hosts if name.startswith("*."))
    return host in allowed.hosts or any(host.endswith(end) for end in below)


def _hosts(body: Body, allowed: Allowed) -> list[str]:
    if body["kind"] == "Ingress":
        named = [text(rule, "host") for rule in parts(body, "spec", "rules")]
        held = [", ".join(h for h in texts(item, "hosts") if not _is_allowed(h, allowed)) for item in _tls(body)]
        catch_all = ["all hosts"] if get(body, "spec", "defaultBackend") is not None else []
    else:
        named, held, catch_all = texts(body, "spec", "hostnames") or [""], [], []
    strange = [host or "all hosts" for host in named if not _is_allowed(host, allowed)]
    return strange + [hosts for hosts in held if hosts] + catch_all


def _tls(body: Body) -> list[Body]:
    return parts(body, "spec", "tls")


def _balancer(body: Body, allowed: Allowed) -> list[str]:
    given = keys(body, "metadata", "annotations")
    strange = [key for key in given if CONTROLLERS in key and key not in ANNOTATIONS]
    group = text(body, "metadata", "annotations", GROUP)
    claims = body["kind"] == "Ingress" and GROUP in given and group not in allowed.balancers
    return strange + ([f"group {group}"] if claims else [])


_ALLOWED = "(host in variables.hosts || variables.hosts.exists(name, name.startsWith('*.') && host.endsWith(name.substring(1))))"
ROUTES = Policy(
    "routes",
    (
        Matched("networking.k8s.io", ("v1",), ("ingresses",)),
        Matched("gateway.networking.k8s.io", ("*",), ("httproutes", "grpcroutes", "tlsroutes")),
    ),
    ("Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute"),
    "oldObject == null || object.spec != oldObject.spec"
    " || object.metadata.?annotations.orValue({}) != oldObject.metadata.?annotations.orValue({})",
    (
        ("hosts", in_cel("hosts")),
        ("spec", "dyn(object.spec)"),
        (
            "named",
            "request.kind.kind == 'Ingress' ? variables.spec.?rules.orValue([]).map(rule, string(rule.?host.orValue('')))"
            " : variables.spec.?hostnames.orValue(['']).map(host, string(host))",
        ),
        ("annotations", "object.metadata.?annotations.orValue({})"),
    ),
    (
        Rule(
            "routes/host",
            f"variables.named.filter(host, !{_ALLOWED}).map(host, host == '' ? 'all hosts' : host)"
            f" + variables.spec.?tls.orValue([]).map(item, item.?hosts.orValue([]).filter(host, !{_ALLOWED}).join(', '))"
            ".filter(hosts, hosts != '')"
            " + (has(variables.spec.defaultBackend) ? ['all hosts'] : [])",
            _hosts,
            "hosts of allowed.hosts of the namespace, named in every rule: a rule without one answers for those of other teams",
        ),
        Rule(
            "routes/balancer",
            f"variables.annotations.map(key, string(key)).filter(key, key.contains('{CONTROLLERS}') && !(key in {list(ANNOTATIONS)}))"
            f" + (request.kind.kind == 'Ingress' && '{GROUP}' in variables.annotations"
            f" && !(variables.annotations['{GROUP}'] in {in_cel('balancers')})"
            f" ? ['group ' + variables.annotations['{GROUP}']] : [])",
            _balancer,
            "a group of allowed.balancers of the namespace, and no annotation that changes a balancer for the others on it",
        ),
    ),
)
