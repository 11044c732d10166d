"""What an environment is made of, from top to bottom: each part is given what the one before it made."""

from typing import Any, NamedTuple

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import iam

from checks import apps, namespace_of
from providers import aws_provider, eks_provider, existing_provider
from roadstead import App, AppArgs, Cluster, ClusterAddons, Network, NodeGroup, Team, TeamArgs, TeamAwsArgs
from roadstead.core.ordering import after
from roadstead.identity.github import AUDIENCE, ISSUER
from roadstead.tenancy.tenancy_guard import TenancyGuard
from roadstead.tenancy.tenancy_guard_spec import ENFORCE
from settings import Settings
from team_namespaces import namespaces


class Place(NamedTuple):
    """Where teams and apps live."""

    providers: list[pulumi.ProviderResource]
    kubernetes_version: str | None
    aws: TeamAwsArgs | None
    """Nothing on a cluster outside AWS."""
    ready: list[Output[str]]
    """Known once pods can run."""
    outputs: dict[str, Input[Any]]


def build(settings: Settings) -> dict[str, Input[Any]]:
    """Makes everything; returns the stack's outputs."""
    place = _existing(settings) if "existing_cluster" in settings.stack else _platform(settings)
    isolation = settings.stack.get("isolation", ENFORCE)
    TenancyGuard(settings.environment, {"isolation": isolation}, ResourceOptions(providers=place.providers))
    teams = {name: _team(name, settings, place) for name in settings.teams}
    for name, app, _, _ in apps(settings.teams):
        _app(name, app, settings, place, teams[name])
    return {
        **place.outputs,
        "namespaces": {name: team.namespace_names.apply(list) for name, team in teams.items()},
        "role_arns": {name: team.role_arns for name, team in teams.items()},
        "key_arns": {name: team.key_arn for name, team in teams.items()},
        "repository_urls": {name: team.repository_urls for name, team in teams.items()},
    }


def _existing(settings: Settings) -> Place:
    """A cluster that is there already: only namespaces and apps are made."""
    cluster = settings.stack["existing_cluster"]
    return Place([existing_provider(cluster, settings.environment)], cluster.get("version"), None, [], {})


def _platform(settings: Settings) -> Place:
    """Network, control plane, add-ons and nodes in AWS."""
    stack, name, region = settings.stack, settings.environment, settings.region
    tier, tags, account_id = stack["tier"], stack.get("tags", {}), stack["account_id"]
    version, addons = stack["cluster"]["version"], stack.get("addons", {})
    aws = aws_provider(region, account_id, name, tags)
    on_aws = ResourceOptions(providers=[aws])

    network = Network(name, {**stack["network"], "tier": tier, "region": region, "tags": tags}, on_aws)
    cluster = Cluster(
        name,
        {
            **stack["cluster"],
            "tier": tier,
            "account_id": account_id,
            "region": region,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "tags": tags,
        },
        on_aws,
    )
    kubernetes = eks_provider(cluster.kubeconfig, name)
    before_nodes = ClusterAddons(
        f"{name}-before-nodes",
        {
            **addons,
            "phase": "before_nodes",
            "kubernetes_version": version,
            "region": region,
            "cluster_name": cluster.cluster_name,
            "cluster_arn": cluster.cluster_arn,
            "tags": tags,
        },
        ResourceOptions(providers=[aws, kubernetes]),
    )
    groups = [
        NodeGroup(
            f"{name}-{group}",
            {
                **spec,
                "region": region,
                "release_version": stack["node_release_version"],
                "cluster_name": before_nodes.cluster_name,
                "subnet_ids": network.private_subnet_ids,
                "tags": {"environment": name, **tags},
            },
            on_aws,
        )
        for group, spec in stack["node_groups"].items()
    ]
    after_nodes = ClusterAddons(
        f"{name}-after-nodes",
        {
            **addons,
            "phase": "after_nodes",
            "kubernetes_version": version,
            "region": region,
            "cluster_name": after(cluster.cluster_name, *(group.cluster_name for group in groups)),
            "cluster_arn": cluster.cluster_arn,
            "tags": tags,
        },
        ResourceOptions(providers=[aws, kubernetes]),
    )
    return Place(
        providers=[aws, kubernetes],
        kubernetes_version=version,
        aws={
            "account_id": account_id,
            "region": region,
            "cluster_name": cluster.cluster_name,
            "cluster_arn": cluster.cluster_arn,
            "github_oidc_provider_arn": _github_oidc_provider(settings, aws),
            "pull_account_ids": stack.get("pull_account_ids", []),
            "tags": tags,
        },
        ready=[after_nodes.cluster_name],
        outputs={
            "cluster_name": cluster.cluster_name,
            "cluster_arn": cluster.cluster_arn,
            "cluster_endpoint": cluster.endpoint,
            "kubeconfig_command": f"aws eks update-kubeconfig --region {region} --name {name}",
            "vpc_id": network.vpc_id,
            "private_subnet_ids": network.private_subnet_ids,
            "nat_public_ips": network.nat_public_ips,
        },
    )


