"""What makes each right of the matrix: permissions that give it, or with which one can give it to oneself.

In the cluster: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks. On keys and
images, of IAM and of access entries: the actions that AWS's Service Authorization Reference calls permissions management,
and what comes to the same, https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html, 2026-11-21.
"""

from collections.abc import Mapping

DEPLOY, EXEC, READ_SECRETS, DECRYPT, PUSH, PULL, ADMINISTER = RIGHTS = (
    "deploy",
    "exec",
    "read secrets",
    "decrypt",
    "push",
    "pull",
    "administer",
)
Kinds = tuple[tuple[str, str, tuple[str, ...]], ...]
_RBAC, _WEBHOOKS = "rbac.authorization.k8s.io", "admissionregistration.k8s.io"
_WRITE, _BINDING = ("create", "update", "patch"), ("create", "update", "patch", "bind", "escalate")
_RUNS_PODS: Kinds = (
    ("", "pods", _WRITE),
    ("", "replicationcontrollers", _WRITE),
    *(("apps", kind, _WRITE) for kind in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    *(("batch", kind, _WRITE) for kind in ("jobs", "cronjobs")),
)
IN_CLUSTER: Mapping[str, Kinds] = {
    DEPLOY: _RUNS_PODS,
    EXEC: (
        ("", "pods/exec", ("create", "get")),
        ("", "pods/attach", ("create", "get")),
        ("", "pods/ephemeralcontainers", ("update", "patch")),
        ("", "nodes/proxy", ("create", "get")),
        # Who has a pod's identity needs no shell in it.
        ("", "serviceaccounts", ("impersonate",)),
        ("", "serviceaccounts/token", ("create",)),
    ),
    # A pod may mount every secret of its namespace.
    READ_SECRETS: (("", "secrets", ("get", "list", "watch")), *_RUNS_PODS),
    ADMINISTER: (
        *((_RBAC, kind, _BINDING) for kind in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")),
        ("", "namespaces", ("update", "patch")),
        ("", "users", ("impersonate",)),
        ("", "groups", ("impersonate",)),
        ("", "persistentvolumes", ("create",)),
        ("certificates.k8s.io", "certificatesigningrequests/approval", ("update", "patch")),
        (_WEBHOOKS, "mutatingwebhookconfigurations", _WRITE),
        (_WEBHOOKS, "validatingwebhookconfigurations", _WRITE),
    ),
}
"""Any of these verbs on any of these resources."""
OF_NO_NAMESPACE = frozenset(
    [
        "clusterroles",
        "clusterrolebindings",
        "nodes/proxy",
        "users",
        "groups",
        "persistentvolumes",
        "certificatesigningrequests/approval",
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
    ]
)
"""Resources for which a grant in a namespace gives nothing."""
ON_KEYS: Mapping[str, tuple[str, ...]] = {
    DECRYPT: ("kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"),
    ADMINISTER: ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"),
}
ON_REPOSITORIES: Mapping[str, tuple[str, ...]] = {
    PUSH: ("ecr:PutImage",),
    PULL: ("ecr:BatchGetImage",),
    ADMINISTER: ("ecr:SetRepositoryPolicy", "ecr:DeleteRepository"),
}
IAM, ACCESS_ENTRIES = "IAM", "access entries"
IN_ACCOUNT: Mapping[str, tuple[str, ...]] = {
    IAM: (
        *(
            f"iam:{verb}{kind}Policy"
            for verb in ("Attach", "Delete", "Detach", "Put")
            for kind in ("Group", "Role", "User")
        ),
        *(f"iam:{verb}{kind}PermissionsBoundary" for verb in ("Delete", "Put") for kind in ("Role", "User")),
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:AddUserToGroup",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
    ),
    ACCESS_ENTRIES: ("eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "eks:UpdateAccessEntry"),
}
"""What administers what decides about everything else, wherever a policy of one's own allows it."""
