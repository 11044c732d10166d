"""Tags of AWS resources and labels of Kubernetes nodes: free maps, of which the services take not everything."""

import re
from collections.abc import Mapping

from roadstead.core.problems import problem

RESERVED_TAGS = ("environment", "managed-by", "team", "Name")
"""Keys that our resources have in any case."""
MOST_TAGS = 40
"""AWS takes 50 on a resource; some of them are ours and some are the services' own."""
LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 128, 256
_NOT_IN_TAGS = re.compile(r"[^\w\s.:/=+\-@]|[\x00-\x1f\x7f-\x9f]")
RESERVED_LABELS = ("kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")
"""EKS refuses a node group with such a label: "Label cannot contain reserved prefixes"."""
LONGEST_LABEL = 63
_NAME = re.compile(r"[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def tag_problems(path: str, tags: Mapping[str, str], reserved: tuple[str, ...] = ()) -> list[str]:
    """What AWS's services do not take, or would take for a tag of ours. IAM tells keys apart without regard to case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    """
    found = []
    if len(tags) > MOST_TAGS:
        found.append(problem(path, "too many", len(tags), f"at most {MOST_TAGS}"))
    first = {key.casefold(): key for key in reversed(reserved)}
    for key, value in tags.items():
        here = f"{path}.{key}"
        same = first.setdefault(key.casefold(), key)
        if key.casefold() in {name.casefold() for name in reserved}:
            expected = f"another key: every resource has {same!r}, and IAM tells keys apart without regard to case"
            found.append(problem(here, "a tag of ours", value, expected))
        elif same != key:
            expected = f"one of them: {same!r} is there too, and IAM tells keys apart without regard to case"
            found.append(problem(here, "the same key twice", value, expected))
        if key.casefold().startswith("aws:") or value.casefold().startswith("aws:"):
            found.append(problem(here, "a tag of AWS's own", value, "neither key nor value with 'aws:' before it"))
        for what, text, shortest, longest in (
            ("key", key, 1, LONGEST_TAG_KEY),
            ("value", value, 0, LONGEST_TAG_VALUE),
        ):
            if not shortest <= len(text) <= longest or _NOT_IN_TAGS.search(text):
                expected = f"{shortest} to {longest} letters, digits, spaces and . : / = + - @ _"
                found.append(problem(here, f"no {what} of a tag", text, expected))
    return found


def label_problems(path: str, key: str, value: str, *, may_be_empty: bool = False) -> list[str]:
    """What EKS does not take as a label or a taint of a managed node group's nodes.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    """
    found = []
    if any(reserved in key for reserved in RESERVED_LABELS):
        expected = f"a key without {', '.join(RESERVED_LABELS)}: EKS keeps those for itself"
        found.append(problem(path, "a reserved prefix", key, expected))
    prefix, _, name = key.rpartition("/")
    if len(key) > LONGEST_LABEL or not _NAME.fullmatch(name) or (("/" in key) and not _PREFIX.fullmatch(prefix)):
        expected = f"at most {LONGEST_LABEL} of letters, digits, '-', '_' and '.', perhaps after a domain, e.g. 'acme.com/pool'"
        found.append(problem(path, "no key of a label", key, expected))
    if not (may_be_empty and value == "") and not (len(value) <= LONGEST_LABEL and _NAME.fullmatch(value)):
        expected = f"at most {LONGEST_LABEL} of letters, digits, '-', '_' and '.', first and last a letter or digit"
        found.append(problem(path, "no value of a label", value, expected))
    return found
