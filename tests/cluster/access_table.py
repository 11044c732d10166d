"""Who may do what in a team's namespaces, written down by hand: verbs by resource, for staging.

Anything that is not here is forbidden: any other verb, any other resource, any other namespace.
"""

READ = {"get", "list", "watch"}
WRITE = {"create", "update", "patch", "delete"}

VIEWER: dict[tuple[str, str], set[str]] = {
    ("", "configmaps"): READ,
    ("", "endpoints"): READ,
    ("", "events"): READ,
    ("", "limitranges"): READ,
    ("", "persistentvolumeclaims"): READ,
    ("", "pods"): READ,
    ("", "pods/log"): READ,
    ("", "resourcequotas"): READ,
    ("", "serviceaccounts"): READ,
    ("", "services"): READ,
    ("apps", "controllerrevisions"): READ,
    ("apps", "daemonsets"): READ,
    ("apps", "deployments"): READ,
    ("apps", "replicasets"): READ,
    ("apps", "statefulsets"): READ,
    ("autoscaling", "horizontalpodautoscalers"): READ,
    ("batch", "cronjobs"): READ,
    ("batch", "jobs"): READ,
    ("discovery.k8s.io", "endpointslices"): READ,
    ("events.k8s.io", "events"): READ,
    ("metrics.k8s.io", "pods"): {"get", "list"},
    ("networking.k8s.io", "ingresses"): READ,
    ("networking.k8s.io", "networkpolicies"): READ,
    ("policy", "poddisruptionbudgets"): READ,
}
DEVELOPER = VIEWER | {
    ("", "pods"): READ | {"delete"},
    ("", "pods/portforward"): {"get", "create"},
    ("", "pods/exec"): {"get", "create"},
}
DEPLOYER = VIEWER | {
    ("", "configmaps"): READ | WRITE,
    ("", "persistentvolumeclaims"): READ | WRITE,
    ("", "secrets"): WRITE | {"get"},
    ("", "serviceaccounts"): READ | WRITE,
    ("", "services"): READ | WRITE,
    ("apps", "deployments"): READ | WRITE,
    ("apps", "statefulsets"): READ | WRITE,
    ("autoscaling", "horizontalpodautoscalers"): READ | WRITE,
    ("batch", "cronjobs"): READ | WRITE,
    ("batch", "jobs"): READ | WRITE,
    ("networking.k8s.io", "ingresses"): READ | WRITE,
    ("networking.k8s.io", "networkpolicies"): READ | WRITE,
    ("policy", "poddisruptionbudgets"): READ | WRITE,
}
MAY = {"viewer": VIEWER, "developer": DEVELOPER, "deployer": DEPLOYER}

SENSITIVE = {
    ("", "secrets"),
    ("", "namespaces"),
    ("", "nodes"),
    ("", "nodes/proxy"),
    ("", "persistentvolumes"),
    ("", "pods/attach"),
    ("", "pods/binding"),
    ("", "pods/ephemeralcontainers"),
    ("", "pods/eviction"),
    ("", "pods/exec"),
    ("", "pods/portforward"),
    ("", "pods/proxy"),
    ("", "replicationcontrollers"),
    ("", "serviceaccounts/token"),
    ("", "services/proxy"),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ("apiextensions.k8s.io", "customresourcedefinitions"),
    ("apps", "deployments/scale"),
    ("authentication.k8s.io", "tokenreviews"),
    ("authorization.k8s.io", "subjectaccessreviews"),
    ("certificates.k8s.io", "certificatesigningrequests"),
    ("certificates.k8s.io", "certificatesigningrequests/approval"),
    ("coordination.k8s.io", "leases"),
    ("elbv2.k8s.aws", "targetgroupbindings"),
    ("gateway.networking.k8s.io", "httproutes"),
    ("networking.k8s.aws", "policyendpoints"),
    ("networking.k8s.io", "ingressclasses"),
    ("rbac.authorization.k8s.io", "clusterrolebindings"),
    ("rbac.authorization.k8s.io", "clusterroles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("rbac.authorization.k8s.io", "roles"),
    ("scheduling.k8s.io", "priorityclasses"),
    ("storage.k8s.io", "storageclasses"),
}
"""What somebody would need for more than their own: looked at for everybody, granted to hardly anybody."""
RESOURCES = sorted(SENSITIVE.union(*MAY.values()))
VERBS = (
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "bind",
    "escalate",
    "impersonate",
    "use",
)
