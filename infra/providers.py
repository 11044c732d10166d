"""The explicit providers. Nothing is made through a default one, which would use whatever the machine is signed in to."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input, ResourceTransformationArgs, ResourceTransformationResult

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


def name_field_manager() -> None:
    """Gives every Kubernetes object of the stack one name for the owner of its fields, which is the sandbox's too.

    The provider would make one up for each object that it creates. What an `up` made that was then killed, or what the sandbox
    has applied, would have a second owner after the next `up`, and the API server would refuse its first change.
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
    """
    pulumi.runtime.register_stack_transformation(_with_field_manager)


def _with_field_manager(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    if not args.type_.startswith("kubernetes:"):
        return None
    metadata: Any = args.props["metadata"]
    annotations = {"pulumi.com/patchFieldManager": "roadstead", **metadata.get("annotations", {})}
    return ResourceTransformationResult({**args.props, "metadata": {**metadata, "annotations": annotations}}, args.opts)
