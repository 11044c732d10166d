"""A review as one HTML file: it works from disk, and loads nothing.

Its policy names the hashes of its own script and style and forbids everything else, so that nothing in a value can run.
https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from roadstead.tool.offline.graph import plain
from roadstead.tool.report import tree
from roadstead.tool.review import together
from roadstead.tool.review.change import Change
from roadstead.tool.review.difference.values import parsed
from roadstead.tool.review.reports import lines, money, page
from roadstead.tool.review.reports.page import Extra
from roadstead.tool.review.reports.picture import picture
from roadstead.tool.review.review import (
    BY_RISK,
    Review,
    by_team,
    findings_summary,
    summary,
    summary_of,
    there_before,
    to_read,
)
from roadstead.tool.review.waivers import draft

VALUE_LENGTH = 1000
FEW = 50
"""A stack with so many changes shows the teams unfolded."""
VERY_FEW = 10
"""One with so many that follow no other shows what differs unfolded."""
TEMPLATES = "templates"


def report(review: Review, extras: Mapping[str, Extra] | None = None) -> str:
    """A review as a page, with what else is known of its stacks, by their names."""
    environment = Environment(
        loader=PackageLoader("roadstead.tool.review.reports", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _asset("page.css"), _asset("page.js")
    return environment.get_template("page.html.jinja").render(
        review=review,
        extras={stack.diff.stack: (extras or {}).get(stack.diff.stack, Extra()) for stack in review.stacks},
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'",
        kinds=[kind for kind in BY_RISK if any(x.kind is kind for stack in review.stacks for x in stack.diff.changes)],
        properties=_properties(review),
        urns={change.resource.urn for stack in review.stacks for change in stack.diff.changes},
        few=FEW,
        very_few=VERY_FEW,
        lines=lines,
        money=money,
        page=page,
        picture=picture,
        anchor=anchor,
        type_name=tree.kind,
        summary=summary,
        summary_of=summary_of,
        findings_summary=findings_summary,
        there_before=there_before,
        to_read=to_read,
        together=together,
        draft=draft,
        by_team=by_team,
    )


def _properties(review: Review) -> dict[str, Any]:
    """What differs, or what is created or deleted, by the anchor of the change.

    The page shows it when a change is unfolded: thousands at once are slow.
    """
    shown = {anchor(change.resource.urn): _shown(change) for stack in review.stacks for change in stack.diff.changes}
    return {name: properties for name, properties in shown.items() if properties}


def _shown(change: Change) -> Any:
    """A list of what differs; of what has only one side a mapping, its inputs."""
    if change.old and change.new:
        return [lines.difference(changed, VALUE_LENGTH) for changed in change.properties]
    return _cut(plain(change.resource.inputs))


def _cut(value: Any) -> Any:
    """A value with its long texts cut; text that is JSON, as policy documents are, as what it says."""
    value = parsed(value)
    if isinstance(value, dict):
        return {lines.cut(key, VALUE_LENGTH): _cut(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cut(item) for item in value]
    return lines.cut(value, VALUE_LENGTH) if isinstance(value, str) else value


def anchor(name: str) -> str:
    """What links to a change or a stack: the same in every report."""
    return f"x{sha256(name.encode()).hexdigest()[:16]}"


def _asset(name: str) -> str:
    """The text of a file beside the template, as it will stand in the page: a browser hashes what it parsed."""
    return (files(__package__) / TEMPLATES / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
