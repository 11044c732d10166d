"""The Pod Security Standards: what the levels "baseline" and "restricted" forbid a pod.

The checks and their words are those of Kubernetes' own module, pod-security-admission at v0.36.
https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator

from roadstead.tool.review.admission import baseline, restricted
from roadstead.tool.review.admission.held import Pod, Said
from roadstead.tool.review.views.reading import Place

PRIVILEGED, BASELINE, RESTRICTED = LEVELS = ("privileged", "baseline", "restricted")
OLDEST, LATEST = 25, 1000
"""Minor versions of Kubernetes: rules of older ones are taken for the oldest, and those of the newest go on."""


def violations(spec: Place, annotations: Place, level: str, minor: int = LATEST) -> Iterator[Said]:
    """What a level forbids of a pod (or the template of one), and what cannot be seen of it."""
    if level == PRIVILEGED:
        return
    pod = Pod(spec, annotations, max(minor, OLDEST))
    for name, check in baseline.CHECKS.items():
        if level == BASELINE or name not in restricted.OVERRIDES:
            yield from check(pod)
    if level == RESTRICTED:
        for check in restricted.CHECKS:
            yield from check(pod)
