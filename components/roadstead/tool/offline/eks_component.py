"""The remote component `eks:index:Cluster` (pulumi-eks 4.4.0): its children and outputs without its plugin.

Modelled after what the plugin made on a real engine; see docs/offline.md. Not modelled, because it was not seen: default
node groups, Fargate and Auto Mode, of which the graph's messages tell.
"""

from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Any, NamedTuple

from pulumi.runtime.proto import resource_pb2

from roadstead.tool.offline import eks_inputs, wire
from roadstead.tool.offline.eks_outputs import Made, as_json, id_of, issuer_of, kubeconfig_of, outputs
from roadstead.tool.offline.errors import ProgramError
from roadstead.tool.offline.graph import Unknown
from roadstead.tool.offline.registration import Registration

TYPE = "eks:index:Cluster"
GET_KUBECONFIG = "eks:index:Cluster/getKubeconfig"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
IGNORED = ("accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons")
_INTO_CLUSTER = (
    "clusterTags",
    "deletionProtection",
    "enabledClusterLogTypes",
    "encryptionConfigKeyArn",
    "name",
    "privateSubnetIds",
    "publicAccessCidrs",
    "publicSubnetIds",
    "subnetIds",
    "tags",
    "version",
)


class Engine(NamedTuple):
    """What the component needs of the engine."""

    register: Callable[[resource_pb2.RegisterResourceRequest], Registration]
    find: Callable[[str], Registration]
    region: str
    known: bool
    """Whether what only exists after creation has made-up values."""
    say: Callable[[str], None]


def make(component: Registration, engine: Engine) -> dict[str, Any]:
    """Makes the component's children; returns its outputs without those that are not known."""
    return _Cluster(component, engine).make()


def get_kubeconfig(component: Registration, arguments: Mapping[str, Any], engine: Engine) -> str | None:
    """The component's method: a kubeconfig as JSON, or nothing while it cannot be known."""
    cluster = engine.find(component.state["eksCluster"]["urn"])
    options = {"profileName": arguments.get("profileName"), "roleArn": arguments.get("roleArn")}
    return as_json(kubeconfig_of(cluster, engine.region, options))


