"""``manage.py import_issue``: a draft, or a sentence that says what to repair."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from publications.models import Issue
from tests.publications.factories import PublicationFactory

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "whole_issue.txt"


def run(*arguments) -> list[str]:
    out = StringIO()
    call_command("import_issue", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def refused(*arguments) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_issue", *map(str, arguments))
    return str(caught.value)


def test_says_what_it_saved():
    PublicationFactory()

    lines = run(SAMPLE)

    assert lines == [
        "《中国矿业信息》2031年第18期 (2031-05-09, 902)",
        "第九次找矿座谈会 报道专刊之二",
        "■ 座谈会专题",
        "★   1  青石岭铜矿深部见矿：三号钻孔终孔 [示例日报]",
        "    3  “矿山医生”进村记——绿水镇尾矿库 治理见闻 [示例晚报、样本周刊]",
        "★   5  本刊评论：慢工出细活 [无来源]",
        "■ 简讯",
        "    8  很长的一个标题被目录折成了两行因此要和下一行连起来看 [样本通讯社]",
        "    9  2031年第一季度样本矿产品产量 [无来源]",
        "第15行：没有以此为标题的文章。“读者来信（P99）”",
        "已保存为草稿。",
    ]
    assert Issue.objects.get().state == Issue.State.DRAFT


def test_dry_run_saves_nothing_and_says_so():
    PublicationFactory()

    assert run(SAMPLE, "--dry-run")[-1] == "没有保存（--dry-run）。"
    assert Issue.objects.count() == 0


def test_for_the_publication_of_a_code():
    PublicationFactory()
    other = PublicationFactory(code="ccs-newsletter")

    run(SAMPLE, "--publication", "ccs-newsletter")

    assert Issue.objects.get().publication == other


def test_a_file_in_gbk(tmp_path):
    PublicationFactory()
    file = tmp_path / "gbk.txt"
    file.write_bytes(SAMPLE.read_text(encoding="utf-8").encode("gbk"))

    run(file)

    assert Issue.objects.get().sections.first().articles.first().source == "示例日报"


def test_a_second_import_is_refused():
    PublicationFactory()
    run(SAMPLE)

    assert refused(SAMPLE) == (
        f"{SAMPLE}: 2031年已有第18期（2031年5月9日）。下一期是第19期。\n"
        "总刊号902是2031年第18期的。下一个总刊号是903。"
    )
    assert Issue.objects.count() == 1


def test_a_missing_file(tmp_path):
    assert refused(tmp_path / "none.txt") == f"找不到文件{tmp_path / 'none.txt'}。"


def test_a_folder(tmp_path):
    assert refused(tmp_path).startswith(f"文件{tmp_path}无法读取：")


def test_a_text_that_is_no_issue(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("各位同事：\n\n请于周五前交稿。\n", encoding="utf-8")

    PublicationFactory(code="blue-book")

    assert refused(file) == (
        f"{file}: 文本没有写明刊物名称的封面，请指定刊物。现有：blue-book 《blue-book》"
    )
    assert Issue.objects.count() == 0
