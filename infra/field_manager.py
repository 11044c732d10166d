"""Who owns the fields of a stack's Kubernetes objects."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceTransformationArgs, ResourceTransformationResult


def name_field_manager() -> None:
    """Gives every Kubernetes object of the stack one name for the owner of its fields, which is the sandbox's too.

    The provider would make one up for each object that it creates. What an `up` made that was then killed, or what the sandbox
    has applied, would have a second owner after the next `up`, and the API server would refuse its first change.
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
    """
    pulumi.runtime.register_stack_transformation(_with_field_manager)


def _with_field_manager(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    metadata = args.props.get("metadata")
    if not args.type_.startswith("kubernetes:") or not isinstance(metadata, Mapping):
        return None  # A chart, whose objects Helm applies.
    annotations = {"pulumi.com/patchFieldManager": "roadstead", **metadata.get("annotations", {})}
    return ResourceTransformationResult({**args.props, "metadata": {**metadata, "annotations": annotations}}, args.opts)
