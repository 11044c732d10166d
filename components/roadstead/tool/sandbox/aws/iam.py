"""IAM: roles, policies and identity providers."""

from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs
from roadstead.tool.sandbox.aws.tags import pairs


def _role(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.iam.create_role(
        RoleName=inputs.name(),
        AssumeRolePolicyDocument=inputs.take("assumeRolePolicy"),
        PermissionsBoundary=inputs.take("permissionsBoundary"),
        Tags=pairs(inputs.tags()),
    )["Role"]
    return {"id": made["RoleName"], "name": made["RoleName"], "arn": made["Arn"]}


def _role_policy(inputs: Inputs, aws: Clients) -> Answer:
    role_name, name = inputs.take("role"), inputs.name()
    aws.iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=inputs.take("policy"))
    return {"id": f"{role_name}:{name}", "name": name}


def _role_policy_attachment(inputs: Inputs, aws: Clients) -> Answer:
    role_name, policy_arn = inputs.take("role"), inputs.take("policyArn")
    aws.iam.attach_role_policy(RoleName=role_name, PolicyArn=policy_arn)
    return {"id": f"{role_name}/{policy_arn}"}


def _policy(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.iam.create_policy(
        PolicyName=inputs.name(),
        Description=inputs.take("description"),
        PolicyDocument=inputs.take("policy"),
        Tags=pairs(inputs.tags()),
    )["Policy"]
    return {"id": made["Arn"], "arn": made["Arn"], "name": made["PolicyName"]}


def _open_id_connect_provider(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.iam.create_open_id_connect_provider(
        Url=inputs.take("url"), ClientIDList=inputs.take("clientIdLists"), Tags=pairs(inputs.tags())
    )
    return {"id": made["OpenIDConnectProviderArn"], "arn": made["OpenIDConnectProviderArn"]}


CREATORS = {
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _open_id_connect_provider,
    "aws:iam/policy:Policy": _policy,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _role_policy_attachment,
}
