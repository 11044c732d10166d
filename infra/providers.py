"""The explicit providers. Nothing is made through a default one, which would use whatever the machine is signed in to."""

import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input

from spec import ExistingClusterSpec


def aws_provider(region: str, account_id: str, environment: str, tags: dict[str, str]) -> aws.Provider:
    """AWS in one region of one account; credentials of any other account are refused."""
    return aws.Provider(
        "aws",
        region=region,
        allowed_account_ids=[account_id],
        default_tags={"tags": {"environment": environment, "managed-by": "roadstead", **tags}},
    )


def eks_provider(kubeconfig: Input[str], cluster_name: str) -> kubernetes.Provider:
    """Kubernetes on the environment's own cluster.

    The identifier is fixed: whatever else changes about the cluster, its objects are not replaced.
    """
    return kubernetes.Provider("kubernetes", kubeconfig=kubeconfig, cluster_identifier=cluster_name)


def existing_provider(cluster: ExistingClusterSpec, environment: str) -> kubernetes.Provider:
    """Kubernetes on a cluster that is there already."""
    return kubernetes.Provider(
        "kubernetes",
        kubeconfig=cluster.get("kubeconfig"),
        context=cluster["context"],
        cluster_identifier=environment,
    )