class _Cluster:
    """One instance of the component while its children are made."""

    def __init__(self, component: Registration, engine: Engine) -> None:
        self.component = component
        self.engine = engine
        self.name = component.request.name
        self.given = wire.to_python(component.request.object)

    def make(self) -> dict[str, Any]:
        given, name = self.given, self.name
        self._check()
        groups = not self._on("skipDefaultSecurityGroups")
        role, role_is_ready = self._service_role()
        cluster_group = self._cluster_group() if groups else None
        cluster = self._child(
            "aws:eks/cluster:Cluster",
            f"{name}-eksCluster",
            eks_inputs.cluster(name, given, role.state.get("arn", Unknown()), id_of(cluster_group)),
            needs=[*role_is_ready, cluster_group],
            inputs_from=_INTO_CLUSTER,
            ignore_changes=IGNORED,
        )
        options = given.get("providerCredentialOpts") or {}
        kubeconfig = kubeconfig_of(cluster, self.engine.region, options)
        provider = self._child(
            "pulumi:providers:kubernetes",
            f"{name}-eks-k8s",
            {"kubeconfig": as_json(kubeconfig) or Unknown()},
            needs=[cluster],
            version=eks_inputs.KUBERNETES_VERSION,
        )
        entries = self._access(cluster, provider)
        node_group = self._node_group(cluster, cluster_group) if cluster_group else None
        oidc = self._oidc_provider(cluster) if self._on("createOidcProvider") else None
        self._addons(cluster, entries)
        without_profile = kubeconfig_of(cluster, self.engine.region, {**options, "profileName": None})
        made = Made(cluster, provider, role, cluster_group, node_group, oidc)
        return outputs(name, given, made, without_profile)

    def _check(self) -> None:
        if self.given.get("publicAccessCidrs") is not None and not self._on("endpointPublicAccess"):
            raise ProgramError(
                f"{TYPE} {self.name}: `publicAccessCidrs` can only be set when `endpointPublicAccess` is true"
            )
        if self.given.get("accessEntries") and not self.given.get("authenticationMode"):
            raise ProgramError(f"{TYPE} {self.name}: access entries need an authentication mode")
        if not self._on("skipDefaultNodeGroup") or self._on("fargate") or self.given.get("autoMode"):
            self.engine.say(
                f"{TYPE} {self.name}: its default node group, Fargate profile or Auto Mode is not shown; "
                "set skip_default_node_group and declare node groups of your own to see them"
            )

    def _on(self, key: str) -> bool:
        """Whether a boolean input counts as true. One that is given as an Output does, whatever its value."""
        field = self.component.request.object.fields.get(key)
        return field is not None and (field.HasField("struct_value") or field.bool_value)

    def _service_role(self) -> tuple[Registration, list[Registration]]:
        """The control plane's role, and what must exist before the cluster can use it."""
        if "serviceRole" in self.given:
            role = self.engine.find(self.given["serviceRole"])
            return role, [role]
        component = self._child("eks:index:ServiceRole", f"{self.name}-eksRole", {}, custom=False)
        inputs = {
            "assumeRolePolicy": eks_inputs.SERVICE_TRUST,
            "description": "Allows EKS to manage clusters on your behalf.",
            "tags": self.given.get("tags"),
        }
        role = self._child("aws:iam/role:Role", f"{self.name}-eksRole-role", inputs, parent=component)
        attachment = self._child(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            f"{self.name}-eksRole-{eks_inputs.attachment_suffix()}",
            {"policyArn": eks_inputs.CLUSTER_POLICY, "role": role.state.get("name", Unknown())},
            parent=component,
            needs=[role],
        )
        return role, [role, attachment]

    def _cluster_group(self) -> Registration:
        name = f"{self.name}-eksClusterSecurityGroup"
        tags = (self.given.get("clusterSecurityGroupTags") or {}, self.given.get("tags") or {})
        inputs = eks_inputs.security_group(name, self.given.get("vpcId"), *tags)
        group = self._child(GROUP, name, inputs, inputs_from=("vpcId",))
        rule = eks_inputs.internet_egress(id_of(group))
        self._child(GROUP_RULE, f"{self.name}-eksClusterInternetEgressRule", rule, needs=[group])
        return group

    def _node_group(self, cluster: Registration, cluster_group: Registration) -> Registration:
        name = f"{self.name}-nodeSecurityGroup"
        cluster_name = cluster.state.get("name", Unknown())
        owned = {f"kubernetes.io/cluster/{cluster_name}": "owned"}
        tags = (owned, self.given.get("nodeSecurityGroupTags") or {}, self.given.get("tags") or {})
        inputs = eks_inputs.security_group(name, self.given.get("vpcId"), *tags)
        group = self._child(GROUP, name, inputs, needs=[cluster], inputs_from=("vpcId",))
        for rule, rule_inputs in eks_inputs.security_group_rules(self.name, id_of(cluster_group), id_of(group)).items():
            between = [group] if "Cluster" not in rule else [group, cluster_group]
            self._child(GROUP_RULE, rule, rule_inputs, needs=between)
        return group

    def _access(self, cluster: Registration, provider: Registration) -> list[Registration]:
        """Access entries with their policies; the aws-auth ConfigMap where no authentication mode is given."""
        if not self.given.get("authenticationMode"):
            metadata = {"name": "aws-auth", "namespace": "kube-system"}
            config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
            self._child("kubernetes:core/v1:ConfigMap", f"{self.name}-nodeAccess", config_map, provider=provider)
            return []
        entries = []
        cluster_name = cluster.state.get("name", Unknown())
        for key, given in (self.given.get("accessEntries") or {}).items():
            principal = {"clusterName": cluster_name, "principalArn": given["principalArn"]}
            names = {"kubernetesGroups": "kubernetesGroups", "username": "userName", "type": "type", "tags": "tags"}
            more = {ours: given[theirs] for theirs, ours in names.items() if theirs in given}
            entry = self._child(
                "aws:eks/accessEntry:AccessEntry", f"{self.name}-{key}", {**principal, **more}, needs=[cluster]
            )
            for policy, association in (given.get("accessPolicies") or {}).items():
                self._child(
                    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
                    f"{self.name}-{key}-{policy}",
                    {**principal, **association},
                    parent=entry,
                    needs=[entry, cluster],
                )
            entries.append(entry)
        return entries

    def _oidc_provider(self, cluster: Registration) -> Registration:
        self.engine.say(
            f"{TYPE} {self.name}: create_oidc_provider opens a TLS connection to AWS on every real preview; "
            "the thumbprint shown here is made up"
        )
        thumbprint = sha1(self.name.encode(), usedforsecurity=False).hexdigest()
        inputs = {"clientIdLists": ["sts.amazonaws.com"], "url": issuer_of(cluster), "thumbprintLists": [thumbprint]}
        return self._child(
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            f"{self.name}-oidcProvider",
            inputs,
            needs=[cluster],
        )

    def _addons(self, cluster: Registration, entries: list[Registration]) -> None:
        """The three add-ons that the component knows: kube-proxy and vpc-cni unless turned off, coredns if asked for."""
        type_, name = "aws:eks/addon:Addon", self.name
        kube_proxy = self.given.get("kubeProxyAddonOptions") or {}
        coredns = self.given.get("corednsAddonOptions") or {"enabled": False}
        if kube_proxy.get("enabled", True):
            self._child(type_, f"{name}-kube-proxy", self._addon(cluster, "kube-proxy", kube_proxy), needs=[cluster])
        if coredns.get("enabled", True):
            self._child(type_, f"{name}-coredns", self._addon(cluster, "coredns", coredns), needs=[cluster])
        if not self._on("useDefaultVpcCni"):
            options = self.given.get("vpcCniOptions") or {}
            component = self._child("eks:index:VpcCniAddon", f"{name}-vpc-cni", {}, custom=False, needs=entries)
            inputs = self._addon(cluster, "vpc-cni", options)
            self._child(type_, f"{name}-vpc-cni", inputs, parent=component, needs=[cluster])

    def _addon(self, cluster: Registration, addon: str, options: Mapping[str, Any]) -> dict[str, Any]:
        inputs = eks_inputs.addon(cluster.state.get("name", Unknown()), addon, options, self.given.get("tags"))
        # A version that is not pinned is asked for when the cluster exists.
        newest = f"{addon}-most-recent" if self.engine.known else Unknown()
        return {**inputs, "addonVersion": inputs.get("addonVersion", newest)}

    def _child(
        self,
        type_: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        parent: Registration | None = None,
        custom: bool = True,
        needs: list[Registration | None] | list[Registration] | None = None,
        inputs_from: tuple[str, ...] = (),
        ignore_changes: tuple[str, ...] = (),
        provider: Registration | None = None,
        version: str = eks_inputs.AWS_VERSION,
    ) -> Registration:
        asked = self.component.request
        urns = {need.urn for need in needs or [] if need is not None}
        for key in inputs_from:
            urns.update(asked.propertyDependencies[key].urns if key in asked.propertyDependencies else ())
        request = resource_pb2.RegisterResourceRequest(
            type=type_,
            name=name,
            parent=(parent or self.component).urn,
            custom=custom,
            object=wire.to_struct({key: value for key, value in inputs.items() if value is not None}),
            dependencies=sorted(urns),
            ignoreChanges=ignore_changes,
            version=version if custom else "",
            # Of the component's own options, these two reach its children.
            protect=asked.protect or None,
            retainOnDelete=asked.retainOnDelete or None,
        )
        if provider is not None:
            request.provider = f"{provider.urn}::{provider.id}"
        elif type_.startswith("aws:") and "aws" in asked.providers:
            request.provider = asked.providers["aws"]
        return self.engine.register(request)
