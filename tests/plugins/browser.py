"""Pages in a real browser: the system's Chromium, driven by Playwright.

    def test_home(page, live_server):
        page.goto(live_server.url)

`page` is a desk, `phone` a phone; both fail the test when a script on the page fails.
On a machine without Chromium these tests are skipped, and say so.
"""

import os
import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONT = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    """Every test that asks for a page belongs to the `browser` marker."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium with a Chinese font. One for all tests of a worker."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not installed: browser tests are skipped.")
    from playwright.sync_api import sync_playwright

    with allowing_database_calls(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=ARGUMENTS,
            env={**os.environ, "XDG_DATA_HOME": str(fonts_home(tmp_path_factory.mktemp("data")))},
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    with opened(browser, viewport=DESK) as page:
        yield page


@pytest.fixture
def phone(browser):
    with opened(browser, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        yield page


@contextmanager
def opened(browser, **options):
    """A page in a fresh profile of a Chinese reader."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    page = context.new_page()
    failures = []
    page.on("pageerror", lambda failure: failures.append(failure))
    yield page
    context.close()
    assert failures == []


@contextmanager
def allowing_database_calls():
    """Playwright keeps an event loop in this thread; Django would then refuse the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def fonts_home(folder: Path) -> Path:
    """A data folder whose fonts hold Chinese: without one, every character is a box."""
    (folder / "fonts").mkdir()
    package = Path(find_spec("justmytype_intl_cjk").origin).parent
    (folder / "fonts" / "NotoSansSC.ttf").symlink_to(package / FONT)
    return folder
