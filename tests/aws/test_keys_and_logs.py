import json

from tests.aws.support import Account


def test_keys_rotate(made: Account) -> None:
    for _, key_id, _ in made.of_type("aws:kms/key:Key"):
        assert made.aws.kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]


def test_key_policies_are_as_written(made: Account) -> None:
    for _, key_id, inputs in made.of_type("aws:kms/key:Key"):
        found = json.loads(made.aws.kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])
        assert found == json.loads(inputs["policy"])
        assert "Root" in [statement["Sid"] for statement in found["Statement"]]


def test_the_principals_of_key_policies_are_roles_that_exist(made: Account) -> None:
    roles = {role["Arn"] for role in made.aws.iam.list_roles()["Roles"]}
    named = set()
    for _, _, inputs in made.of_type("aws:kms/key:Key"):
        for statement in json.loads(inputs["policy"])["Statement"]:
            arns = statement["Principal"].get("AWS", [])
            named |= {arn for arn in ([arns] if isinstance(arns, str) else arns) if ":role/" in arn}
    assert named
    assert named <= roles


def test_an_alias_leads_to_its_key(made: Account) -> None:
    for resource, alias, _ in made.of_type("aws:kms/alias:Alias"):
        key_id = made.id_of("aws:kms/key:Key", resource.name)
        assert made.aws.kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key_id


def test_logs_are_kept_as_long_as_asked_and_the_control_planes_are_encrypted(made: Account) -> None:
    for resource, name, inputs in made.of_type("aws:cloudwatch/logGroup:LogGroup"):
        (group,) = made.aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        assert group["retentionInDays"] == inputs["retentionInDays"]
        if resource.name.endswith("-control-plane"):
            assert made.aws.kms.describe_key(KeyId=group["kmsKeyId"])["KeyMetadata"]["Enabled"]
