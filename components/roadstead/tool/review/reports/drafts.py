"""Waivers that are ready to paste, but for who answers and why."""

from collections.abc import Iterable
from datetime import date

from roadstead.tool.review.finding import Finding
from roadstead.tool.review.review import Review, to_read
from roadstead.tool.review.waivers import FILE, draft


def text(review: Review) -> str:
    """A waiver of each finding that is to be read; nothing where there is none."""
    if review.expires is None:
        return ""
    listed = (of(to_read(stack.findings), review.expires) for stack in review.stacks)
    drafts = "".join(listed)
    return f"\n# For {FILE}, with a person and a reason:\n{drafts}" if drafts else ""


def of(findings: Iterable[Finding], expires: date) -> str:
    """A waiver of each; two findings of a rule about one resource are lifted by one."""
    return "".join(dict.fromkeys(draft(finding, expires) for finding in findings))
