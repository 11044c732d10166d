"""What an app's pods may leave on the disk of their node: /tmp and logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from roadstead.tenancy.quota import LEAST_TEMPORARY, TEMPORARY
from roadstead.workload.app_spec import DEFAULT_TEMPORARY, AppSpec, temporary_limit

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, VolumeArgsDict


def temporary_volume(name: str, app: AppSpec) -> VolumeArgsDict:
    """The volume for temporary files."""
    return {"name": name, "empty_dir": {"size_limit": app.get("temporary_storage", DEFAULT_TEMPORARY)}}


def with_temporary_storage(container: ContainerArgsDict, app: AppSpec) -> ContainerArgsDict:
    """A container that also says what it leaves there."""
    given = cast(Mapping[str, Mapping[str, str]], container["resources"])
    amounts = {"requests": LEAST_TEMPORARY, "limits": temporary_limit(app)}
    resources = {key: {**given[key], TEMPORARY: amount} for key, amount in amounts.items()}
    return cast("ContainerArgsDict", {**container, "resources": resources})
