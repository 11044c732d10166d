"""Which way properties of Kubernetes objects are weaker.

Defaults are those of k8s.io/api and k8s.io/kubernetes, modules of Kubernetes 1.36.3 (read on 2026-11-30). The page that a row names explains the
property; these pages were not read for it.
"""

from math import inf

from roadstead.tool.review.protection.at_once import Evictions
from roadstead.tool.review.protection.row import (
    ADMISSION,
    AVAILABILITY,
    DELETION,
    ENCRYPTION,
    MODEST,
    PODS,
    QUOTA,
    SERIOUS,
    SLIGHT,
    Guard,
    Row,
)
from roadstead.tool.review.protection.ways import Given, Members, Number, Ranked, Release, Switch

DOCS = "https://kubernetes.io/docs"
LEVELS = ("privileged", "baseline", "restricted")
_LABEL = "pod-security.kubernetes.io"

ROWS = (
    Row(
        ADMISSION, ("Namespace",), (f'metadata.labels["{_LABEL}/enforce"]',), Ranked(LEVELS, "privileged"),
        "its Pod Security level goes from {old} to {new}: pods that run as root or with more capabilities may be admitted",
        "Keep the level; give what needs more a namespace of its own.",
        SERIOUS, f"{DOCS}/concepts/security/pod-security-admission/", keys=("pod_security",),
    ),
    Row(
        ADMISSION, ("Namespace",), (f'metadata.labels["{_LABEL}/warn"]', f'metadata.labels["{_LABEL}/audit"]'),
        Ranked(LEVELS, "privileged"),
        "pods that break the level {old} are no longer warned of or audited ({new} instead)",
        "Keep the level.", SLIGHT, f"{DOCS}/concepts/security/pod-security-admission/",
    ),
    Row(
        ADMISSION, ("Namespace",), tuple(f'metadata.labels["{_LABEL}/{mode}-version"]' for mode in ("enforce", "warn", "audit")),
        Release(), "its pods are held to the Pod Security of Kubernetes {new} instead of {old}",
        "Take the version of the cluster.", MODEST, f"{DOCS}/concepts/security/pod-security-admission/",
    ),
    Row(
        QUOTA, ("ResourceQuota",), ("spec.hard.*",), Number(more=False, absent=inf),
        "{item} may be {new} instead of {old}", "Confirm it with whoever pays for the nodes.",
        SLIGHT, f"{DOCS}/concepts/policy/resource-quotas/", but=("services.loadbalancers", "services.nodeports"),
    ),
    Row(
        QUOTA, ("ResourceQuota",), ('spec.hard["services.loadbalancers"]', 'spec.hard["services.nodeports"]'),
        Number(more=False, absent=inf),
        "{item} may be {new} instead of {old}, each of which opens the cluster to the outside",
        "Keep them at what is needed.", SERIOUS, f"{DOCS}/concepts/policy/resource-quotas/",
    ),
    Row(
        QUOTA, ("LimitRange",), ("spec.limits[kept].default.*", "spec.limits[kept].defaultRequest.*"),
        Given(), "{item} of containers has no default of the namespace any more",
        "Keep it: one container may take what others need.", MODEST, f"{DOCS}/concepts/policy/limit-range/",
    ),
    Row(
        QUOTA, ("LimitRange",), ("spec.limits[kept].max.*",), Number(more=False, absent=inf),
        "the most for {item} is {new} instead of {old}", "Confirm it: one container may take what others need.",
        MODEST, f"{DOCS}/concepts/policy/limit-range/",
    ),
    Row(
        AVAILABILITY, ("PodDisruptionBudget",), ("spec",), Evictions(),
        "more of its pods may be evicted at once", "Keep the budget.",
        SLIGHT, f"{DOCS}/tasks/run-application/configure-pdb/",
    ),
    Row(
        ENCRYPTION, ("StorageClass",), ("parameters.encrypted",), Switch(),
        "new volumes of this class are no longer encrypted", "Keep them encrypted.",
        SERIOUS, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md",
    ),
    Row(
        ENCRYPTION, ("StorageClass",), ("parameters.kmsKeyId",), Given(),
        "new volumes of this class are no longer encrypted with a key of the account's own", "Keep the key.",
        MODEST, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md",
    ),
    Row(
        DELETION, ("StorageClass",), ("reclaimPolicy",), Ranked(("Delete", "Retain"), "Delete"),
        "volumes of this class go with their claims", "Keep Retain.",
        MODEST, f"{DOCS}/concepts/storage/storage-classes/#reclaim-policy",
    ),
    Row(
        PODS, ("ServiceAccount",), ("automountServiceAccountToken",), Switch(protects=False, absent=True),
        "pods that say nothing themselves get its token", "Leave it off.",
        MODEST, f"{DOCS}/tasks/configure-pod-container/configure-service-account/",
    ),
    Row(
        DELETION, ("Secret", "ConfigMap"), ("immutable",), Switch(), "what is in it can be changed under its users",
        "Leave it immutable.", SLIGHT, f"{DOCS}/concepts/configuration/secret/#secret-immutable",
    ),
    Row(
        ADMISSION, ("ValidatingAdmissionPolicy",), ("spec.failurePolicy",), Ranked(("Ignore", "Fail"), "Fail"),
        "what it cannot judge is admitted", "Keep Fail.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/validating-admission-policy/",
    ),
    Row(
        ADMISSION, ("ValidatingAdmissionPolicyBinding",), ("spec.validationActions",), Members(),
        "it no longer does {lost}", "Keep Deny.", SERIOUS, f"{DOCS}/reference/access-authn-authz/validating-admission-policy/",
    ),
    Row(
        ADMISSION, ("ValidatingWebhookConfiguration",), ("webhooks[].failurePolicy",), Ranked(("Ignore", "Fail"), "Fail"),
        "what {item} cannot judge is admitted", "Keep Fail.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/extensible-admission-controllers/",
    ),
    Row(
        ADMISSION, ("ValidatingWebhookConfiguration",), ("webhooks[kept]",), Given(),
        "what {item} denied is admitted", "Keep the webhook.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/extensible-admission-controllers/",
    ),
)  # fmt: skip

GUARDS = (
    Guard(
        AVAILABILITY, "PodDisruptionBudget", "spec.selector", "all of its pods may be evicted at once", "Keep the budget.",
        MODEST, f"{DOCS}/tasks/run-application/configure-pdb/",
    ),
    Guard(
        QUOTA, "ResourceQuota", "metadata.namespace", "the namespace may take all that the cluster has", "Keep a quota.",
        SERIOUS, f"{DOCS}/concepts/policy/resource-quotas/",
    ),
    Guard(
        QUOTA, "LimitRange", "metadata.namespace", "containers that say nothing have no limits", "Keep the limits.",
        MODEST, f"{DOCS}/concepts/policy/limit-range/",
    ),
    Guard(
        ADMISSION, "ValidatingAdmissionPolicyBinding", "(stack)", "what it denied is admitted", "Keep it.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/validating-admission-policy/",
    ),
    Guard(
        ADMISSION, "ValidatingAdmissionPolicy", "(stack)", "what it denied is admitted", "Keep it.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/validating-admission-policy/",
    ),
    Guard(
        ADMISSION, "ValidatingWebhookConfiguration", "(stack)", "what it denied is admitted", "Keep it.",
        SERIOUS, f"{DOCS}/reference/access-authn-authz/extensible-admission-controllers/",
    ),
)  # fmt: skip
