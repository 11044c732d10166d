"""Which way properties of workloads and their pods are weaker.

Defaults are those of k8s.io/api and k8s.io/kubernetes, modules of Kubernetes 1.36.3 (read on 2026-11-30). The page that a row names explains the
property; these pages were not read for it.
"""

from roadstead.tool.review.protection.row import AVAILABILITY, MODEST, PODS, SERIOUS, SLIGHT, Row
from roadstead.tool.review.protection.ways import Given, Members, Number, Ranked, Switch, User

DOCS = "https://kubernetes.io/docs"
STANDARDS = f"{DOCS}/concepts/security/pod-security-standards/"
PODS_OF = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")


def _of_containers(path: str) -> tuple[str, ...]:
    return tuple(f"{{pod}}.{containers}[].{path}" for containers in ("containers", "initContainers"))


ROWS = (
    Row(
        PODS, PODS_OF, _of_containers("securityContext.privileged"), Switch(protects=False),
        "container {item} has all rights on its node", "Take away privileged.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.allowPrivilegeEscalation"), Switch(protects=False, absent=True),
        "container {item} may gain rights that it was not started with", "Keep allowPrivilegeEscalation: false.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.capabilities.drop"), Members(everything="ALL"),
        "container {item} no longer drops the capabilities {lost}", "Drop ALL.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.capabilities.add"), Members(protect=False, everything="ALL"),
        "container {item} gets the capabilities {lost}", "Do without them.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.readOnlyRootFilesystem"), Switch(),
        "container {item} may write to its root filesystem, and so change the program that it runs",
        "Keep it read-only; give it an emptyDir for what it writes.", MODEST,
        f"{DOCS}/tasks/configure-pod-container/security-context/",
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.procMount"), Ranked(("Unmasked", "Default"), "Default"),
        "container {item} sees all of /proc", "Keep the default.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.runAsNonRoot"), Switch(),
        "container {item} may run as root", "Keep runAsNonRoot: true.", SERIOUS, STANDARDS, instead="{pod}.securityContext.runAsNonRoot",
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.runAsUser"), User(),
        "container {item} runs as user {new} instead of {old}", "Name a user other than 0.", SERIOUS, STANDARDS,
        instead="{pod}.securityContext.runAsUser",
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.seccompProfile.type"),
        Ranked(("Unconfined", "RuntimeDefault", "Localhost"), "Unconfined"),
        "container {item} may make every system call ({new} instead of {old})", "Keep RuntimeDefault.", SERIOUS, STANDARDS,
        instead="{pod}.securityContext.seccompProfile.type",
    ),
    Row(
        PODS, PODS_OF, _of_containers("securityContext.appArmorProfile.type"),
        Ranked(("Unconfined", "RuntimeDefault", "Localhost"), "RuntimeDefault"),
        "container {item} is no longer held by AppArmor", "Keep the profile.", SERIOUS, STANDARDS,
        instead="{pod}.securityContext.appArmorProfile.type",
    ),
    Row(
        PODS, PODS_OF, ("{pod}.hostPID", "{pod}.hostIPC"), Switch(protects=False),
        "its pods see the processes or the memory of their node", "Take it away.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, ("{pod}.hostNetwork",), Switch(protects=False),
        "its pods are on the network of their node, past every network policy", "Take it away.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, ("{pod}.hostUsers",), Switch(protects=False, absent=True),
        "its users are those of the node", "Keep hostUsers: false.", MODEST, f"{DOCS}/concepts/workloads/pods/user-namespaces/",
    ),
    Row(
        PODS, PODS_OF, ("{pod}.shareProcessNamespace",), Switch(protects=False),
        "its containers see each other's processes and files", "Leave it off.", SLIGHT,
        f"{DOCS}/tasks/configure-pod-container/share-process-namespace/",
    ),
    Row(
        PODS, PODS_OF, ("{pod}.automountServiceAccountToken",), Switch(protects=False, absent=True),
        "its pods get a token for the API server", "Keep automountServiceAccountToken: false.",
        MODEST, f"{DOCS}/tasks/configure-pod-container/configure-service-account/", instead="(service account)",
    ),
    Row(
        PODS, PODS_OF, ("{pod}.volumes[].hostPath",), Given(protects=False),
        "its pods get a folder of their node ({item})", "Take a volume of another kind.", SERIOUS, STANDARDS,
    ),
    Row(
        PODS, PODS_OF, ("{pod}.tolerations",), Members(protect=False, but=frozenset({"roadstead.dev/spot"})),
        "its pods may now run on nodes with the taint {lost}", "Confirm that those nodes are meant for it.",
        MODEST, f"{DOCS}/concepts/scheduling-eviction/taint-and-toleration/",
    ),
    Row(
        AVAILABILITY, PODS_OF, ("{pod}.topologySpreadConstraints[kept].whenUnsatisfiable",),
        Ranked(("nothing", "ScheduleAnyway", "DoNotSchedule"), "nothing"),
        "its pods may all be in one {item}", "Keep them spread.",
        MODEST, f"{DOCS}/concepts/scheduling-eviction/topology-spread-constraints/",
    ),
    Row(
        AVAILABILITY, PODS_OF, ("{pod}.topologySpreadConstraints[].maxSkew",), Number(more=False, absent=1),
        "one {item} may have {new} pods more than another instead of {old}", "Keep them spread.",
        SLIGHT, f"{DOCS}/concepts/scheduling-eviction/topology-spread-constraints/",
    ),
    Row(
        PODS, PODS_OF, ("{pod}.priorityClassName",), Given(protects=False),
        "its pods may push others off their nodes (priority class {new})", "Confirm that it matters more than what it pushes away.",
        MODEST, f"{DOCS}/concepts/scheduling-eviction/pod-priority-preemption/",
    ),
    Row(
        AVAILABILITY, PODS_OF, ("{pod}.terminationGracePeriodSeconds",), Number(more=True, absent=30, unit=" s"),
        "its containers have {new} to stop instead of {old}", "Leave them the time that they need.",
        SLIGHT, f"{DOCS}/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    ),
    Row(
        AVAILABILITY, PODS_OF, _of_containers("startupProbe"), Given(),
        "container {item} is killed by its liveness probe when it takes long to start", "Keep the startup probe.",
        SLIGHT, f"{DOCS}/concepts/configuration/liveness-readiness-startup-probes/",
    ),
    Row(
        AVAILABILITY, PODS_OF, _of_containers("lifecycle.preStop"), Given(),
        "container {item} is told to stop while requests still come to it", "Keep the preStop hook.",
        SLIGHT, f"{DOCS}/concepts/containers/container-lifecycle-hooks/",
    ),
    Row(
        AVAILABILITY, ("Deployment",), ("spec.strategy.rollingUpdate.maxUnavailable",), Number(more=False, absent=25),
        "a rollout takes {new} of its pods away before others are ready, instead of {old}", "Keep it at 0.",
        SLIGHT, f"{DOCS}/concepts/workloads/controllers/deployment/#max-unavailable",
    ),
    Row(
        AVAILABILITY, ("Deployment",), ("spec.strategy.type",), Ranked(("Recreate", "RollingUpdate"), "RollingUpdate"),
        "a rollout stops all of its pods before it starts others", "Keep RollingUpdate.",
        MODEST, f"{DOCS}/concepts/workloads/controllers/deployment/#strategy",
    ),
)  # fmt: skip
