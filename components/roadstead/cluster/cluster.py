"""An EKS control plane that only declared people administer."""

from importlib.metadata import version
from typing import Any, NotRequired, cast

import pulumi
import pulumi_eks
from pulumi import Input, Output, ResourceOptions, ResourceTransformArgs, ResourceTransformResult
from pulumi_aws import cloudwatch, eks, iam

from roadstead.cluster.cluster_spec import BREAK_GLASS, ClusterSpec, problems, version_warning
from roadstead.cluster.kubeconfig import kubeconfig
from roadstead.core.forms import account_problems, dns_label_problems, in_region, partition
from roadstead.core.ordering import after
from roadstead.core.problems import checked
from roadstead.core.tiers import DEFAULT_TIER, TIERS, tier_problems
from roadstead.encryption.encryption_key import EncryptionKey
from roadstead.identity import documents

KUBERNETES_PLUGIN = version("pulumi-kubernetes")


class ClusterArgs(ClusterSpec):
    """What the control plane is, and where it lives."""

    account_id: str
    """AWS account of the cluster, 12 digits."""
    region: str
    """AWS region of the cluster, e.g. "eu-west-1"."""
    vpc_id: Input[str]
    """Id of the VPC."""
    subnet_ids: Input[list[str]]
    """Private subnets for the control plane's network interfaces, in at least two zones."""
    tier: NotRequired[str]
    """"development", "staging" or "production". Default: "production"."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that is made here. Default: none."""


