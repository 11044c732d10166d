"""A review as Markdown for a pull request: never longer than a comment may be, the summary on top, the rest folded.

GitHub takes 65,536 characters. Each stack begins with a marker that is not shown, so that its comment can be found again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from roadstead.tool.review import together
from roadstead.tool.review.change import Change
from roadstead.tool.review.finding import Finding
from roadstead.tool.review.reports import lines, money
from roadstead.tool.review.reports.drafts import of as drafts_of
from roadstead.tool.review.reports.lines import MAX_TEAMS, cut, details, heading, named_urn, one_line
from roadstead.tool.review.review import (
    BY_RISK,
    Review,
    StackReview,
    by_team,
    findings_summary,
    summary,
    summary_of,
    there_before,
    to_read,
)
from roadstead.tool.review.together import Together
from roadstead.tool.review.waivers import FILE, Waived

LIMIT = 60_000
VALUE_LENGTH, TEXT_LENGTH, NAME_LENGTH = 120, 400, 100
MAX_PROPERTIES, MAX_NOTES = 20, 10
_RESERVED = 1_000
"""Characters for what ends a part: how much is left out, and what closes a fold."""
_ICONS = {"error": "🛑", "warning": "⚠️", "note": "💡"}  # fmt: skip


def marker(stack: str) -> str:
    """The line that a stack's comment begins with."""
    return f"<!-- roadstead diff: {re.sub(r'[^A-Za-z0-9._-]', '-', cut(stack, NAME_LENGTH))} -->"


