"""Other environments than ours: each a few values in the files of a stack that are different, or are not there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from roadstead.tool import yaml_files

Values = Mapping[tuple[str, ...], Any]
"""By keys; `None` takes one away."""
PAYMENTS, STOREFRONT, DATA = (f"infra/teams/{team}.yaml" for team in ("payments", "storefront", "data"))
OTHER_REGION = "eu-central-1"


class Variation(NamedTuple):
    """A stack, and what is different in each file."""

    stack: str
    files: Mapping[str, Values]

    def apply(self, project: Path) -> None:
        """Changes the files of a project."""
        for file, values in self.files.items():
            content = yaml_files.load(project / file)
            for keys, value in values.items():
                _put(content, keys, value)
            (project / file).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _put(content: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    *parents, last = keys
    for key in parents:
        content = content.setdefault(key, {})
    if value is None:
        del content[last]
    else:
        content[last] = value


def _stack(values: Mapping[str, Any], stack: str = "staging") -> Variation:
    """Settings of the stack's own file, whose keys are written with dots."""
    return Variation(stack, {f"Pulumi.{stack}.yaml": {_keys(path): value for path, value in values.items()}})


def _keys(path: str) -> tuple[str, ...]:
    return ("config", *f"roadstead:{path}".split("."))


def _team(file: str, values: Values, stack: str = "staging") -> Variation:
    return Variation(stack, {file: values})


VARIATIONS: dict[str, Variation] = {
    "two zones": _stack({"network.zones": ["eu-west-1a", "eu-west-1c"]}),
    "a NAT gateway a zone": _stack({"network.nat": "per_zone"}),
    "a network that is there": _stack(
        {
            "network": {
                "existing": {
                    "vpc_id": "vpc-0abc",
                    "private_subnet_ids": {"eu-west-1a": "subnet-0a", "eu-west-1b": "subnet-0b"},
                }
            }
        }
    ),
    "a private endpoint": _stack({"cluster.public_access_cidrs": None}),
    "other Services and logs": _stack(
        {"cluster.service_cidr": "172.20.0.0/16", "cluster.control_plane_logs": ["audit"], "cluster.zonal_shift": True}
    ),
    "prefixes of addresses": _stack({"addons.prefix_delegation": True}),
    "no spot nodes": _stack(
        {"node_groups": {"plain": {"instance_types": ["m7g.large"], "min_size": 3, "max_size": 9}}}
    ),
    "nodes with labels, taints and disks": _stack(
        {
            "node_groups.system.labels": {"disk": "large"},
            "node_groups.system.disk_gib": 200,
            "node_groups.more": {
                "instance_types": ["c7g.large"],
                "min_size": 0,
                "max_size": 2,
                "taints": [{"key": "acme.com/batch", "effect": "NO_EXECUTE"}],
            },
        }
    ),
    "another region": Variation(
        "staging",
        {
            "Pulumi.staging.yaml": {
                ("config", "aws:region"): OTHER_REGION,
                ("config", "roadstead:network", "zones"): [f"{OTHER_REGION}{zone}" for zone in "abc"],
            }
        },
    ),
    "a registry of one's own": _stack({"registry": "registry.example.com"}),
    "trust in GitHub that is there": _stack(
        {"github_oidc_provider_arn": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
    ),
    "production's rules": _stack(
        {"tier": "production", "node_groups.system.taints": [], "node_groups.system.max_size": 9}
    ),
    "one team": _stack({"teams": ["data"]}),
    "nobody in a team": _team(PAYMENTS, {("people",): None, ("github_repositories",): None}),
    "several namespaces": _team(
        STOREFRONT,
        {
            ("namespaces", "storefront-jobs"): {"quota": {"cpu": "8", "memory": "16Gi", "pods": 40}},
            ("apps", "web", "namespace"): "storefront-jobs",
            ("apps", "catalog", "namespace"): "storefront",
        },
    ),
    "spot never": _team(DATA, {("apps", "ingest", "spot"): "never"}, "production"),
    "nothing released": _team(
        "infra/releases/staging.yaml", {("data",): None, ("payments",): None, ("storefront",): None}
    ),
    "production without spot nodes": _stack({"node_groups.spot": None}, "production"),
    "another cluster of one's own": _stack(
        {"existing_cluster": {"context": "kind-other", "version": "1.35"}, "registry": "registry.example.com"}, "local"
    ),
}
