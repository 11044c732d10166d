"""KMS: keys and their aliases."""

from roadstead.tool.sandbox.aws import service_model
from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs
from roadstead.tool.sandbox.aws.tags import pairs


def _key(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.kms.create_key(
        Description=inputs.take("description"),
        Policy=inputs.take("policy"),
        Tags=pairs(inputs.tags(), "TagKey", "TagValue"),
    )["KeyMetadata"]
    rotation_days = inputs.take("rotationPeriodInDays")
    if inputs.take("enableKeyRotation"):
        aws.kms.enable_key_rotation(KeyId=made["KeyId"], RotationPeriodInDays=rotation_days)
    if window := inputs.take("deletionWindowInDays"):
        # It only counts when the key is deleted, so that nothing is sent yet.
        deletion = {"KeyId": made["KeyId"], "PendingWindowInDays": window}
        service_model.require(deletion, aws.kms.meta.service_model.operation_model("ScheduleKeyDeletion"))
    return {"id": made["KeyId"], "keyId": made["KeyId"], "arn": made["Arn"]}


def _alias(inputs: Inputs, aws: Clients) -> Answer:
    name = inputs.name()
    aws.kms.create_alias(AliasName=name, TargetKeyId=inputs.take("targetKeyId"))
    return {"id": name}


CREATORS = {"aws:kms/alias:Alias": _alias, "aws:kms/key:Key": _key}
