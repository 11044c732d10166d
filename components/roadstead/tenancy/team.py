"""Everything that belongs to one team in one environment."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict

from roadstead.core.forms import dns_label_problems
from roadstead.core.problems import checked, problem
from roadstead.core.tiers import DEFAULT_TIER, tier_problems
from roadstead.encryption.encryption_key import EncryptionKey
from roadstead.identity.boundary import TEAM_TAG
from roadstead.registry.repository import Repository
from roadstead.tenancy.personas import DEPLOYER, DEVELOPER
from roadstead.tenancy.team_access import LONGEST_ENVIRONMENT_NAME, TeamAccess, TeamAccessArgs
from roadstead.tenancy.team_access_spec import personas
from roadstead.tenancy.team_namespace import TeamNamespace
from roadstead.tenancy.team_namespace_spec import team_name_problems
from roadstead.tenancy.team_spec import TeamSpec, problems


class _Version(TypedDict):
    kubernetes_version: NotRequired[str]


class TeamAwsArgs(TypedDict):
    """The AWS side of a team: leave it out for a cluster outside AWS."""

    account_id: str
    """AWS account of the environment, 12 digits."""
    region: str
    """AWS region of the environment."""
    cluster_name: Input[str]
    """Name of the EKS cluster."""
    cluster_arn: Input[str]
    """ARN of the EKS cluster."""
    github_oidc_provider_arn: NotRequired[Input[str]]
    """ARN of the account's IAM OIDC provider for GitHub Actions. Required where a team has `github_repositories`."""
    pull_account_ids: NotRequired[list[str]]
    """Other AWS accounts whose nodes pull the team's images. Default: none."""
    tags: NotRequired[dict[str, str]]
    """Tags of the team's AWS resources, beside "team". Default: none."""


class TeamArgs(TeamSpec):
    """What the team has, and where."""

    team: str
    """Name of the team, a DNS label of at most 20 characters, e.g. "payments"."""
    environment: str
    """Name of the environment, a DNS label of at most 20 characters, e.g. "staging"."""
    tier: NotRequired[str]
    """"development", "staging" or "production". Default: "production"."""
    kubernetes_version: NotRequired[str]
    """Kubernetes version whose Pod Security rules hold, e.g. "1.36". Default: the cluster's."""
    image_repositories: NotRequired[list[str]]
    """Names of image repositories to make, each `<team>/<name>`. Default: none."""
    aws: NotRequired[TeamAwsArgs]
    """The AWS side. Default: namespaces alone, without roles, key and image repositories."""


class Team(pulumi.ComponentResource):
    """A team: namespaces, and in AWS its roles, its key and its image repositories.

    Makes a `TeamNamespace` for each namespace and, with `aws`, a `TeamAccess`, an `EncryptionKey` named
    `<environment>/<team>` that asks for the encryption context of team and environment, and a `Repository` for each
    image repository. Needs a Kubernetes provider in `opts`, and with `aws` an AWS one.

    Grants, beside what those components grant: developers encrypt and decrypt with the team's key, the deployer
    decrypts with it; the deployer pushes the team's images, developers pull them.
    """

    namespace_names: Output[dict[str, str]]
    """Names of the namespaces, by name, known once they are capped and closed."""
    role_arns: Output[dict[str, str]]
    """ARN of each persona's role, by "developer", "deployer" and "viewer"; empty without `aws`."""
    boundary_arn: Output[str | None]
    """ARN of the team's permissions boundary; nothing without `aws`."""
    key_arn: Output[str | None]
    """ARN of the team's key; nothing without `aws`."""
    repository_urls: Output[dict[str, str]]
    """Address of each image repository, by name; empty without `aws`."""

    def __init__(self, name: str, args: TeamArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(Team, name, args, _all_problems)
        super().__init__("roadstead:index:Team", name, {**args}, opts)
        child = ResourceOptions(parent=self)
        tier = args.get("tier", DEFAULT_TIER)
        version: _Version = {"kubernetes_version": args["kubernetes_version"]} if "kubernetes_version" in args else {}

        self.namespace_names = Output.all(
            **{
                namespace: TeamNamespace(
                    f"{name}.{namespace}",
                    {
                        **spec,
                        "namespace": namespace,
                        "team": args["team"],
                        "tier": tier,
                        **version,
                    },
                    opts=child,
                ).namespace
                for namespace, spec in args["namespaces"].items()
            }
        )
        if "aws" in args:
            self._aws(name, args, args["aws"], tier)
        else:
            self.role_arns = Output.from_input({})
            self.boundary_arn = Output.from_input(None)
            self.key_arn = Output.from_input(None)
            self.repository_urls = Output.from_input({})
        self.register_outputs(
            {
                "namespace_names": self.namespace_names,
                "role_arns": self.role_arns,
                "boundary_arn": self.boundary_arn,
                "key_arn": self.key_arn,
                "repository_urls": self.repository_urls,
            }
        )

    def _aws(self, name: str, args: TeamArgs, aws: TeamAwsArgs, tier: str) -> None:
        child = ResourceOptions(parent=self)
        tags = {**aws.get("tags", {}), TEAM_TAG: args["team"]}
        region, account_id = aws["region"], aws["account_id"]
        access_args: TeamAccessArgs = {
            "team": args["team"],
            "environment": args["environment"],
            "account_id": account_id,
            "region": region,
            "cluster_name": aws["cluster_name"],
            "cluster_arn": aws["cluster_arn"],
            "people": args.get("people", {}),
            "github_repositories": args.get("github_repositories", []),
            "tags": tags,
        }
        if "github_oidc_provider_arn" in aws:
            access_args["github_oidc_provider_arn"] = aws["github_oidc_provider_arn"]
        access = TeamAccess(name, access_args, opts=child)
        developers: list[Input[str]] = [access.role_arns[DEVELOPER]] if DEVELOPER in personas(args) else []
        deployers: list[Input[str]] = [access.role_arns[DEPLOYER]] if DEPLOYER in personas(args) else []

        key = EncryptionKey(
            name,
            {
                "alias": f"{args['environment']}/{args['team']}",
                "account_id": account_id,
                "region": region,
                "encryption_context": {"team": args["team"], "environment": args["environment"]},
                "users": developers,
                "decrypters": deployers,
                "tier": tier,
                "tags": tags,
            },
            opts=child,
        )
        repositories = {
            repository: Repository(
                f"{name}.{repository.removeprefix(args['team'] + '/')}",
                {
                    "repository_name": repository,
                    "region": region,
                    "key_arn": key.key_arn,
                    "push_role_arns": deployers,
                    "pull_role_arns": developers,
                    "pull_account_ids": aws.get("pull_account_ids", []),
                    "tags": tags,
                },
                opts=child,
            ).repository_url
            for repository in args.get("image_repositories", [])
        }

        self.role_arns = access.role_arns
        self.boundary_arn = access.boundary_arn
        self.key_arn = key.key_arn
        self.repository_urls = Output.all(**repositories) if repositories else Output.from_input({})


def _all_problems(args: TeamArgs) -> list[str]:
    found = team_name_problems("team", args["team"])
    found += dns_label_problems("environment", args["environment"], longest=LONGEST_ENVIRONMENT_NAME)
    for repository in args.get("image_repositories", []):
        if not repository.startswith(f"{args['team']}/"):
            found.append(
                problem("image_repositories", "not the team's", repository, f"a name that starts with {args['team']}/")
            )
    return found + tier_problems(args.get("tier", DEFAULT_TIER)) + problems(args)
