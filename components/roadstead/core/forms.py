"""The forms of values that AWS and Kubernetes accept, each with the problem to report."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from roadstead.core.problems import problem
from roadstead.core.tags import tag_problems
from roadstead.facts.regions import DATA as REGIONS
from roadstead.facts.regions import SUPPORTED_PARTITIONS, Region, regions

_DNS_LABEL = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ROLE = re.compile(r"arn:([a-z-]+):iam::(\d{12}):role/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
_PRINCIPAL_PATTERN = re.compile(r"arn:([a-z-]+|\*):iam::(\d{12}|\*):(role|user)/[\w+=,.@/*-]+", re.ASCII)
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REGISTRY = re.compile(rf"(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{{1,5}})?(?:/{_PART})*", re.ASCII)
_IMAGE = re.compile(rf"(?:{_REGISTRY.pattern}/)?{_PART}", re.ASCII)


def dns_label_problems(path: str, name: str, longest: int = 63) -> list[str]:
    """Kubernetes' RFC 1035 label, the form that every kind of object accepts, with single hyphens, as ECR wants them.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    if len(name) <= longest and _DNS_LABEL.fullmatch(name):
        return []
    expected = f"at most {longest} of a-z, 0-9 and single '-', first a letter, e.g. 'payments'"
    return [problem(path, "no DNS label", name, expected)]


def account_problems(path: str, account_id: str) -> list[str]:
    """An AWS account id."""
    if _ACCOUNT.fullmatch(account_id):
        return []
    return [problem(path, "no AWS account id", account_id, "12 digits, e.g. '111122223333'")]


def role_problems(path: str, arn: str, region: str, account_id: str) -> list[str]:
    """The ARN of one IAM role of the account, as an EKS access entry takes it.

    https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
    """
    match = _ROLE.fullmatch(arn)
    if match is None:
        return [problem(path, "no ARN of an IAM role", arn, "e.g. 'arn:aws:iam::111122223333:role/platform-admin'")]
    found = partition_problems(path, arn, region)
    if match.group(2) != account_id and _ACCOUNT.fullmatch(account_id):
        found.append(problem(path, "a role of another account", arn, f"a role of {account_id}"))
    if ":role/aws-service-role/" in arn:
        found.append(problem(path, "a role of an AWS service", arn, "a role that somebody can take on"))
    return found


def partition_problems(path: str, arn: str, region: str) -> list[str]:
    """Whether an ARN (or a pattern of some) is of the partition that the region is in."""
    known = _supported(region)
    given = arn.split(":")[1] if arn.startswith("arn:") else "*"
    if known is None or given == known.partition or "*" in given or "?" in given:
        return []
    return [problem(path, f"of another partition than {region}", arn, f"arn:{known.partition}:…")]


def in_region(args: Mapping[str, Any]) -> list[str]:
    """What is wrong with the region and the tags of a component's arguments."""
    found = region_problems("region", args["region"]) if "region" in args else []
    return found + tag_problems("tags", args.get("tags", {}))


def region_problems(path: str, region: str) -> list[str]:
    """A region of AWS, in a partition that somebody has tried."""
    known = regions().get(region)
    if known is None:
        close = get_close_matches(region.lower(), regions(), n=2)
        hint = f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""
        return [problem(path, f"no region of AWS{hint}", region, f"a region of data/{REGIONS}, e.g. 'eu-west-1'")]
    if known.partition not in SUPPORTED_PARTITIONS:
        expected = f"a region of {', '.join(SUPPORTED_PARTITIONS)}"
        return [problem(path, f"a region of {known.partition}, which is not supported", region, expected)]
    return []


def _supported(region: str) -> Region | None:
    """A region against which other values can be held: of one that is wrong, `region_problems` says so, once."""
    known = regions().get(region)
    return known if known and known.partition in SUPPORTED_PARTITIONS else None


def zone_problems(path: str, zone: str, region: str) -> list[str]:
    """An availability zone of the region."""
    known = _supported(region)
    if known is None:
        return [] if zone[:-1] in regions() else [problem(path, "no availability zone", zone, "e.g. 'eu-west-1a'")]
    if not zone.startswith(region):
        return [problem(path, f"not in region {region}", zone, f"e.g. '{region}a'")]
    if zone.removeprefix(region) in [*known.zones] or (not known.zones and zone[:-1] == region):
        return []
    zones = ", ".join(f"{region}{letter}" for letter in known.zones)
    return [problem(path, "no availability zone", zone, f"one of {zones}")]


def principal_pattern_problems(path: str, arn: str) -> list[str]:
    """ARNs of IAM roles or users, `*` allowed: Identity Center puts a random suffix on the roles it makes."""
    if _PRINCIPAL_PATTERN.fullmatch(arn) and not re.search(r":(role|user)/\*+$", arn):
        return []
    expected = (
        "the ARN of a role or user, '*' allowed in the account and within the name, "
        "e.g. 'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Payments_*'"
    )
    return [problem(path, "no ARN of IAM principals", arn, expected)]


def digest_problems(path: str, digest: str) -> list[str]:
    """The digest of a container image. A tag is refused: it can come to mean another image."""
    if _DIGEST.fullmatch(digest):
        return []
    within = re.search(r"(?:^|sha256:)([0-9a-f]{64})$", digest, re.IGNORECASE)
    expected = (
        f"the digest alone: write sha256:{within[1].lower()}"
        if within
        else "'sha256:' and 64 hexadecimal digits; a tag will not do"
    )
    return [problem(path, "no image digest", digest, expected)]


def registry_problems(path: str, registry: str) -> list[str]:
    """The host of a registry, with a port and a path where it has them: what stands before an image's name.

    https://github.com/distribution/reference/blob/main/reference.go
    """
    if _REGISTRY.fullmatch(registry):
        return []
    host = re.sub(r"^[a-z]+://", "", registry.strip(), flags=re.IGNORECASE).rstrip("/").lower()
    expected = "a host, with port and path where there are some, without 'https://' and '/' at the end"
    return [
        problem(path, "no registry", registry, f"{expected}{f': write {host}' if _REGISTRY.fullmatch(host) else ''}")
    ]


def image_problems(path: str, image: str) -> list[str]:
    """An image's repository. Which image of it runs is the digest's to say, so tag and digest are refused here."""
    if _IMAGE.fullmatch(image):
        return []
    repository, digest, tag = _without_digest_and_tag(image)
    what = "no image repository"
    if digest or tag:
        what = f"a repository with a {'digest' if digest else 'tag'}"
    expected = "the repository alone, e.g. 'registry.example.com/payments/api'; the digest says which image runs"
    return [problem(path, what, image, f"{expected}: write {repository}" if _IMAGE.fullmatch(repository) else expected)]


def _without_digest_and_tag(image: str) -> tuple[str, str, str]:
    name, _, digest = re.sub(r"^[a-z]+://", "", image.strip()).partition("@")
    start, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return f"{start}{slash}{last}", digest, tag


def log_retention_problems(path: str, days: int) -> list[str]:
    """A number of days that CloudWatch Logs offers."""
    if days in LOG_RETENTION_DAYS:
        return []
    expected = f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}"
    return [problem(path, "not a retention that CloudWatch offers", days, expected)]


def partition(region: str) -> str:
    """The AWS partition that a region belongs to, for the ARNs of AWS's own policies.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return regions()[region].partition
