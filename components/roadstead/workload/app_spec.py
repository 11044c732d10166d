"""What an app may be, without Pulumi."""

import re
from math import ceil
from typing import NotRequired

from typing_extensions import TypedDict

from roadstead.core import quantities
from roadstead.core.forms import dns_label_problems
from roadstead.core.placement import SPOT_CHOICES
from roadstead.core.problems import not_one_of, problem, spec, within
from roadstead.core.quantities import MOST_PODS, Amount, cpu_problems, memory_problems, parse
from roadstead.core.tiers import TIERS
from roadstead.identity.documents import document
from roadstead.identity.permissions import action_problems, never_granted, resource_problems
from roadstead.identity.sizes import INLINE, size_problems
from roadstead.network.egress_spec import MOST_PORT, EgressSpec, egress_problems
from roadstead.tenancy.quota import CPU_LIMIT_FACTOR, MOST_TEMPORARY

DEFAULT_CPU, DEFAULT_MEMORY, DEFAULT_TEMPORARY = "100m", "128Mi", "512Mi"
ROOM_FOR_LOGS = "128Mi"
"""The kubelet keeps five files of ten megabytes for each container."""
DEFAULT_GRACE_SECONDS = 45
LONGEST_GRACE_SECONDS = 110
"""A spot node is gone two minutes after its notice; ten seconds of that are for the pod to leave its Service first."""
LONGEST_NAME = 40
LONGEST_ENV = 128 * 1024
"""Bytes of a variable with its name, '=' and the NUL at its end: MAX_ARG_STRLEN of execve(2)."""
LEAST_PORT = 1024
_ENV = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")
_FORBIDDEN_SERVICES = ("account", "iam", "organizations", "sts")
APP_OF_NAMESPACE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


@spec
class ReplicasSpec(TypedDict):
    """How many pods an app has. Where both are equal, nothing scales it."""

    min: int
    """Fewest pods, 1 or more."""
    max: int
    """Most pods."""


@spec
class AwsPermissionSpec(TypedDict):
    """AWS rights that an app asks for."""

    actions: list[str]
    """Actions, e.g. ["s3:GetObject"]; "*" only at the end of a name, and never of iam, sts, account or organizations."""
    resources: list[str]
    """ARNs of the resources, e.g. ["arn:aws:s3:::acme-invoices/*"]; "*" for actions that AWS allows on no ARN, such as cloudwatch:PutMetricData, and for no other."""


@spec
class AppSpec(TypedDict):
    """A long-running program in any language, from one image."""

    port: NotRequired[int]
    """TCP port on which it listens; it gets a Service, reachable as http://<app>.<namespace>. Default: it does not listen."""
    health_path: NotRequired[str]
    """HTTP path that answers 200 while the app can take requests, e.g. "/healthz". Default: the port takes connections."""
    health_command: NotRequired[list[str]]
    """Command in the container that ends with 0 while the app works. Required where there is no port."""
    command: NotRequired[list[str]]
    """Program and arguments instead of the image's own. Default: the image's own."""
    env: NotRequired[dict[str, str]]
    """Environment variables, names of letters, digits, '_', '-' and '.'; secrets do not belong here. Default: none."""
    cpu: NotRequired[str]
    """CPU that a pod asks for, in cores; it may burst to twice as much. Default: "100m"."""
    memory: NotRequired[str]
    """Memory that a pod asks for, and its limit. Default: "128Mi"."""
    temporary_storage: NotRequired[str]
    """Size of /tmp in a pod, which is stopped when it writes more. Default: "512Mi"."""
    replicas: NotRequired[ReplicasSpec]
    """How many pods. Default: by tier: 1 to 2 in development, 2 to 4 in staging, 3 to 9 in production."""
    spot: NotRequired[str]
    """"prefer", "allow" or "never" spot nodes. Default: by tier: "never" in production, else "prefer"."""
    grace_seconds: NotRequired[int]
    """How long a pod may take to finish what it does when it is stopped, 1 to 110. Default: 45."""
    uses: NotRequired[list[str]]
    """Apps of other namespaces that this one calls, each "namespace/app"; both sides' network policies open. Default: none; the own namespace is open in any case."""
    egress: NotRequired[list[EgressSpec]]
    """Where else it may connect to. Default: nowhere."""
    aws_permissions: NotRequired[list[AwsPermissionSpec]]
    """AWS rights that its pods get, through EKS Pod Identity; its egress to AWS's APIs (TCP 443) opens. Default: none."""


def name_problems(path: str, name: str) -> list[str]:
    """Whether an app can have this name."""
    return dns_label_problems(path, name, longest=LONGEST_NAME)