def report(review: Review) -> str:
    """What the rules say of all stacks, then the stacks one after another; together they share the length of a comment."""
    if len(review.stacks) == 1:
        return _stack(review.stacks[0], review, LIMIT, is_alone=True)
    top = _top(review, LIMIT // 3) if review.stacks else ""
    share = max(_RESERVED, (LIMIT - len(top)) // max(1, len(review.stacks)) - 1)
    texts = [_stack(stack, review, share, is_alone=False) for stack in review.stacks]
    shown = list(_fitting(texts, LIMIT - len(top) - (_RESERVED if share == _RESERVED else 0)))
    left = len(texts) - len(shown)
    return "\n".join([*([top] if top else []), *shown]) + (f"\nNot shown here: {left} more stacks.\n" if left else "")


def _top(review: Review, room: int) -> str:
    """What is said once of all stacks."""
    heads = "".join(f"- {_heading(stack)}\n" for stack in review.stacks[:MAX_TEAMS])
    text = f"# Review\n\n{_compared(review)}\n\n{_notes(review, ())}{heads}\n"
    return text + _findings(review.stacks, review.expires, room - len(text))


def _compared(review: Review) -> str:
    return f"Compared with {plain(review.base, NAME_LENGTH)}."


def _heading(stack: StackReview) -> str:
    found = findings_summary(stack.findings)
    return f"{plain(stack.diff.stack, NAME_LENGTH)}: {summary_of(stack)}{f'; {found}' if found else ''}"


def _notes(review: Review, own: Sequence[str]) -> str:
    """What a reader must know before all, in full view."""
    lines = [f"🛑 {plain(problem, TEXT_LENGTH)}" for problem in review.problems[:MAX_NOTES]]
    notes = [*review.notes, *own]
    lines += [plain(note, TEXT_LENGTH) for note in notes[:MAX_NOTES]]
    left = max(0, len(review.problems) - MAX_NOTES) + max(0, len(notes) - MAX_NOTES)
    return "".join(f"> {line}\n\n" for line in [*lines, *([f"… and {left} more notes."] if left else [])])


def _stack(stack: StackReview, review: Review, room: int, *, is_alone: bool) -> str:
    heading_lines = [
        marker(stack.diff.stack),
        f"## {plain(stack.diff.stack, NAME_LENGTH)}: {summary_of(stack)}",
    ]
    found = findings_summary(stack.findings)
    text = "\n".join(heading_lines) + "\n\n"
    if is_alone:
        text += f"{_compared(review)}{f' **{found[0].upper()}{found[1:]}.**' if found else ''}\n\n"
        text += _notes(review, stack.notes)
        text += _findings([stack], review.expires, (room - len(text)) // 2)
    else:
        text += _notes(replace(review, notes=(), problems=()), stack.notes)
    text += "\n".join(_teams(stack)) + "\n"
    text += _cost(stack, (room - len(text)) // 4)
    text += _folds(stack, room - len(text))
    return text if len(text) <= room else "\n".join(heading_lines) + "\n"


def _teams(stack: StackReview) -> list[str]:
    teams = by_team(stack.diff)
    if not teams:
        return []
    kinds = [kind for kind in BY_RISK if any(change.kind is kind for change in stack.diff.changes)]
    rows = [f"| | {' | '.join(kinds)} |", "|---|" + "--:|" * len(kinds)]
    for team in list(teams)[:MAX_TEAMS]:
        counts = Counter(change.kind for change in teams[team])
        rows.append(f"| {plain(team, NAME_LENGTH)} | {' | '.join(str(counts[kind] or '') for kind in kinds)} |")
    if len(teams) > MAX_TEAMS:
        others = [change for team in list(teams)[MAX_TEAMS:] for change in teams[team]]
        rows.append(f"\n{len(teams) - MAX_TEAMS} more teams: {summary(others)}.")
    return [*rows, ""]


def _cost(stack: StackReview, room: int) -> str:
    """What it costs and, as far as there is room, by team."""
    if stack.cost is None:
        return ""
    rows = [
        f"| {plain(row.team, NAME_LENGTH)} | {plain(row.now, NAME_LENGTH)} | {plain(row.change, NAME_LENGTH)} |\n"
        for row in money.rows(stack.cost)
    ]
    shown = list(_fitting(rows[: MAX_TEAMS + 1], room - _RESERVED))
    left = f"\n{len(rows) - len(shown)} more teams.\n" if shown and len(shown) < len(rows) else ""
    table = "| | USD a month | change |\n|---|--:|--:|\n" + "".join(shown) + left + "\n" if shown else ""
    says = plain(f"{money.prices(stack.cost.now)} {money.basis(stack.cost.now)}", TEXT_LENGTH) if stack.cost.now else ""
    text = f"**{plain(money.headline(stack.cost), TEXT_LENGTH)}**\n\n{_fold('Cost by team', f'{table}{says}')}"
    return text if len(text) <= room else ""


def _findings(stacks: Sequence[StackReview], expires: date | None, room: int) -> str:
    """What is to be read, and folded: a waiver of each, what was there before, and what is waived."""
    found, names = together.findings(stacks), len(stacks) > 1
    text = _items(found, room // 2, names_stacks=names)
    if expires is not None:
        drafts = [drafts_of(to_read(stack.findings), expires) for stack in stacks]
        text += _drafts("".join(drafts), (room - len(text)) // 3)
    old = together.findings(stacks, there_before)
    if old:
        title = findings_summary(each.finding for each in old).capitalize()
        text += _fold(title, _items(old, (room - len(text)) // 3, names_stacks=names))
    text += _waived(list(together.waived(stacks)), (room - len(text)) // 2, names_stacks=names)
    return text + ("\n" if text else "")


def _items(found: Sequence[Together], room: int, *, names_stacks: bool) -> str:
    items = (finding_item(each.finding, each.where if names_stacks else "") for each in found)
    shown = list(_fitting(items, room - _RESERVED))
    left = findings_summary(each.finding for each in found[len(shown) :])
    return "".join(shown) + (f"- … and {left} more.\n" if left else "")


def finding_item(finding: Finding, where: str = "") -> str:
    """A finding as an item of a list, with the stacks that have it where there are several."""
    place = plain(lines.place(finding), NAME_LENGTH)
    rule = f"{plain(lines.about(finding), NAME_LENGTH)}{f' in {plain(where, NAME_LENGTH)}' if where else ''}"
    about = f"{rule}: {plain(named_urn(finding.resource), NAME_LENGTH)}"
    says = f"{plain(finding.what, TEXT_LENGTH)} {plain(finding.do, TEXT_LENGTH)}"
    return f"- {_ICONS[finding.severity]} **{about}**{f' ({place})' if place else ''}: {says}\n"


def _drafts(text: str, room: int) -> str:
    """Waivers to paste, whole ones. A block of code shows them as they are; none of its lines can end it."""
    blocks = [f"- rule: {block}" for block in text.split("- rule: ")[1:]]
    shown = list(_fitting(blocks, room - _RESERVED))
    left = f"\nNot shown here: {len(blocks) - len(shown)} more.\n" if len(shown) < len(blocks) else ""
    body = f"Into `{FILE}`, with a person and a reason:\n\n```yaml\n{''.join(shown)}```\n{left}"
    return _fold("Waivers to paste", body) if shown else ""


def _waived(waived: Sequence[tuple[str, Waived]], room: int, *, names_stacks: bool) -> str:
    items = (
        f"- {plain(finding.rule, NAME_LENGTH)}{f' in {plain(stack, NAME_LENGTH)}' if names_stacks else ''}: "
        f"{plain(named_urn(finding.resource), NAME_LENGTH)}, "
        f"until {waiver['expires']} by {plain(waiver['person'], NAME_LENGTH)}: {plain(waiver['reason'], TEXT_LENGTH)}\n"
        for stack, (finding, waiver) in waived
    )
    shown = list(_fitting(items, room - _RESERVED))
    tail = f"- … and {len(waived) - len(shown)} more.\n" if len(shown) < len(waived) else ""
    return _fold(f"{len(waived)} waived", "".join(shown) + tail) if waived else ""


def _folds(stack: StackReview, room: int) -> str:
    """A fold for each team, as far as there is room, and how many changes are not shown."""
    text, hidden = "", []
    for team, changes in by_team(stack.diff).items():
        blocks = (_block(change) for change in changes)
        shown = list(_fitting(blocks, room - len(text) - _RESERVED))
        hidden += changes[len(shown) :]
        if shown:
            # No line begins with what would end the block: each has a sign or is indented.
            title = f"{plain(team, NAME_LENGTH)}: {summary(changes)}"
            text += _fold(title, f"```diff\n{''.join(shown)}```\n")
    return text + (f"Not shown here: {summary(hidden)}.\n" if hidden else "")


def _block(change: Change) -> str:
    text = [cut(heading(change), TEXT_LENGTH), *(f"    {line}" for line in details(change, VALUE_LENGTH))]
    left = len(text) - 1 - MAX_PROPERTIES
    if left > 0:
        text = [*text[: MAX_PROPERTIES + 1], f"    … and {left} more"]
    return "".join(f"{one_line(line)}\n" for line in text)


def _fold(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n</details>\n\n"


def _fitting(blocks: Iterable[str], room: int) -> Iterable[str]:
    """The first blocks, as many as there is room for."""
    for block in blocks:
        room -= len(block)
        if room < 0:
            return
        yield block


def plain(text: str, length: int) -> str:
    """Text that Markdown and HTML show as it is, and that calls nobody; what is to be spelt out may double its length."""
    spelt = _spelt(cut(text, length))
    return spelt if len(spelt) <= 2 * length else _spelt(cut(text, length // 4))


def _spelt(text: str) -> str:
    # GitHub looks for names and issues after it has read the Markdown: spelling an @ out does not hide it from that.
    text = re.sub(r"(?<!\w)@(?=\w)|#(?=\d)", lambda match: f"{match[0]}\u200b", one_line(text))
    return re.sub(r"[^\w\s.,:;/()=…→-]|_", lambda match: f"&#{ord(match[0])};", text)
