import json

import pytest
from botocore.exceptions import ClientError
from tests.aws.support import Account

MANIFEST = json.dumps(
    {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": {}, "layers": []}
)


def test_repositories_scan_keep_their_tags_and_are_encrypted_with_the_teams_key(made: Account) -> None:
    for _, name, inputs in made.of_type("aws:ecr/repository:Repository"):
        (found,) = made.aws.ecr.describe_repositories(repositoryNames=[name])["repositories"]
        assert found["imageTagMutability"] == "IMMUTABLE"
        assert found["imageScanningConfiguration"] == {"scanOnPush": True}
        key = made.aws.kms.describe_key(KeyId=found["encryptionConfiguration"]["kmsKey"])["KeyMetadata"]
        assert key["KeyId"] == made.id_of("aws:kms/key:Key", inputs["tags"]["team"])


def test_policies_and_lifecycles_are_as_written(made: Account) -> None:
    for _, name, inputs in made.of_type("aws:ecr/repositoryPolicy:RepositoryPolicy"):
        found = made.aws.ecr.get_repository_policy(repositoryName=name)["policyText"]
        assert json.loads(found) == json.loads(inputs["policy"])
    for _, name, inputs in made.of_type("aws:ecr/lifecyclePolicy:LifecyclePolicy"):
        found = made.aws.ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]
        assert json.loads(found) == json.loads(inputs["policy"])


def test_a_tag_is_not_moved_to_another_image(in_staging: Account) -> None:
    ecr = in_staging.aws.ecr
    ecr.put_image(repositoryName="storefront/web", imageTag="v1", imageManifest=MANIFEST)
    another = MANIFEST.replace('"config": {}', '"config": {"size": 1}')
    # AWS calls it ImageTagAlreadyExistsException.
    with pytest.raises(ClientError, match="tag 'v1' already exists"):
        ecr.put_image(repositoryName="storefront/web", imageTag="v1", imageManifest=another)
