from typing import Any

from tests.aws.support import Account


def test_the_cluster_logs_everything_asked_for_and_encrypts_secrets_with_its_key(made: Account) -> None:
    ((_, name, inputs),) = made.of_type("aws:eks/cluster:Cluster")
    cluster = made.aws.eks.describe_cluster(name=name)["cluster"]
    assert cluster["version"] == inputs["version"]
    (log,) = cluster["logging"]["clusterLogging"]
    assert (log["enabled"], set(log["types"])) == (True, set(inputs["enabledClusterLogTypes"]))
    (encryption,) = cluster["encryptionConfig"]
    key = made.aws.kms.describe_key(KeyId=encryption["provider"]["keyArn"])["KeyMetadata"]
    assert encryption["resources"] == ["secrets"]
    assert key["KeyId"] == made.id_of("aws:kms/key:Key", f"{made.graph.stack}-cluster")
    assert made.aws.iam.get_role(RoleName=cluster["roleArn"].rpartition("/")[2])


def test_cluster_and_nodes_are_in_the_private_subnets(made: Account) -> None:
    private = {id_ for subnet, id_, _ in made.of_type("aws:ec2/subnet:Subnet") if "-private-" in subnet.name}
    cluster = made.aws.eks.describe_cluster(name=made.graph.stack)["cluster"]
    assert set(cluster["resourcesVpcConfig"]["subnetIds"]) == private
    for _, id_, _ in made.of_type("aws:eks/nodeGroup:NodeGroup"):
        assert set(node_group(made, id_)["subnets"]) == private


def test_node_groups_are_as_asked_for(made: Account) -> None:
    for _, id_, inputs in made.of_type("aws:eks/nodeGroup:NodeGroup"):
        group = node_group(made, id_)
        assert group["nodegroupName"].startswith(inputs["nodeGroupNamePrefix"])
        for key in ("amiType", "capacityType", "instanceTypes", "releaseVersion", "scalingConfig"):
            assert group[key] == inputs[key], key
        assert group.get("taints", []) == inputs.get("taints", [])
        assert group["nodeRole"] == inputs["nodeRoleArn"] == made.role_arn(group["nodeRole"].rpartition("/")[2])


def test_spot_capacity_comes_in_several_types_beside_on_demand_for_the_system(made: Account) -> None:
    groups = [node_group(made, id_) for _, id_, _ in made.of_type("aws:eks/nodeGroup:NodeGroup")]
    assert {group["capacityType"] for group in groups} == {"SPOT", "ON_DEMAND"}
    assert all(len(group["instanceTypes"]) >= 4 for group in groups if group["capacityType"] == "SPOT")


def test_nodes_keep_pods_from_their_metadata_and_encrypt_their_disks(made: Account) -> None:
    for _, id_, _ in made.of_type("aws:eks/nodeGroup:NodeGroup"):
        used = node_group(made, id_)["launchTemplate"]
        (version,) = made.aws.ec2.describe_launch_template_versions(
            LaunchTemplateId=used["id"], Versions=[used["version"]]
        )["LaunchTemplateVersions"]
        data = version["LaunchTemplateData"]
        options = {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1}
        assert options.items() <= data["MetadataOptions"].items()
        (disk,) = data["BlockDeviceMappings"]
        assert disk["Ebs"]["Encrypted"] is True
        tagged = {tags["ResourceType"] for tags in data["TagSpecifications"]}
        assert {"instance", "volume", "network-interface"} <= tagged


def test_what_is_only_checked_names_the_cluster_and_roles_that_exist(made: Account) -> None:
    roles = {role["Arn"] for role in made.aws.iam.list_roles()["Roles"]}
    used = set()
    for calls in made.creation.checked.values():
        for call in calls:
            assert call.parameters["clusterName"] == made.graph.stack
            used |= {association["roleArn"] for association in call.parameters.get("podIdentityAssociations", [])}
            used |= {call.parameters["roleArn"]} if "roleArn" in call.parameters else set()
            used |= {call.parameters["principalArn"]} if "kubernetesGroups" in call.parameters else set()
    assert len(used) > 10
    assert used <= roles


def node_group(made: Account, id_: str) -> dict[str, Any]:
    cluster, name = id_.split(":")
    found: dict[str, Any] = made.aws.eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    return found
