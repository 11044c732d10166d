"""ECR: image repositories and their policies."""

from roadstead.tool.sandbox.aws.clients import Answer, Clients
from roadstead.tool.sandbox.aws.inputs import Inputs
from roadstead.tool.sandbox.aws.tags import pairs


def _repository(inputs: Inputs, aws: Clients) -> Answer:
    made = aws.ecr.create_repository(
        repositoryName=inputs.name(),
        imageTagMutability=inputs.take("imageTagMutability"),
        imageScanningConfiguration=inputs.take("imageScanningConfiguration"),
        encryptionConfiguration=inputs.take_only("encryptionConfigurations"),
        tags=pairs(inputs.tags()),
    )["repository"]
    return {
        "id": made["repositoryName"],
        "name": made["repositoryName"],
        "arn": made["repositoryArn"],
        "repositoryUrl": made["repositoryUri"],
        "registryId": made["registryId"],
    }


def _lifecycle_policy(inputs: Inputs, aws: Clients) -> Answer:
    name = inputs.take("repository")
    aws.ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=inputs.take("policy"))
    return {"id": name}


def _repository_policy(inputs: Inputs, aws: Clients) -> Answer:
    name = inputs.take("repository")
    aws.ecr.set_repository_policy(repositoryName=name, policyText=inputs.take("policy"))
    return {"id": name}


CREATORS = {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _lifecycle_policy,
    "aws:ecr/repository:Repository": _repository,
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _repository_policy,
}
