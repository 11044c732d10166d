"""The remote component `eks:index:Cluster` (pulumi-eks 4.4.0): its children and outputs without its plugin.

Modelled after what the plugin made on a real engine; see docs/offline.md. Not modelled, because it was not seen: default
node groups, Fargate and Auto Mode, of which the graph's messages tell.
"""

from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from roadstead.tool.offline import eks_auth, eks_cni, eks_inputs
from roadstead.tool.offline.eks_addons import addons
from roadstead.tool.offline.eks_children import Children, Engine
from roadstead.tool.offline.eks_outputs import HandedOut, Made, as_json, id_of, issuer_of, kubeconfig_of, needs, outputs
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
    "endpointPrivateAccess",
    "endpointPublicAccess",
    "ipFamily",
    "kubernetesServiceIpAddressRange",
    "name",
    "privateSubnetIds",
    "publicAccessCidrs",
    "publicSubnetIds",
    "subnetIds",
    "tags",
    "upgradePolicy",
    "version",
)
_INTO_CONFIG_MAP = ("instanceRole", "instanceRoles", "roleMappings", "userMappings")


def make(component: Registration, engine: Engine) -> HandedOut:
    """Makes the component's children; returns its outputs without those that are not known."""
    return _Cluster(component, engine).make()


def get_kubeconfig(component: Registration, arguments: Mapping[str, Any], engine: Engine) -> str | None:
    """The component's method: a kubeconfig as JSON, or nothing while it cannot be known."""
    cluster = engine.find(component.state["eksCluster"]["urn"])
    options = {"profileName": arguments.get("profileName"), "roleArn": arguments.get("roleArn")}
    return as_json(kubeconfig_of(cluster, engine.region, options))


