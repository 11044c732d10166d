"""What a Secret may be: no token that never ends."""

from roadstead.tenancy.guard.allowed import Allowed
from roadstead.tenancy.guard.rule import Body, Matched, Policy, Rule

TOKEN = "kubernetes.io/service-account-token"


def _token(body: Body, _: Allowed) -> list[str]:
    return [TOKEN] if body.get("type") == TOKEN else []


SECRETS = Policy(
    "secrets",
    (Matched("", ("v1",), ("secrets",), ("CREATE",)),),
    ("Secret",),
    "true",
    (),
    (
        Rule(
            "secrets/token",
            f"[object.?type.orValue('')].filter(type, type == '{TOKEN}')",
            _token,
            "another type: such a token never ends; pods get theirs from the kubelet",
        ),
    ),
)
