import json

import pytest
from tests.aws.support import Account


def test_role_documents_are_as_written(made: Account) -> None:
    for _, name, inputs in made.of_type("aws:iam/role:Role"):
        role = made.aws.iam.get_role(RoleName=name)["Role"]
        assert role["AssumeRolePolicyDocument"] == json.loads(inputs["assumeRolePolicy"])
    for _, id_, inputs in made.of_type("aws:iam/rolePolicy:RolePolicy"):
        role_name, policy_name = id_.split(":")
        found = made.aws.iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)
        assert found["PolicyDocument"] == json.loads(inputs["policy"])


def test_every_role_of_a_team_has_the_teams_own_boundary_as_written(made: Account) -> None:
    teams = set()
    for _, name, inputs in made.of_type("aws:iam/role:Role"):
        team = inputs.get("tags", {}).get("team")
        boundary = made.aws.iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary")
        if not team:
            assert boundary is None
            continue
        teams.add(team)
        assert boundary["PermissionsBoundaryArn"] == made.id_of("aws:iam/policy:Policy", f"{team}-boundary")
        policy = made.aws.iam.get_policy_version(PolicyArn=boundary["PermissionsBoundaryArn"], VersionId="v1")
        document = json.loads(made.inputs(made.graph.one("aws:iam/policy:Policy", f"{team}-boundary"))["policy"])
        assert policy["PolicyVersion"]["Document"] == document
    assert teams == {"data", "payments", "storefront"}


def test_github_is_trusted_for_sts_alone(made: Account) -> None:
    ((_, arn, _),) = made.of_type("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
    provider = made.aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert provider["Url"] == "token.actions.githubusercontent.com"
    assert provider["ClientIDList"] == ["sts.amazonaws.com"]


def test_the_policies_of_aws_that_are_attached_exist(made: Account) -> None:
    for _, id_, _ in made.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        role_name, _, policy_arn = id_.partition("/")
        attached = made.aws.iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
        assert policy_arn in [policy["PolicyArn"] for policy in attached]
        assert made.aws.iam.get_policy(PolicyArn=policy_arn)["Policy"]["IsAttachable"]


@pytest.mark.parametrize("team", ["data", "payments", "storefront"])
def test_a_team_uses_its_repositories_and_its_key_and_no_context_of_another_team(
    team: str, in_staging: Account
) -> None:
    developer = in_staging.acting_as(f"staging-{team}-developer")
    assert developer.sts.get_caller_identity()["Arn"].endswith(f":assumed-role/staging-{team}-developer/test")

    own = [
        name
        for _, name, inputs in in_staging.of_type("aws:ecr/repository:Repository")
        if inputs["tags"]["team"] == team
    ]
    assert len(developer.ecr.describe_repositories(repositoryNames=own)["repositories"]) == len(own) == 2
    assert developer.ecr.get_authorization_token()["authorizationData"]

    context = {"team": team}
    sealed = developer.kms.encrypt(KeyId=f"alias/staging/{team}", Plaintext=b"plan", EncryptionContext=context)
    blob = sealed["CiphertextBlob"]
    assert developer.kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"plan"
    for other in ({"team": "another"}, {}):
        with pytest.raises(developer.kms.exceptions.InvalidCiphertextException):
            developer.kms.decrypt(CiphertextBlob=blob, EncryptionContext=other)
