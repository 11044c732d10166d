"""Every property that our stacks and examples set: each is judged by a row of the table, by another rule, or tells nothing."""

import re
from collections.abc import Iterator
from functools import cache

from tests.support import ROOT, rendered

from roadstead.tool.offline.graph import Graph
from roadstead.tool.offline.project import stacks
from roadstead.tool.review.difference.made_up import leaves
from roadstead.tool.review.protection.reading import collapsed, placed, subject
from roadstead.tool.review.protection.row import Row
from roadstead.tool.review.protection.table import BY_SUBJECT

EXAMPLES = ("existing-network", "key-and-registry", "team-stack")

ELSEWHERE: dict[str, dict[str, str]] = {
    "*": {
        "tags": "access/widened: a condition may ask for them",
        "kind": "nothing: another kind is another object",
        "apiVersion": "upgrade/removed-api",
        "metadata.name": "blast-radius/namespace: another name is another object",
        "metadata.namespace": "blast-radius/namespace: another namespace is another object",
        'metadata.annotations["pulumi.com': "nothing: whom the API server takes Pulumi for",
        'metadata.labels["app.kubernetes.io': "nothing: what selects pods reads the labels of pods",
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        "name": "nothing: another name is another group, and the one that goes is told"
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"vpcId": "nothing: another network is another group"},
    "aws:ec2/eip:Eip": {"domain": "nothing: there is one value that AWS takes"},
    "aws:ec2/flowLog:FlowLog": {
        "iamRoleArn": "access/trust-widened",
        "logDestination": "nothing: it is replaced, and the group that goes is told",
        "maxAggregationInterval": "nothing: how soon lines are written, not which",
        "vpcId": "nothing: one that no longer watches a network is told as one that goes",
    },
    "aws:ec2/internetGateway:InternetGateway": {"vpcId": "nothing: without routes to it nobody uses it"},
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "blockDeviceMappings[].deviceName": "nothing: the name of a disk",
        "blockDeviceMappings[].ebs.deleteOnTermination": "nothing: nodes keep nothing on their disks",
        "blockDeviceMappings[].ebs.volume": "cost/increase",
        "tagSpecifications": "nothing: for bills and people",
        "updateDefaultVersion": "nothing: node groups name their version",
    },
    "aws:ec2/natGateway:NatGateway": {"allocationId": "network/single-nat", "subnetId": "network/single-nat"},
    "aws:ec2/route:Route": {
        "destinationCidrBlock": "nothing: where packets go, not who may send them",
        "gatewayId": "nothing: without an address on the internet, which is told, nothing comes back",
        "routeTableId": "nothing: another table is another route",
    },
    "aws:ec2/routeTable:RouteTable": {"vpcId": "nothing: another network is another table"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        "": "nothing: without an address on the internet, which is told, a node in a public subnet is not reached",
    },
    "aws:ec2/subnet:Subnet": {
        "availabilityZone": "capacity/zone-loss-leaves-no-place",
        "cidrBlock": "nothing: which addresses it has",
        "vpcId": "nothing: another network is another subnet",
    },
    "aws:ec2/vpc:Vpc": {
        "cidrBlock": "nothing: which addresses it has",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "routeTableIds": "nothing: what is left out goes through NAT, and one that goes as a whole is told",
        "serviceName": "nothing: another service is another endpoint, and the one that goes is told",
        "vpcEndpointType": "nothing: the kind that the service offers",
        "vpcId": "nothing: one that leaves a network is told as one that goes",
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {"repository": "nothing: one that goes is told"},
    "aws:ecr/repository:Repository": {"name": "blast-radius/registry"},
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {"": "access/widened"},
    "aws:eks/accessEntry:AccessEntry": {"": "access/widened"},
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {"": "access/widened"},
    "aws:eks/addon:Addon": {
        "addonName": "nothing: another one is another add-on, and the one that goes is told",
        "addonVersion": "upgrade/add-on-version",
        "clusterName": "nothing: another cluster is another add-on",
        "podIdentityAssociations": "access/trust-widened",
        "resolveConflicts": "nothing: whose settings win, AWS's or what somebody wrote by hand",
    },
    "aws:eks/cluster:Cluster": {
        "bootstrapSelfManagedAddons": "blast-radius/cluster: it is replaced",
        "name": "blast-radius/cluster",
        "roleArn": "access/widened",
        "upgradePolicy.supportType": "cost/increase: extended support costs, and is not weaker",
        "version": "upgrade/goes-back",
        "vpcConfig.endpointPublicAccess": "workload/newly-public",
        "vpcConfig.publicAccessCidrs": "workload/newly-public",
        "vpcConfig.subnetIds": "capacity/zone-loss-leaves-no-place",
    },
    "aws:eks/nodeGroup:NodeGroup": {
        "amiType": "capacity/fits-no-node",
        "capacityType": "spot/no-on-demand-floor",
        "clusterName": "nothing: another cluster is another group",
        "instanceTypes": "capacity/fits-no-node",
        "launchTemplate": "nothing: what the template says is judged there",
        "nodeGroupNamePrefix": "blast-radius/node-group",
        "nodeRoleArn": "access/widened",
        "releaseVersion": "upgrade/version-skew",
        "scalingConfig": "capacity/replicas-find-no-place",
        "subnetIds": "capacity/zone-loss-leaves-no-place",
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {"": "access/trust-widened"},
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"": "lock-out/ci-trust"},
    "aws:iam/policy:Policy": {"": "access/widened"},
    "aws:iam/role:Role": {"": "access/trust-widened"},
    "aws:iam/rolePolicy:RolePolicy": {"": "access/widened"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"": "access/full-access-policy"},
    "aws:kms/alias:Alias": {"": "nothing: a name; whoever may use the key is judged by the key's policy"},
    "aws:kms/key:Key": {"description": "nothing: for people", "policy": "access/widened"},
    "Deployment": {
        "metadata": "nothing: what selects pods reads the labels of pods",
        "spec.replicas": "renewal/replicas: from the first deployment on the number is the scaler's",
        "spec.revisionHistoryLimit": "nothing: the way back is the ledger of releases",
        "spec.selector": "nothing: another one is refused by the API server",
        "spec.strategy.rollingUpdate.maxSurge": "nothing: more at once, and none fewer",
        "spec.template.metadata.labels": "network/not-isolated: which policies are about its pods",
        "spec.template.spec.affinity": "spot/single-replica: on which nodes it may run",
        "spec.template.spec.containers[].command": "nothing: what the app does is the app's own",
        "spec.template.spec.containers[].env": "nothing: what the app does is the app's own",
        "spec.template.spec.containers[].image": "workload/digest-not-released",
        "spec.template.spec.containers[].livenessProbe": "workload/no-probe",
        "spec.template.spec.containers[].name": "nothing: a name",
        "spec.template.spec.containers[].ports": "workload/newly-public: a port of the host opens something, a container's is for people",
        "spec.template.spec.containers[].readinessProbe": "workload/no-probe",
        "spec.template.spec.containers[].resources.limits": "workload/no-limit",
        "spec.template.spec.containers[].resources.requests": "capacity/fits-no-node",
        "spec.template.spec.containers[].volumeMounts": "nothing: a volume of the node is told where it is declared",
        "spec.template.spec.enableServiceLinks": "nothing: names of services that DNS gives too",
        "spec.template.spec.securityContext.fsGroup": "nothing: to which group the files of its own volumes belong",
        "spec.template.spec.securityContext.runAsGroup": "nothing: Pod Security looks at the user alone",
        "spec.template.spec.serviceAccountName": "access/trust-widened",
        "spec.template.spec.terminationGracePeriodSeconds": "spot/grace-period: how long it takes to stop is the app's own",
        "spec.template.spec.topologySpreadConstraints[].labelSelector": "nothing: its own pods",
        "spec.template.spec.topologySpreadConstraints[].matchLabelKeys": "nothing: its own pods",
        "spec.template.spec.topologySpreadConstraints[].nodeTaintsPolicy": "nothing: which nodes count for the skew",
        "spec.template.spec.topologySpreadConstraints[].topologyKey": "nothing: one over another key is another constraint, and the one that goes is told",
        "spec.template.spec.volumes[].name": "nothing: a name",
    },
    "HorizontalPodAutoscaler": {
        "metadata": "nothing: a name",
        "spec": "spot/single-replica: how many run is what the app asks for",
    },
    "LimitRange": {
        "spec.limits[].type": "nothing: one of another type is another limit, and the one that goes is told"
    },
    "Namespace": {
        'metadata.labels["roadstead.dev/team"]': "access/widened",
        'metadata.annotations["roadstead.dev/allowed-egress"]': "network/egress-anywhere: the policies that use it are judged",
    },
    "ResourceQuota": {
        "spec.scopeSelector": "nothing: which priority classes there may be stands in the namespace's annotations, which are judged",
    },
    "ValidatingAdmissionPolicy": {
        "spec.matchConditions[].name": "nothing: a name",
        "spec.variables[].name": "nothing: one that a rule reads and that is missing is refused by the API server",
    },
    "ValidatingAdmissionPolicyBinding": {
        "spec.matchResources": "nothing: which namespaces are a team's is told where their labels are",
        "spec.policyName": "nothing: another policy is another binding, and the one that goes is told",
    },
    "Service": {"": "workload/newly-public"},
    "ServiceAccount": {"metadata": "access/trust-widened"},
    "NetworkPolicy": {
        "metadata": "nothing: what is covered counts, not what it is called",
        "spec.egress": "network/egress-anywhere",
        "spec.ingress": "workload/newly-public",
        "spec.podSelector": "network/not-isolated",
        "spec.policyTypes": "network/not-isolated",
    },
    "PodDisruptionBudget": {"metadata": "nothing: a name"},
    "Role": {"": "access/widened"},
    "RoleBinding": {"": "access/widened"},
    "StorageClass": {
        "allowVolumeExpansion": "nothing: whether volumes may grow",
        "metadata.annotations": "nothing: which class is taken without a name",
        "parameters.type": "cost/increase",
        "provisioner": "nothing: another one is another class",
        "volumeBindingMode": "capacity/fits-no-node",
    },
    "pulumi:providers:aws": {
        "defaultTags": "access/widened: a condition may ask for them",
        "region": "blast-radius/provider",
        "skipCredentialsValidation": "nothing: whether a preview asks AWS who it is",
        "skipRegionValidation": "nothing: whether a preview knows the region",
    },
    "pulumi:providers:kubernetes": {"": "blast-radius/provider"},
    "pulumi:pulumi:StackReference": {"name": "nothing: which stack's outputs are read"},
}
"""By subject and beginning of the path: the rule that judges it, or `nothing: ` and why."""


