"""How a team's people and its CI get into AWS and into the cluster."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import eks, iam

from roadstead.core.forms import account_problems, dns_label_problems, in_region
from roadstead.core.problems import checked
from roadstead.identity import documents
from roadstead.identity.boundary import TEAM_TAG, team_boundary
from roadstead.tenancy.personas import DEPLOYER, VIEWER, group
from roadstead.tenancy.team_access_spec import (
    TeamAccessSpec,
    personas,
    problems,
    trust_problems,
    trust_warnings,
    trusts,
)
from roadstead.tenancy.team_namespace_spec import team_name_problems

LONGEST_ENVIRONMENT_NAME = 20


class TeamAccessArgs(TeamAccessSpec):
    """Who belongs to the team, and where they get in."""

    team: str
    """Name of the team, a DNS label of at most 20 characters."""
    environment: str
    """Name of the environment, a DNS label of at most 20 characters; part of the roles' names, and the GitHub environment that may deploy."""
    account_id: str
    """AWS account of the cluster, 12 digits."""
    region: str
    """AWS region of the cluster."""
    cluster_name: Input[str]
    """Name of the EKS cluster."""
    cluster_arn: Input[str]
    """ARN of the EKS cluster."""
    github_oidc_provider_arn: NotRequired[Input[str]]
    """ARN of the account's IAM OIDC provider for GitHub Actions. Required with `github_repositories`."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that is made here, beside "team". Default: none."""


class TeamAccess(pulumi.ComponentResource):
    """Roles and access entries of one team's people and CI.

    Makes for each persona that somebody has an IAM role named `<environment>-<team>-<persona>` and an access entry that
    puts the role into the persona's Kubernetes group; and the team's permissions boundary, which every one of them has.
    Developers and viewers take their role on with `sts:AssumeRole`, the deployer through GitHub's OIDC tokens.

    Grants each role `eks:DescribeCluster` on the cluster (for a kubeconfig); developer and deployer also
    `ecr:GetAuthorizationToken`. Images and keys grant their rights in their own policies.

    https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    role_arns: Output[dict[str, str]]
    """ARN of each persona's role, by "developer", "deployer" and "viewer"; only those that somebody has."""
    boundary_arn: Output[str]
    """ARN of the permissions boundary, for other roles of the team."""

    def __init__(self, name: str, args: TeamAccessArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(TeamAccess, name, args, _all_problems)
        super().__init__("roadstead:index:TeamAccess", name, {**args}, opts)
        tags = {**args.get("tags", {}), TEAM_TAG: args["team"]}
        for warning in trust_warnings(args, args["environment"], args["account_id"], args["region"]):
            pulumi.warn(warning, self)

        boundary = iam.Policy(
            f"{name}-boundary",
            name=f"{args['environment']}-{args['team']}-boundary",
            description=f"Outer limit of team {args['team']} in {args['environment']}",
            policy=team_boundary(args["team"]),
            tags=tags,
            opts=ResourceOptions(parent=self),
        )
        roles = {
            persona: self._persona(f"{name}-{persona}", persona, trust, boundary.arn, tags, args)
            for persona, trust in _trusts(args).items()
        }

        self.role_arns = Output.all(**roles)
        self.boundary_arn = boundary.arn
        self.register_outputs({"role_arns": self.role_arns, "boundary_arn": self.boundary_arn})

    def _persona(
        self,
        name: str,
        persona: str,
        trust: Input[str],
        boundary_arn: Output[str],
        tags: dict[str, str],
        args: TeamAccessArgs,
    ) -> Output[str]:
        child = ResourceOptions(parent=self)
        role = iam.Role(
            name,
            name=f"{args['environment']}-{args['team']}-{persona}",
            assume_role_policy=trust,
            permissions_boundary=boundary_arn,
            tags=tags,
            opts=child,
        )
        iam.RolePolicy(
            name,
            role=role.name,
            policy=Output.from_input(args["cluster_arn"]).apply(
                lambda arn: documents.cluster_user(arn, pulls_images=persona != VIEWER)
            ),
            opts=child,
        )
        eks.AccessEntry(
            name,
            cluster_name=args["cluster_name"],
            principal_arn=role.arn,
            kubernetes_groups=[group(args["team"], persona)],
            tags=tags,
            opts=child,
        )
        return role.arn


def _trusts(args: TeamAccessArgs) -> dict[str, Input[str]]:
    """Who may take on each persona's role; nothing for a persona that nobody has."""
    provider = Output.from_input(args.get("github_oidc_provider_arn", ""))
    where = args["environment"], args["account_id"], args["region"]
    people: TeamAccessSpec = {"people": args.get("people", {})}
    ci: TeamAccessSpec = {"github_repositories": args.get("github_repositories", [])}
    found: dict[str, Input[str]] = {**trusts(people, *where, "")}
    if personas(ci):
        found[DEPLOYER] = provider.apply(lambda arn: trusts(ci, *where, arn)[DEPLOYER])
    return found


def _all_problems(args: TeamAccessArgs) -> list[str]:
    found = team_name_problems("team", args["team"])
    found += dns_label_problems("environment", args["environment"], longest=LONGEST_ENVIRONMENT_NAME)
    found += account_problems("account_id", args["account_id"])
    if args.get("github_repositories") and "github_oidc_provider_arn" not in args:
        found.append("github_oidc_provider_arn: missing key; expected an ARN, because of github_repositories")
    found += in_region(args) + problems(args)
    return found or trust_problems(args, args["environment"], args["account_id"], args["region"])