class _Cluster(Children):
    """One instance of the component while its children are made."""

    def make(self) -> HandedOut:
        given, name = self.given, self.name
        self._check()
        groups = not self.on("skipDefaultSecurityGroups")
        role, role_is_ready = self._service_role()
        cluster_group = self._cluster_group() if groups else None
        cluster = self.child(
            "aws:eks/cluster:Cluster",
            f"{name}-eksCluster",
            eks_inputs.cluster(name, given, role.state.get("arn", Unknown()), id_of(cluster_group)),
            needs=[*role_is_ready, cluster_group],
            inputs_from=_INTO_CLUSTER,
            ignore_changes=IGNORED,
        )
        options = given.get("providerCredentialOpts") or {}
        kubeconfig = kubeconfig_of(cluster, self.engine.region, options)
        provider = self.child(
            "pulumi:providers:kubernetes",
            f"{name}-eks-k8s",
            {"kubeconfig": as_json(kubeconfig) or Unknown()},
            needs=[cluster],
            inputs_from=("providerCredentialOpts",),
            version=eks_inputs.KUBERNETES_VERSION,
        )
        config_map = self._config_map(provider) if eks_auth.has_config_map(given) else None
        entries = self._entries(cluster) if eks_auth.has_entries(given) else []
        node_group, way_in = self._node_group(cluster, cluster_group) if cluster_group else (None, None)
        oidc = self._oidc_provider(cluster) if self.on("createOidcProvider") else None
        cni = addons(self, cluster, provider, [*entries, *([config_map] if config_map else [])])
        without_profile = kubeconfig_of(cluster, self.engine.region, {**options, "profileName": None})
        made = Made(cluster, provider, role, cluster_group, node_group, way_in, oidc, config_map, cni)
        given_by = {key: {*found.urns} for key, found in self.component.request.propertyDependencies.items()}
        return HandedOut(outputs(given, made, without_profile), needs(made, given_by))

    def _check(self) -> None:
        refused = eks_auth.refusal(self.given) or eks_cni.refusal(self.given.get("vpcCniOptions") or {})
        if self.given.get("publicAccessCidrs") is not None and self.given.get("endpointPublicAccess") is False:
            refused = refused or "`publicAccessCidrs` can only be set when `endpointPublicAccess` is true"
        if refused:
            raise ProgramError(f"{TYPE} {self.name}: {refused}")
        if not self.on("skipDefaultNodeGroup") or self.on("fargate") or self.given.get("autoMode"):
            self.engine.say(
                f"{TYPE} {self.name}: its default node group, Fargate profile or Auto Mode is not shown; "
                "set skip_default_node_group and declare node groups of your own to see them"
            )

    def _service_role(self) -> tuple[Registration, list[Registration]]:
        """The control plane's role, and what must exist before the cluster can use it."""
        if "serviceRole" in self.given:
            role = self.engine.find(self.given["serviceRole"])
            return role, [role]
        component = self.child("eks:index:ServiceRole", f"{self.name}-eksRole", {}, custom=False)
        inputs = {
            "assumeRolePolicy": eks_inputs.SERVICE_TRUST,
            "description": "Allows EKS to manage clusters on your behalf.",
            "tags": self.given.get("tags"),
        }
        role = self.child("aws:iam/role:Role", f"{self.name}-eksRole-role", inputs, parent=component)
        attachment = self.child(
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
        group = self.child(GROUP, name, inputs, inputs_from=("vpcId",))
        rule = eks_inputs.internet_egress(id_of(group))
        self.child(GROUP_RULE, f"{self.name}-eksClusterInternetEgressRule", rule, needs=[group])
        return group

    def _node_group(
        self, cluster: Registration, cluster_group: Registration
    ) -> tuple[Registration, Registration | None]:
        """The nodes' security group, and the rule that lets them reach the control plane."""
        name = f"{self.name}-nodeSecurityGroup"
        cluster_name = cluster.state.get("name", Unknown())
        owned = {f"kubernetes.io/cluster/{cluster_name}": "owned"}
        tags = (owned, self.given.get("nodeSecurityGroupTags") or {}, self.given.get("tags") or {})
        inputs = eks_inputs.security_group(name, self.given.get("vpcId"), *tags)
        group = self.child(GROUP, name, inputs, needs=[cluster], inputs_from=("vpcId",))
        way_in = None
        for rule, rule_inputs in eks_inputs.security_group_rules(self.name, id_of(cluster_group), id_of(group)).items():
            between = [group] if "Cluster" not in rule else [group, cluster_group]
            way_in = self.child(GROUP_RULE, rule, rule_inputs, needs=between)
        return group, way_in

    def _config_map(self, provider: Registration) -> Registration:
        """The aws-auth ConfigMap, with the roles of nodes that are given; whose role is made with nodes is not known."""
        given, references = self.given, self.given.get("instanceRoles") or []
        references = references or ([given["instanceRole"]] if "instanceRole" in given else [])
        roles = [self.engine.find(reference) for reference in references]
        arns = [role.state.get("arn", Unknown()) for role in roles]
        if not references and not self.on("skipDefaultNodeGroup"):
            arns = [Unknown()]
        inputs = eks_auth.config_map(given, arns)
        name, into = f"{self.name}-nodeAccess", _INTO_CONFIG_MAP
        type_ = "kubernetes:core/v1:ConfigMap"
        return self.child(type_, name, inputs, needs=roles, provider=provider, inputs_from=into)

    def _entries(self, cluster: Registration) -> list[Registration]:
        """Access entries with their policies."""
        entries = []
        cluster_name = cluster.state.get("name", Unknown())
        for key, given in (self.given.get("accessEntries") or {}).items():
            principal = {"clusterName": cluster_name, "principalArn": given["principalArn"]}
            names = {"kubernetesGroups": "kubernetesGroups", "username": "userName", "type": "type", "tags": "tags"}
            more = {ours: given[theirs] for theirs, ours in names.items() if theirs in given}
            entry = self.child(
                "aws:eks/accessEntry:AccessEntry", f"{self.name}-{key}", {**principal, **more}, needs=[cluster]
            )
            for policy, association in (given.get("accessPolicies") or {}).items():
                self.child(
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
        return self.child(
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            f"{self.name}-oidcProvider",
            inputs,
            needs=[cluster],
        )
