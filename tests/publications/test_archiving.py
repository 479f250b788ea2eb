"""``manage.py import_archive``: a folder of back issues, once and again."""

import csv
import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from publications.models import Article, Delivery, Distribution, Issue, IssueImport
from tests.publications.factories import PublicationFactory, promised, recipient
from tests.publications.whole_issues import as_pdf_text, invented, with_cover

pytestmark = pytest.mark.django_db

REAL = Path(__file__).parents[3] / "shared/input/bulletins"


def footer(number: int, last: int) -> str:
    return f"{number}"


def run(*arguments) -> list[str]:
    out = StringIO()
    call_command("import_archive", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def failing(*arguments) -> tuple[str, list[str]]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_archive", *map(str, arguments), stdout=out)
    return str(caught.value), out.getvalue().splitlines()


@pytest.fixture
def publication():
    return PublicationFactory()


@pytest.fixture
def folder(tmp_path, publication):
    """Two issues: one with its cover, one whose date and number the index gives."""
    (tmp_path / "14.md").write_text(with_cover(invented(1)), encoding="utf-8")
    (tmp_path / "2030").mkdir()
    broken = as_pdf_text(invented(2), width=28, page=24, footer=footer)
    (tmp_path / "2030/3.txt").write_text(broken, encoding="gb18030")
    (tmp_path / "index.csv").write_text(
        "file,date,number,serial\n2030/3.txt,2030-01-18,3,850\n", encoding="utf-8-sig"
    )
    return tmp_path


def rows() -> list[tuple]:
    return [
        (issue.issued_on, issue.number, issue.serial_number, issue.state, issue.released_at)
        for issue in Issue.objects.order_by("issued_on")
    ]


def test_issues_are_released_as_of_their_dates_and_sent_to_nobody(folder, publication):
    promised(publication.benefit_item)
    recipient(name="甲矿业")

    lines = run(folder, "--publication", "weekly-bulletin")

    released = Issue.State.RELEASED
    assert rows() == [
        (dt.date(2030, 1, 18), 3, 850, released, dt.datetime(2030, 1, 18, 1, tzinfo=dt.UTC)),
        (dt.date(2033, 4, 8), 14, 980, released, dt.datetime(2033, 4, 8, 1, tzinfo=dt.UTC)),
    ]
    assert all(Issue.objects.values_list("is_back_issue", flat=True))
    assert (Distribution.objects.count(), Delivery.objects.count()) == (0, 0)
    assert lines == [
        "✓ 14.md · 已收入 · 《中国矿业信息》2033年第14期 · 6篇文章，6篇有来源，0处待核对",
        "✓ 2030/3.txt · 已收入 · 《中国矿业信息》2030年第3期 · 6篇文章，6篇有来源，0处待核对",
        "已收入 2 · 早已收入 0 · 待核对 0 · 失败 0",
    ]


def test_a_second_run_changes_nothing(folder):
    run(folder, "--publication", "weekly-bulletin")
    before = (rows(), Article.objects.count(), IssueImport.objects.count())

    lines = run(folder, "--publication", "weekly-bulletin")

    assert (rows(), Article.objects.count(), IssueImport.objects.count()) == before
    assert lines[-1] == "已收入 0 · 早已收入 2 · 待核对 0 · 失败 0"


def test_a_run_that_was_cut_off_is_run_again(folder):
    (folder / "2030/3.txt").rename(folder.parent / "later.txt")
    failing(folder, "--publication", "weekly-bulletin")
    (folder.parent / "later.txt").rename(folder / "2030/3.txt")

    lines = run(folder, "--publication", "weekly-bulletin")

    assert lines[-1] == "已收入 1 · 早已收入 1 · 待核对 0 · 失败 0"


def test_a_dry_run_saves_nothing(folder):
    lines = run(folder, "--publication", "weekly-bulletin", "--dry-run")

    assert (Issue.objects.count(), IssueImport.objects.count()) == (0, 0)
    assert lines[-2:] == [
        "已收入 2 · 早已收入 0 · 待核对 0 · 失败 0",
        "没有保存（--dry-run）。",
    ]


def test_a_file_that_fails_does_not_hold_up_the_others(folder):
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 broken")

    error, lines = failing(folder, "--publication", "weekly-bulletin")

    assert error == "有1个文件失败。"
    assert lines[-3:] == [
        "✗ scan.pdf · 失败",
        "    PDF无法打开：文件已损坏，或设有密码。",
        "已收入 2 · 早已收入 0 · 待核对 0 · 失败 1",
    ]
    assert Issue.objects.count() == 2


def test_a_text_without_date_fails_where_no_index_gives_it(folder):
    (folder / "index.csv").unlink()

    _error, lines = failing(folder, "--publication", "weekly-bulletin")

    assert lines[1:4] == [
        "✗ 2030/3.txt · 失败",
        "    封面上没有日期（年月日）。",
        "    封面上没有本年期号，例如“第七期”。",
    ]


def test_what_is_gravely_doubtful_waits_for_an_editor(folder):
    text = with_cover(invented(1)).replace(f"### {invented(1)[2].title}", "")
    (folder / "14.md").write_text(text, encoding="utf-8")

    first = run(folder, "--publication", "weekly-bulletin")
    second = run(folder, "--publication", "weekly-bulletin")

    waiting = IssueImport.objects.open().get()
    assert (waiting.file_name, waiting.is_back_issue) == ("14.md", True)
    assert Issue.objects.count() == 1
    assert first[-2] == "已收入 1 · 早已收入 0 · 待核对 1 · 失败 0"
    assert second[-2] == "已收入 0 · 早已收入 1 · 待核对 1 · 失败 0"


def test_the_report_is_a_table(folder):
    report = folder / "report.csv"

    run(folder, "--publication", "weekly-bulletin", "--report", report)

    with report.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert [row[:3] for row in table[1:]] == [
        ["14.md", "已收入", "《中国矿业信息》2033年第14期"],
        ["2030/3.txt", "已收入", "《中国矿业信息》2030年第3期"],
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",2030-01-18,3,", "index.csv第2行：缺少“file”（文件）一列，或该列为空。"),
        ("a.txt,2030-13-18,3,", "index.csv第2行：“2030-13-18”不能用作date。"),
        ("a.txt,2030-01-18,x,", "index.csv第2行：“x”不能用作number。"),
    ],
)
def test_a_wrong_index_is_refused_with_its_line(folder, line, message):
    (folder / "index.csv").write_text(f"file,date,number,serial\n{line}\n", encoding="utf-8")

    assert failing(folder) == (message, [])


def test_a_folder_that_is_not_there(tmp_path):
    assert failing(tmp_path / "none")[0] == f"找不到文件夹{tmp_path / 'none'}。"


@pytest.mark.skipif(not REAL.exists(), reason="The real bulletins are not on this machine.")
def test_the_real_folder(publication, tmp_path):
    for file in REAL.glob("*.txt"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    index = "file,date,number\n2024-04_no-cover.txt,2024-04-12,14\n"
    (tmp_path / "index.csv").write_text(index, encoding="utf-8")

    lines = run(tmp_path, "--publication", "weekly-bulletin")

    assert lines[-1] == "已收入 2 · 早已收入 0 · 待核对 0 · 失败 0"
    counted = [
        (issue.sections.count(), Article.objects.filter(section__issue=issue).count())
        for issue in Issue.objects.order_by("issued_on")
    ]
    assert counted == [(8, 21), (1, 10)]