def problems(app: AppSpec) -> list[str]:
    """What the types cannot say about an app."""
    found = cpu_problems("cpu", app.get("cpu", DEFAULT_CPU))
    found += memory_problems("memory", app.get("memory", DEFAULT_MEMORY))
    found += _temporary_problems(app)
    found += _health_problems(app)
    if "replicas" in app:
        least, most = app["replicas"]["min"], app["replicas"]["max"]
        if not 1 <= least <= most <= MOST_PODS:
            found.append(problem("replicas", "no range", f"{least} to {most}", f"1 <= min <= max <= {MOST_PODS}"))
    if "spot" in app:
        found += not_one_of("spot", "no such choice", app["spot"], SPOT_CHOICES)
    grace = app.get("grace_seconds", DEFAULT_GRACE_SECONDS)
    if not 1 <= grace <= LONGEST_GRACE_SECONDS:
        expected = f"1 to {LONGEST_GRACE_SECONDS}: a spot node leaves two minutes"
        found.append(problem("grace_seconds", "no time to stop", grace, expected))
    for key, value in app.get("env", {}).items():
        found += _env_problems(key, value)
    for index, other in enumerate(app.get("uses", [])):
        if not APP_OF_NAMESPACE.fullmatch(other):
            found.append(problem(f"uses.{index}", "no app", other, "namespace/app, e.g. 'storefront/catalog'"))
    for index, egress in enumerate(app.get("egress", [])):
        found += within(f"egress.{index}", egress_problems(egress))
    for index, permission in enumerate(app.get("aws_permissions", [])):
        found += within(f"aws_permissions.{index}", _permission_problems(permission))
    if "aws_permissions" in app:
        found += size_problems("aws_permissions", "a role's policies", grants(app["aws_permissions"]), INLINE)
    return found


def _temporary_problems(app: AppSpec) -> list[str]:
    size = app.get("temporary_storage", DEFAULT_TEMPORARY)
    most = parse(MOST_TEMPORARY) - parse(ROOM_FOR_LOGS)
    if found := memory_problems("temporary_storage", size, most=most):
        return found
    expected = f"at most {quantities.memory(most)}: what is larger wants a volume of its own, not the node's disk"
    return [problem("temporary_storage", "too large", size, expected)] if parse(size) > most else []


def _health_problems(app: AppSpec) -> list[str]:
    if "port" not in app:
        found = []
        if "health_command" not in app:
            found.append("health_command: missing for an app without a port; expected a command that ends with 0")
        if "health_path" in app:
            found.append(problem("health_path", "set without a port", app["health_path"], "a port beside it"))
        return found
    found = []
    if not LEAST_PORT <= app["port"] <= MOST_PORT:
        what = "a port of root's" if 1 <= app["port"] < LEAST_PORT else "no TCP port"
        expected = f"{LEAST_PORT} to {MOST_PORT}: the app does not run as root, to whom smaller ones belong"
        found.append(problem("port", what, app["port"], expected))
    path = app.get("health_path", "/")
    if not path.startswith("/"):
        found.append(problem("health_path", "no path", path, "a path that starts with '/'"))
    return found


def _env_problems(key: str, value: str) -> list[str]:
    """https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"""
    found = []
    if not _ENV.fullmatch(key):
        expected = "letters, digits, '_', '-' and '.', first no digit, e.g. 'LOG_LEVEL'"
        found.append(problem(f"env.{key}", "no name of a variable", key, expected))
    if "\0" in value or len(key) + len(value.encode()) + 2 > LONGEST_ENV:
        expected = f"no NUL, and less than {LONGEST_ENV} bytes with its name: Linux starts no program with more"
        found.append(problem(f"env.{key}", "no value of a variable", f"{len(value)} characters", expected))
    return found


def _permission_problems(permission: AwsPermissionSpec) -> list[str]:
    found = []
    for action in permission["actions"]:
        if not _ACTION.fullmatch(action) or action.split(":")[0] in _FORBIDDEN_SERVICES:
            expected = f"e.g. 's3:GetObject', of any service but {', '.join(_FORBIDDEN_SERVICES)}"
            found.append(problem("actions", "no action that an app may have", action, expected))
        else:
            found += action_problems("actions", action)
    for resource in permission["resources"]:
        found += [] if resource == "*" else resource_problems("resources", resource)
    for key, values in (("actions", permission["actions"]), ("resources", permission["resources"])):
        if not values:
            found.append(problem(key, "none", [], "at least one"))
    return found or never_granted(permission["actions"], permission["resources"])


def replicas(app: AppSpec, tier: str) -> ReplicasSpec:
    """Fewest and most pods."""
    least, most = TIERS[tier].replicas
    return app.get("replicas", ReplicasSpec(min=least, max=most))


def pod_size(app: AppSpec) -> Amount:
    """What one pod of an app asks for."""
    return Amount(parse(app.get("cpu", DEFAULT_CPU)), parse(app.get("memory", DEFAULT_MEMORY)), 1)


def surge(pods: int) -> int:
    """Pods beyond the wanted number while an app is rolled out: Kubernetes' maxSurge of 25 %, rounded up."""
    return ceil(pods / 4)


def temporary_limit(app: AppSpec) -> str:
    """What a pod may leave on its node's disk: /tmp and its logs."""
    return quantities.memory(parse(app.get("temporary_storage", DEFAULT_TEMPORARY)) + parse(ROOM_FOR_LOGS))


def cpu_limit(app: AppSpec) -> str:
    """The CPU that a pod may burst to."""
    return quantities.cpu(parse(app.get("cpu", DEFAULT_CPU)) * CPU_LIMIT_FACTOR)


def grants(permissions: list[AwsPermissionSpec]) -> str:
    """The policy that gives an app's role its rights."""
    return document(
        *({"Effect": "Allow", "Action": asked["actions"], "Resource": asked["resources"]} for asked in permissions)
    )
