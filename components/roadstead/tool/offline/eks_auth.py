"""Who gets into a cluster of the component `eks:index:Cluster` (pulumi-eks 4.4.0), as its source says: cluster/authenticationMode.ts."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from roadstead.tool.offline.graph import Unknown

MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
_OF_CONFIG_MAP = ("roleMappings", "userMappings", "instanceRoles")
_NODE = {"username": "system:node:{{EC2PrivateDNSName}}", "groups": ["system:bootstrappers", "system:nodes"]}


def has_config_map(given: Mapping[str, Any]) -> bool:
    """Whether there is an aws-auth ConfigMap. Without a mode there is nothing else."""
    return given.get("authenticationMode") in (None, "", "CONFIG_MAP", "API_AND_CONFIG_MAP")


def has_entries(given: Mapping[str, Any]) -> bool:
    """Whether there are access entries."""
    return given.get("authenticationMode") in ("API", "API_AND_CONFIG_MAP")


def refusal(given: Mapping[str, Any]) -> str:
    """What the plugin says to arguments that do not go together."""
    mode = given.get("authenticationMode")
    if mode and mode not in MODES:
        return f"Invalid value for authenticationMode: {mode}. Allowed values are: {', '.join(MODES)}."
    if not has_config_map(given):
        for key in _OF_CONFIG_MAP:
            if given.get(key):
                return f"The '{key}' property does not support non-empty values when 'authenticationMode' is set to '{mode}'."
    if not has_entries(given) and given.get("accessEntries"):
        is_set = f"set to '{mode}'" if mode else "not set"
        return f"The 'accessEntries' property is not supported when 'authenticationMode' is {is_set}."
    return ""


def config_map(given: Mapping[str, Any], node_roles: Iterable[Any]) -> dict[str, Any]:
    """The aws-auth ConfigMap: roles that are mapped, those of nodes after them, and users where some are."""
    roles = given.get("roleMappings") or []
    nodes = [{"roleArn": arn, **_NODE} for arn in node_roles]
    data = {"mapRoles": _mapped("rolearn", roles if isinstance(roles, Unknown) else [*roles, *nodes])}
    if users := given.get("userMappings"):
        data["mapUsers"] = _mapped("userarn", users)
    metadata = {
        "name": "aws-auth",
        "namespace": "kube-system",
        "annotations": {"pulumi.com/patchForce": "true"},
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "immutable": False, "metadata": metadata, "data": data}


def _mapped(key: str, mappings: Any) -> str | Unknown:
    """Mappings as YAML; while a part of them is not known, nothing of it is."""
    if isinstance(mappings, Unknown):
        return mappings
    arn = "roleArn" if key == "rolearn" else "userArn"
    lines = [{key: each[arn], "username": each["username"], "groups": each["groups"]} for each in mappings]
    parts = [
        part for line in lines for value in line.values() for part in (value if isinstance(value, list) else [value])
    ]
    return next((part for part in parts if isinstance(part, Unknown)), None) or yaml.dump(
        lines, Dumper=_Indented, sort_keys=False
    )


class _Indented(yaml.SafeDumper):
    """Writes lists as js-yaml does: under their key, two columns further in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Never without."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Says everything where it stands."""
        return True
