"""What a Service may be: an address within the cluster."""

from roadstead.tenancy.guard.allowed import Allowed
from roadstead.tenancy.guard.rule import CHANGED_SPEC, Body, Matched, Policy, Rule, text, texts

ONLY_TYPE = "ClusterIP"


def _type(body: Body, _: Allowed) -> list[str]:
    kind = text(body, "spec", "type") or ONLY_TYPE
    return [] if kind == ONLY_TYPE else [kind]


def _addresses(body: Body, _: Allowed) -> list[str]:
    return texts(body, "spec", "externalIPs")


SERVICES = Policy(
    "services",
    (Matched("", ("v1",), ("services",)),),
    ("Service",),
    CHANGED_SPEC,
    (),
    (
        Rule(
            "services/type",
            f"[object.spec.?type.orValue('{ONLY_TYPE}')].filter(type, type != '{ONLY_TYPE}')",
            _type,
            f"type {ONLY_TYPE}: ports of nodes and load balancers come from the platform, and of an ExternalName call the name itself",
        ),
        Rule(
            "services/external-address",
            "object.spec.?externalIPs.orValue([])",
            _addresses,
            "no externalIPs: with them a Service takes traffic that is meant for others",
        ),
    ),
)
