"""What stands in a stack file, a team file and a release file: the library's own specs, put together."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from roadstead.cluster.cluster_addons_spec import ClusterAddonsSpec
from roadstead.cluster.cluster_spec import ClusterSpec
from roadstead.cluster.node_group_spec import NodeGroupSpec
from roadstead.core.problems import spec
from roadstead.network.network_spec import NetworkSpec
from roadstead.tenancy.team_spec import TeamSpec
from roadstead.workload.app_spec import AppSpec

Releases = dict[str, dict[str, str]]
"""A release file: the digest that runs, by team and app."""


@spec
class ExistingClusterSpec(TypedDict):
    """A cluster that is there already, inside or outside AWS. Nothing is made in AWS."""

    context: str
    """Context of the kubeconfig."""
    kubeconfig: NotRequired[str]
    """Path of the kubeconfig. Default: KUBECONFIG of the environment, else ~/.kube/config."""
    version: NotRequired[str]
    """Kubernetes version of the cluster, e.g. "1.36". Default: whatever it is."""


@spec
class StackSpec(TypedDict):
    """An environment."""

    tier: str
    """"development", "staging" or "production": everything that differs by default follows from it."""
    teams: list[str]
    """Teams that this environment has, each with a file infra/teams/<team>.yaml."""
    account_id: NotRequired[str]
    """AWS account of the environment, 12 digits: nothing is ever changed in another one. Required unless existing_cluster is given."""
    network: NotRequired[NetworkSpec]
    """The VPC. Required unless existing_cluster is given."""
    cluster: NotRequired[ClusterSpec]
    """The EKS control plane. Required unless existing_cluster is given."""
    node_groups: NotRequired[dict[str, NodeGroupSpec]]
    """Node groups by name. Required unless existing_cluster is given."""
    node_release_version: NotRequired[str]
    """Release of the node image, e.g. "1.36.4-20260930": nodes change only when this does. Required unless existing_cluster is given."""
    addons: NotRequired[ClusterAddonsSpec]
    """Choices about EKS add-ons. Default: none."""
    registry: NotRequired[str]
    """Host of the registry that has the images. Default: this account's own ECR, with a repository for each app."""
    pull_account_ids: NotRequired[list[str]]
    """Other AWS accounts whose nodes pull images from this account's ECR. Default: none."""
    github_oidc_provider_arn: NotRequired[str]
    """ARN of the account's IAM OIDC provider for GitHub Actions. Default: one is made."""
    existing_cluster: NotRequired[ExistingClusterSpec]
    """A cluster that is there already. Default: a new one in AWS."""
    tags: NotRequired[dict[str, str]]
    """Tags of every AWS resource, beside "environment" and "managed-by". Default: none."""


@spec
class TeamAppSpec(AppSpec):
    """An app of a team."""

    namespace: NotRequired[str]
    """Namespace in which it runs, one of the team's. Default: the one that is named as the team is, or the team's only one."""


@spec
class TeamFileSpec(TeamSpec):
    """A team in all environments. Quotas are staging's; other tiers multiply them unless they say otherwise."""

    apps: NotRequired[dict[str, TeamAppSpec]]
    """The team's apps by name; one runs where infra/releases/<environment>.yaml has a digest for it. Default: none."""
    environments: NotRequired[dict[str, dict[str, Any]]]
    """What differs in an environment, by its name: any of the keys above; mappings are merged, all else is replaced. Default: nothing."""
