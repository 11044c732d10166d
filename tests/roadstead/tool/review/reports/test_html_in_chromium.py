"""The page as people get it: opened from disk in a real Chromium that has no network."""

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from tests.roadstead.tool.review.reports.samples import HOSTILE, extra, large, review

from roadstead.tool.review.reports import html

BOTH_THEMES = pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
CHROMIUM = shutil.which("chromium")
LARGEST_BYTES = 5_000_000

expect.set_options(timeout=60_000)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "diff.html"
    path.write_text(html.report(review(), {"production": extra()}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium's sandbox wants a user who is not root; the page is our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=["light"])
def page(request: pytest.FixtureRequest, browser: Browser, file: Path) -> Iterator[Page]:
    """The page in a system of light or dark colours; what it says on the console, asks for or stumbles over is an error."""
    context = browser.new_context(color_scheme=request.param, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda asked: said.append(asked.url) if asked.url.partition("#")[0] != file.as_uri() else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert said == []


def changes(page: Page) -> Locator:
    return page.locator(".change:visible")


@BOTH_THEMES
def test_the_summary_comes_first_with_findings_and_counts(page: Page) -> None:
    expect(page.get_by_role("heading", level=2).first).to_have_text("Summary")
    rows = page.get_by_role("region", name="Summary by stack").get_by_role("row")
    expect(rows).to_have_text(
        [
            "StackFindingsreplacedeleteupdateUSD a monthChange",
            "production 1 error, 1 note; there before: 1 warning 3 1 1 70.08+35.04",
            "staging none 0 0 0",
        ]
    )


def test_what_was_there_before_is_folded(page: Page) -> None:
    old = page.get_by_text("It takes long.")
    expect(old).to_be_hidden()
    page.get_by_text("There before: 1 warning", exact=True).click()
    expect(old).to_be_visible()


def test_headings_are_in_order_and_none_is_left_out(page: Page) -> None:
    levels = [int(str(heading.evaluate("e => e.tagName"))[1]) for heading in page.get_by_role("heading").all()]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_hostile_values_are_shown_as_text(page: Page) -> None:
    page.get_by_role("button", name="Unfold all").click()
    expect(page.locator("ins", has_text=HOSTILE)).to_be_visible()
    expect(page.get_by_text(f"It says {HOSTILE}.")).to_be_visible()
    assert page.locator("img").count() == 0


SEARCHES = {
    "subnet": ["private-c", "general", "spot"],
    "10.0.9.0": ["private-c"],
    "PAYMENTS deployment": ["payments.worker", "payments.api"],
    "deployment worker": ["payments.worker"],
    "spec.password": ["payments.api"],
    "metadata.name worker": ["payments.worker"],
    "hunter2": [],
    "<img src": ["payments.api"],
}


def test_search_shows_the_changes_in_which_every_word_stands(page: Page) -> None:
    whole, search = page.locator(".change").count(), page.get_by_role("searchbox", name="Search")
    for typed, found in SEARCHES.items():
        # Nothing has this in it: so that what is read next is not still what the search before found.
        search.fill("nowhere")
        expect(page.get_by_role("status")).to_have_text(f"0 of {whole} changes")
        search.fill(typed)
        expect(page.get_by_role("status")).to_have_text(f"{len(found)} of {whole} changes")
        shown = changes(page).locator("b").all_inner_texts()
        assert sorted(name.rpartition(".")[2] for name in shown) == sorted(name.rpartition(".")[2] for name in found), (
            typed
        )


def test_what_was_folded_is_so_again_after_a_search(page: Page) -> None:
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(changes(page)).to_have_count(0)
    page.get_by_role("searchbox").fill("worker")
    expect(changes(page)).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("status")).to_have_text(f"{page.locator('.change').count()} changes")
    expect(changes(page)).to_have_count(0)


def test_changes_unfold_with_the_keyboard_alone(page: Page) -> None:
    change = page.locator("details.change", has_text="payments.worker").first
    change.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(change.locator("li")).to_have_text(
        ['metadata {\n "name": "worker",\n "namespace": "payments"\n}', "spec {}"]
    )
    page.keyboard.press("Enter")
    expect(change.locator("li").first).to_be_hidden()


def test_what_somebody_changed_is_unfolded_where_that_is_little_and_what_follows_is_not(page: Page) -> None:
    expect(page.locator(".change[open] b")).to_have_text(["private-c", "payments.api"])
    expect(page.locator(".change", has_text="private-c").first.locator("li")).to_have_text(
        "~ cidrBlock 10.0.2.0/24 10.0.9.0/24"
    )


def test_what_a_stack_says_of_its_changes_leads_to_them(page: Page) -> None:
    page.get_by_role("link", name="3 to replace (2 as a consequence), 1 to delete, 1 to update").click()
    expect(page.get_by_role("heading", level=3, name="production")).to_be_in_viewport()


def test_a_stack_of_which_nothing_changes_is_folded(page: Page) -> None:
    parts = page.locator("section", has=page.get_by_role("heading", level=2, name="staging")).locator(".part")
    assert parts.count() > 0
    assert parts.locator("visible=true").count() == parts.count()
    assert not [part for part in parts.all() if part.get_attribute("open") is not None]


def test_everything_that_can_be_used_is_reached_by_tab(page: Page) -> None:
    number = "(element) => [...document.querySelectorAll('*')].indexOf(element)"
    usable = page.locator("a, button, input, select, summary").locator("visible=true")
    there = {element.evaluate(number) for element in usable.all()}
    reached = set()
    page.keyboard.press("Tab")
    while (focused := page.locator(":focus-visible")).count():
        reached.add(focused.evaluate(number))
        page.keyboard.press("Tab")
    assert there <= reached


def test_a_changed_box_of_the_picture_leads_to_its_change(page: Page) -> None:
    page.get_by_role("searchbox").fill("nothing of that")
    expect(changes(page)).to_have_count(0)
    page.get_by_role("region", name="Zones of production").get_by_role("link", name="10.0.9.0/24").click()
    change = page.locator(".change:target")
    expect(change).to_contain_text("private-c")
    expect(change.locator("li")).to_be_visible()
    expect(change).to_be_in_viewport()


def test_cells_of_the_matrix_that_change_are_marked_and_say_how(page: Page) -> None:
    matrix = page.get_by_role("region", name="What changes in production")
    expect(matrix.get_by_role("row")).to_have_count(2)
    expect(matrix.locator("td.changed")).to_have_text(["no more: payments", "new: payments"])
    expect(page.get_by_text("Unchanged rows: 1")).to_be_visible()


def test_a_bar_that_is_too_full_is_marked(page: Page) -> None:
    expect(page.locator("td.over")).to_contain_text(["5.0 of 4.0 cores, too much"])


def test_the_cost_is_a_table_by_team_and_one_by_thing(page: Page) -> None:
    rows = page.get_by_role("region", name="Cost of production by team").get_by_role("row")
    expect(rows).to_have_text(["TeamUSD a monthChange", "all70.08+35.04", "platform70.08+35.04"])
    page.get_by_text("What it is made of: 3 things").click()
    things = page.get_by_role("region", name="Cost of production by thing")
    expect(things.get_by_role("row")).to_have_count(4)
    expect(things).to_contain_text(HOSTILE)


@BOTH_THEMES
def test_colours_follow_the_system_until_somebody_chooses(page: Page) -> None:
    def is_dark() -> bool:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 3 * 128

    assert is_dark() == page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for choice in ("dark", "light"):
        page.get_by_label("Colours").select_option(choice)
        assert is_dark() == (choice == "dark")


@BOTH_THEMES
def test_axe_finds_no_barrier(page: Page) -> None:
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    # What is outside of the window is not laid out, and axe would not see its colours.
    page.set_viewport_size({"width": 1280, "height": 10_000})
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [360, 640, 1280])
def test_a_narrow_window_scrolls_down_only_and_breaks_no_word_of_its_links(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    lines = (
        page.get_by_role("navigation")
        .get_by_role("link")
        .evaluate_all("all => all.map(e => e.getClientRects().length)")
    )
    assert set(lines) == {1}


@pytest.mark.parametrize("is_new", [False, True], ids=["changed", "created"])
def test_a_report_of_5000_resources_draws_of_them_what_is_looked_at(
    is_new: bool, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "diff.html"
    file.write_text(html.report(large(5000, is_new=is_new)), encoding="utf-8")
    assert file.stat().st_size < LARGEST_BYTES
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator("details.change").count() == 5000
    assert page.locator("details.change ul").count() == 0
    page.get_by_role("searchbox").fill("app-4321 spec.image")
    expect(page.get_by_role("status")).to_have_text("1 of 5000 changes")
    expect(changes(page)).to_have_count(1)
    changes(page).locator("summary").click()
    expect(changes(page).locator("ul")).to_contain_text("image new")
    page.close()