class Cluster(pulumi.ComponentResource):
    """An EKS control plane.

    Makes the service role, a KMS key for Kubernetes secrets and the control plane's logs, the log group (before EKS
    would make one that never expires), the control plane itself through `pulumi_eks.Cluster` in its smallest form, and an
    access entry for each administrator and for the break-glass role. The API server answers inside the VPC, and on the
    internet only to the blocks that are named. Whoever creates the cluster gets no rights by that. A cluster whose
    version leaves standard support is upgraded by AWS rather than billed for extended support.

    Grants: AmazonEKSClusterPolicy and use of its key to the control plane; AmazonEKSClusterAdminPolicy on the whole
    cluster to `admins` and `break_glass`.

    https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html
    """

    cluster_name: Output[str]
    """Name of the cluster."""
    cluster_arn: Output[str]
    """ARN of the cluster."""
    endpoint: Output[str]
    """Address of the API server."""
    kubeconfig: Output[str]
    """Kubeconfig as JSON, without credentials: it runs `aws eks get-token`. Known once the administrators can sign in."""
    key_arn: Output[str]
    """ARN of the key that encrypts Kubernetes secrets and control-plane logs."""
    oidc_provider_arn: Output[str | None]
    """ARN of the IAM OIDC provider, with `irsa`; otherwise nothing."""

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(
            Cluster,
            name,
            args,
            lambda known: _all_problems(known, name),
        )
        super().__init__("roadstead:index:Cluster", name, {**args}, opts)
        child = ResourceOptions(parent=self)
        tags = args.get("tags", {})
        tier = TIERS[args.get("tier", DEFAULT_TIER)]
        if warning := version_warning(args["version"]):
            pulumi.warn(warning, self)

        key = EncryptionKey(
            f"{name}-cluster",
            {
                "alias": f"{name}/cluster",
                "account_id": args["account_id"],
                "region": args["region"],
                "services": [f"logs.{args['region']}.amazonaws.com"],
                "tier": args.get("tier", DEFAULT_TIER),
                "tags": tags,
            },
            opts=child,
        )
        logs = cloudwatch.LogGroup(
            f"{name}-control-plane",
            name=f"/aws/eks/{name}/cluster",
            retention_in_days=args.get("log_retention_days", tier.log_retention_days),
            kms_key_id=key.key_arn,
            tags=tags,
            opts=child,
        )
        role, rights = self._service_role(name, args, key.key_arn)
        log_types = args.get("control_plane_logs", list(tier.control_plane_logs))
        public_cidrs = args.get("public_access_cidrs", [])
        cluster = pulumi_eks.Cluster(
            name,
            name=name,
            version=args["version"],
            vpc_id=args["vpc_id"],
            subnet_ids=args["subnet_ids"],
            service_role=role,
            authentication_mode=pulumi_eks.AuthenticationMode.API,
            endpoint_private_access=True,
            endpoint_public_access=bool(public_cidrs),
            public_access_cidrs=public_cidrs or None,
            encryption_config_key_arn=key.key_arn,
            # Known in a preview, and yet EKS waits for its log group and its rights.
            enabled_cluster_log_types=after(Output.from_input(log_types), logs.name, *rights),
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=args.get("deletion_protection", tier.deletion_protection),
            kubernetes_service_ip_address_range=args.get("service_cidr"),
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options={"enabled": False},
            create_oidc_provider=False,
            skip_default_node_group=True,
            skip_default_security_groups=True,
            tags=tags or None,
            opts=ResourceOptions(parent=self, transforms=[_completed(args.get("zonal_shift", tier.zonal_shift))]),
        ).eks_cluster

        admins = {**args["admins"], BREAK_GLASS: args["break_glass"]}
        entries = [self._administrator(f"{name}-{short}", arn, cluster.name, args) for short, arn in admins.items()]

        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.endpoint = cluster.endpoint
        self.kubeconfig = Output.all(cluster.name, cluster.endpoint, cluster.certificate_authority, *entries).apply(
            lambda known: kubeconfig(known[0], known[1], known[2]["data"], args["region"])
        )
        self.key_arn = key.key_arn
        self.oidc_provider_arn = self._oidc_provider(name, cluster, args)
        self.register_outputs(
            {
                "cluster_name": self.cluster_name,
                "cluster_arn": self.cluster_arn,
                "endpoint": self.endpoint,
                "kubeconfig": self.kubeconfig,
                "key_arn": self.key_arn,
                "oidc_provider_arn": self.oidc_provider_arn,
            }
        )

    def _service_role(self, name: str, args: ClusterArgs, key_arn: Output[str]) -> tuple[iam.Role, list[Output[str]]]:
        """The role that EKS works with, and what is known once its rights are attached."""
        child = ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-control-plane",
            assume_role_policy=documents.service_trust("eks.amazonaws.com"),
            tags=args.get("tags"),
            opts=child,
        )
        managed = iam.RolePolicyAttachment(
            f"{name}-control-plane",
            role=role.name,
            policy_arn=f"arn:{partition(args['region'])}:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=child,
        )
        own_key = iam.RolePolicy(
            f"{name}-control-plane-key",
            # Named, so that a preview knows the name, and with it what waits for these rights.
            name="use-key",
            role=role.name,
            policy=key_arn.apply(documents.key_user),
            opts=child,
        )
        return role, [managed.policy_arn, own_key.name]

    def _administrator(self, name: str, arn: str, cluster_name: Output[str], args: ClusterArgs) -> Output[str]:
        """An administrator of the whole cluster; known once the role can sign in."""
        child = ResourceOptions(parent=self)
        entry = eks.AccessEntry(name, cluster_name=cluster_name, principal_arn=arn, tags=args.get("tags"), opts=child)
        admin_policy = f"arn:{partition(args['region'])}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        return eks.AccessPolicyAssociation(
            name,
            cluster_name=cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=admin_policy,
            access_scope={"type": "cluster"},
            opts=child,
        ).id

    def _oidc_provider(self, name: str, cluster: Output[eks.Cluster], args: ClusterArgs) -> Output[str | None]:
        if not args.get("irsa", False):
            return Output.from_input(None)
        return iam.OpenIdConnectProvider(
            f"{name}-irsa",
            url=cluster.identities[0]["oidcs"][0]["issuer"],
            client_id_lists=["sts.amazonaws.com"],
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        ).arn


def _all_problems(args: ClusterArgs, name: str) -> list[str]:
    tier = args.get("tier", DEFAULT_TIER)
    found = tier_problems(tier) + account_problems("account_id", args["account_id"])
    found += dns_label_problems("name", name, longest=100) + in_region(args)
    return found + problems(args, tier, args["account_id"], args["region"])


def _completed(zonal_shift: bool) -> pulumi.ResourceTransform:
    """Sets on the children of `pulumi_eks.Cluster` what it has no argument for."""

    def complete(args: ResourceTransformArgs) -> ResourceTransformResult | None:
        if args.type_ == "aws:eks/cluster:Cluster":
            props = cast(dict[str, Any], args.props)
            access = {**props["accessConfig"], "bootstrapClusterCreatorAdminPermissions": False}
            added = {"accessConfig": access, "zonalShiftConfig": {"enabled": zonal_shift}}
            return ResourceTransformResult({**props, **added}, args.opts)
        if args.type_ == "pulumi:providers:kubernetes":
            # Otherwise it asks for one exact older plugin, whatever the program uses.
            args.opts.version = KUBERNETES_PLUGIN
            return ResourceTransformResult(args.props, args.opts)
        return None

    return complete
