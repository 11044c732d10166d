"""A long-running program: one image, in any language."""

from typing import NotRequired

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import eks, iam
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgsDict
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
from pulumi_kubernetes.core.v1 import Service, ServiceAccount
from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from roadstead.core.forms import digest_problems, image_problems
from roadstead.core.problems import checked
from roadstead.core.tiers import DEFAULT_TIER, tier_problems
from roadstead.identity.pod_identity import pod_identity_trust
from roadstead.tenancy.team_namespace_spec import team_name_problems
from roadstead.workload.app_spec import AppSpec, grants, name_problems, problems, replicas
from roadstead.workload.network_rules import connections
from roadstead.workload.pod import NAME_LABEL, PORT_NAME, pod_spec

SERVICE_PORT = 80
BUSY_CPU_PERCENT = 70


class AppArgs(AppSpec):
    """What the app is, which image it runs, and where."""

    app: str
    """Name of the app, a DNS label of at most 40 characters: name of its Deployment, Service and service account."""
    team: str
    """Name of the team that owns it."""
    namespace: Input[str]
    """Namespace in which it runs."""
    image: Input[str]
    """Image repository, without tag or digest."""
    digest: str
    """Digest of the image, "sha256:…"."""
    tier: NotRequired[str]
    """"development", "staging" or "production"; decides replicas, spot and spread. Default: "production"."""
    used_by: NotRequired[list[str]]
    """Apps of other namespaces that call this one, each "namespace/app". Default: none."""
    cluster_name: NotRequired[Input[str]]
    """Name of the EKS cluster. Needed for `aws_permissions`; without it they are left out, as outside AWS."""
    cluster_arn: NotRequired[Input[str]]
    """ARN of the EKS cluster: only its own pods may take on the app's role. Needed beside `cluster_name`."""
    permissions_boundary_arn: NotRequired[Input[str]]
    """ARN of the permissions boundary of the app's role, usually the team's. Default: none."""
    tags: NotRequired[dict[str, str]]
    """Tags of the app's AWS resources. Default: none."""


class App(pulumi.ComponentResource):
    """An app: its pods, its address, and no more rights than it asked for.

    Makes a service account, a Deployment, a Service where it listens, a HorizontalPodAutoscaler that owns the number of
    its pods (also where it is fixed, so that a change of `replicas` never stops pods that are to stay), a PodDisruptionBudget that lets one pod go at a time and
    so never blocks a drain, a NetworkPolicy where it has connections beyond its namespace, and, where it asks for AWS
    rights, a role with its EKS Pod Identity association. Pods are admitted under Pod Security's level "restricted": no
    root, no writable root file system, no token. They spread over zones. Needs a Kubernetes provider in `opts`.

    Grants the app's pods what `aws_permissions` says, and nothing in the cluster.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """

    url: Output[str | None]
    """Address inside the cluster; nothing where the app does not listen."""
    role_arn: Output[str | None]
    """ARN of the app's role; nothing where it has none."""

    def __init__(self, name: str, args: AppArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(App, name, args, _all_problems)
        super().__init__("roadstead:index:App", name, {**args}, opts)
        child = ResourceOptions(parent=self)
        app, tier = args["app"], args.get("tier", DEFAULT_TIER)
        metadata = _metadata(args)

        account = ServiceAccount(
            name, metadata=metadata, automount_service_account_token=False, opts=child
        ).metadata.name
        least, most = replicas(args, tier)["min"], replicas(args, tier)["max"]
        spec: DeploymentSpecArgsDict = {
            # The first number; from then on it is the scaler's. To take the field away would set it to 1.
            "replicas": least,
            "selector": {"match_labels": {NAME_LABEL: app}},
            "revision_history_limit": 3,
            "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": "25%", "max_unavailable": 0}},
            "template": {
                "metadata": {"labels": _labels(args)},
                "spec": pod_spec(account, app, args, Output.concat(args["image"], "@", args["digest"]), tier),
            },
        }
        scaled = ResourceOptions(parent=self, ignore_changes=["spec.replicas"])
        deployment = Deployment(name, metadata=metadata, spec=spec, opts=scaled).metadata.name
        HorizontalPodAutoscaler(
            name,
            metadata=metadata,
            spec={
                "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": deployment},
                "min_replicas": least,
                "max_replicas": most,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "target": {"type": "Utilization", "average_utilization": BUSY_CPU_PERCENT},
                        },
                    }
                ],
            },
            opts=child,
        )
        PodDisruptionBudget(
            name,
            metadata=metadata,
            spec={
                "selector": {"match_labels": {NAME_LABEL: app}},
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=child,
        )
        if opened := connections(app, args, args.get("used_by", [])):
            NetworkPolicy(name, metadata=metadata, spec=opened, opts=child)

        self.url = self._service(name, args) if "port" in args else Output.from_input(None)
        self.role_arn = (
            self._role(name, args, args["cluster_name"])
            if "cluster_name" in args and args.get("aws_permissions")
            else Output.from_input(None)
        )
        self.register_outputs({"url": self.url, "role_arn": self.role_arn})

    def _service(self, name: str, args: AppArgs) -> Output[str | None]:
        service = Service(
            name,
            metadata=_metadata(args),
            spec={
                "selector": {NAME_LABEL: args["app"]},
                "ports": [{"name": PORT_NAME, "port": SERVICE_PORT, "target_port": PORT_NAME}],
            },
            opts=ResourceOptions(parent=self),
        )
        return Output.concat("http://", service.metadata.name, ".", args["namespace"])

    def _role(self, name: str, args: AppArgs, cluster_name: Input[str]) -> Output[str | None]:
        """The role that EKS Pod Identity hands to the app's pods."""
        child = ResourceOptions(parent=self)
        role = iam.Role(
            name,
            assume_role_policy=Output.all(args["cluster_arn"], args["namespace"]).apply(
                lambda known: pod_identity_trust(known[0], known[1], args["app"])
            ),
            permissions_boundary=args.get("permissions_boundary_arn"),
            tags=args.get("tags"),
            opts=child,
        )
        iam.RolePolicy(name, role=role.name, policy=grants(args["aws_permissions"]), opts=child)
        eks.PodIdentityAssociation(
            name,
            cluster_name=cluster_name,
            namespace=args["namespace"],
            service_account=args["app"],
            role_arn=role.arn,
            tags=args.get("tags"),
            opts=child,
        )
        return role.arn


def _labels(args: AppArgs) -> dict[str, str]:
    """Kubernetes' recommended labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """
    return {
        NAME_LABEL: args["app"],
        "app.kubernetes.io/part-of": args["team"],
        "app.kubernetes.io/managed-by": "roadstead",
    }


def _metadata(args: AppArgs) -> ObjectMetaArgsDict:
    return {"name": args["app"], "namespace": args["namespace"], "labels": _labels(args)}


def _all_problems(args: AppArgs) -> list[str]:
    found = digest_problems("digest", args["digest"]) + team_name_problems("team", args["team"])
    if isinstance(args["image"], str):
        found += image_problems("image", args["image"])
    if "cluster_name" in args and "cluster_arn" not in args:
        found.append("cluster_arn: missing key; expected an ARN beside cluster_name")
    found += name_problems("app", args["app"])
    return found + tier_problems(args.get("tier", DEFAULT_TIER)) + problems(args)
