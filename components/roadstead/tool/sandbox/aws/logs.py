"""CloudWatch Logs: log groups."""

from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs


def _log_group(inputs: Inputs, aws: Clients) -> Answer:
    name = inputs.name()
    aws.logs.create_log_group(logGroupName=name, kmsKeyId=inputs.take("kmsKeyId"), tags=inputs.tags())
    if days := inputs.take("retentionInDays"):
        aws.logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    found = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (arn,) = [group["arn"] for group in found if group["logGroupName"] == name]
    # Pulumi's ARN is that of the group itself, CloudWatch's that of everything in it.
    return {"id": name, "name": name, "arn": arn.removesuffix(":*")}


CREATORS = {"aws:cloudwatch/logGroup:LogGroup": _log_group}