def graphs() -> Iterator[Graph]:
    """All stacks and examples."""
    for project in (ROOT, *(ROOT / "examples" / name for name in EXAMPLES)):
        yield from (rendered(project, stack) for stack in stacks(project))


@cache
def set_by_us() -> tuple[tuple[str, str], ...]:
    """Every property by subject and path, without positions. Of components the children are judged."""
    found = {
        (subject(made), re.sub(r"\[\d+\]", "[]", path))
        for graph in graphs()
        for made in graph.resources.values()
        if made.custom
        for path, _ in leaves(made.inputs)
    }
    return tuple(sorted(found))


def rows_of(of: str, path: str) -> list[Row]:
    """The rows of the table that judge a property."""
    return [
        row
        for row in BY_SUBJECT.get(of, ())
        for judged in (*row.paths, *([row.instead] if row.instead else []))
        if leads_to(collapsed(placed(judged, of).partition("{}")[0]).rstrip("."), path)
    ]


def elsewhere(of: str, path: str) -> list[tuple[str, str]]:
    """What is said of a property beside the table, by the row that says it."""
    return [
        (subject_, start) for subject_ in (of, "*") for start in ELSEWHERE.get(subject_, {}) if path.startswith(start)
    ]


def leads_to(path: str, inner: str) -> bool:
    return inner == path or inner.startswith((f"{path}.", f"{path}["))
