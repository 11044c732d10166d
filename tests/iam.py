"""What the linter parliament says of the policy documents that a graph declares."""

import json
import warnings
from typing import Any

from roadstead.tool.review.views.policy import listed

with warnings.catch_warnings():
    # It leaves its files open.
    warnings.simplefilter("ignore")
    import parliament  # type: ignore[import-untyped]

OWN_RESOURCE = {
    "ecr:": "arn:aws:ecr:eu-west-1:111122223333:repository/some",
    "kms:": "arn:aws:kms:eu-west-1:111122223333:key/some",
    "sts:": "arn:aws:iam::111122223333:role/some",
}
"""What the policy of a resource is about, by its actions."""


def findings(text: str) -> list[Any]:
    """What the linter parliament has to say about a document.

    It knows identity policies. In a resource's own policy, a statement without a resource or with `*` is about the
    resource itself, and the root's `kms:*` is what AWS asks for. Of federated principals it knows four, GitHub is none:
    test_team_access.py says what those statements let in.
    """
    document = json.loads(text)
    own = []
    for statement in document["Statement"]:
        if "Principal" in statement and statement.get("Resource", "*") == "*":
            statement["Resource"] = OWN_RESOURCE[listed(statement["Action"])[0][:4]]
        if statement["Action"] != ["kms:*"] and "Federated" not in statement.get("Principal", {}):
            own.append(statement)
    if not own:
        return []
    found: list[Any] = parliament.analyze_policy_string(json.dumps({**document, "Statement": own})).findings
    return found


def privileges(service: str) -> dict[str, str]:
    """The access level of every action of a service, as the linter knows them."""
    (first, *_) = [known for known in parliament.iam_definition if known["prefix"] == service]
    return {action["privilege"]: action["access_level"] for action in first["privileges"]}