def _github_oidc_provider(settings: Settings, aws: pulumi.ProviderResource) -> Input[str]:
    """IAM's trust in GitHub Actions: there is one an account, so it may be there already."""
    if "github_oidc_provider_arn" in settings.stack:
        return settings.stack["github_oidc_provider_arn"]
    return iam.OpenIdConnectProvider(
        "github-actions", url=ISSUER, client_id_lists=[AUDIENCE], opts=ResourceOptions(provider=aws)
    ).arn


def _team(name: str, settings: Settings, place: Place) -> Team:
    team = settings.teams[name]
    args: TeamArgs = {
        "team": name,
        "environment": settings.environment,
        "tier": settings.stack["tier"],
        "people": team.get("people", {}),
        "github_repositories": team.get("github_repositories", []),
        "namespaces": namespaces(name, settings),
    }
    if "registry" in settings.stack:
        args["registry"] = settings.stack["registry"]
    if place.kubernetes_version:
        args["kubernetes_version"] = place.kubernetes_version
    if place.aws:
        args["aws"] = place.aws
        if "registry" not in settings.stack:
            args["image_repositories"] = [f"{name}/{app}" for app in team.get("apps", {})]
    return Team(name, args, ResourceOptions(providers=place.providers))


def _app(team_name: str, app_name: str, settings: Settings, place: Place, team: Team) -> None:
    """One app, where a digest has been released; without one it only has its image repository."""
    digest = settings.releases.get(team_name, {}).get(app_name)
    if digest is None:
        pulumi.info(f"{team_name}/{app_name}: no digest in infra/releases/{settings.environment}.yaml, not deployed")
        return
    spec = settings.teams[team_name]["apps"][app_name]
    namespace = namespace_of(team_name, settings.teams[team_name], spec)
    repository = f"{team_name}/{app_name}"
    args: AppArgs = {
        **{key: value for key, value in spec.items() if key != "namespace"},  # type: ignore[typeddict-item]
        "app": app_name,
        "team": team_name,
        "tier": settings.stack["tier"],
        "namespace": after(team.namespace_names[namespace], *place.ready),
        "image": f"{settings.stack['registry']}/{repository}"
        if "registry" in settings.stack
        else team.repository_urls[repository],
        "digest": digest,
        "used_by": [
            f"{other_namespace}/{other}"
            for _, other, other_spec, other_namespace in apps(settings.teams)
            if f"{namespace}/{app_name}" in other_spec.get("uses", [])
        ],
    }
    if place.aws:
        args["cluster_name"] = after(Output.from_input(place.aws["cluster_name"]), *place.ready)
        args["cluster_arn"] = place.aws["cluster_arn"]
        args["permissions_boundary_arn"] = team.boundary_arn.apply(str)
        args["tags"] = {**settings.stack.get("tags", {}), "team": team_name}
    App(f"{team_name}.{app_name}", args, ResourceOptions(parent=team))
