"""The tool finds every text of the source, and every fault of a catalog."""

import gettext
import os

import pytest

from stack.translations import App, apps, compile_catalogs, faults, update

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

a = _("Saved")
b = _("Dear %(name)s, "
      "you have {left} left")
c = ngettext("one seat", "%(count)s seats", 3)
d = pgettext("verb", "Issue")
"""

TEMPLATE = """
{% load i18n %}
<p>{% translate "Rights" %} {% translate "Open" context "verb" %} {{ x|default:_("none") }}</p>
{% blocktranslate trimmed count left=left %}
  {{ left }} day left
{% plural %}
  {{ left }} days left
{% endblocktranslate %}
"""

MSGIDS = [
    "Saved",
    "Dear %(name)s, you have {left} left",
    "one seat",
    "Issue",
    "Rights",
    "Open",
    "none",
    "%(left)s day left",
]


@pytest.fixture
def project(tmp_path):
    """Two apps, `desk` with texts and `shop` without."""
    for name in ("desk", "shop"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "desk" / "words.py").write_text(SOURCE)
    (tmp_path / "desk" / "templates").mkdir()
    (tmp_path / "desk" / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


@pytest.fixture
def desk(project):
    """The app `desk` with a complete catalog."""
    app = App(project / "desk")
    refresh(project)
    translate(app, "Saved", "已保存")
    translate(app, "Dear %(name)s, you have {left} left", "%(name)s，您还有 {left} 个")
    translate(app, "one seat", "%(count)s 个座位")
    translate(app, "Issue", "签发")
    translate(app, "Rights", "权益")
    translate(app, "Open", "打开")
    translate(app, "none", "无")
    translate(app, "%(left)s day left", "还剩 %(left)s 天")
    return App(project / "desk")


def refresh(project) -> None:
    everyone = apps(project=project)
    update(everyone, everyone)


def translate(app: App, msgid: str, msgstr: str) -> None:
    """Fill in one entry, as a person would in an editor."""
    head, found, tail = app.po.read_text().partition(f'msgid "{msgid}"\n')
    assert found, msgid
    before, _quotes, after = tail.partition('""\n')
    app.po.write_text(f'{head}{found}{before}"{msgstr}"\n{after}')


def found_faults(project) -> list[str]:
    everyone = apps(project=project)
    return list(faults(everyone, everyone))


def edit(path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_update_finds_python_and_template_texts_in_order(project):
    refresh(project)

    assert [message.id if isinstance(message.id, str) else message.id[0]
            for message in App(project / "desk").entries().values()] == MSGIDS  # fmt: skip
    assert not App(project / "shop").po.exists()


def test_update_again_changes_nothing(desk, project):
    before = desk.po.read_bytes()

    refresh(project)

    assert desk.po.read_bytes() == before


def test_update_keeps_translations_when_source_grows(desk, project):
    edit(project / "desk" / "words.py", 'a = _("Saved")', 'new = _("New")\na = _("Saved")')

    refresh(project)

    assert found_faults(project) == ["desk: untranslated: 'New'"]


def test_update_takes_over_what_another_app_translates(desk, project):
    (project / "shop" / "words.py").write_text('from x import _\na = _("Saved")\n')

    refresh(project)

    assert 'msgstr "已保存"' in App(project / "shop").po.read_text()
    assert found_faults(project) == []


def test_complete_catalog_has_no_faults(desk, project):
    assert found_faults(project) == []


def test_check_names_a_missing_text(desk, project):
    edit(project / "desk" / "words.py", '_("Saved")', '(_("Saved"), _("Unheard of"))')

    assert found_faults(project) == ["desk: missing: 'Unheard of' (desk/words.py)"]


def test_check_names_a_stale_text(desk, project):
    edit(project / "desk" / "words.py", 'a = _("Saved")', "")

    assert found_faults(project) == ["desk: stale: 'Saved'"]


def test_check_names_an_untranslated_text(desk, project):
    edit(desk.po, '"权益"', '""')

    assert found_faults(project) == ["desk: untranslated: 'Rights'"]


def test_check_names_a_fuzzy_text(desk, project):
    edit(desk.po, 'msgid "Rights"', '#, fuzzy\nmsgid "Rights"')

    assert found_faults(project) == ["desk: fuzzy: 'Rights'"]


@pytest.mark.parametrize(
    ("old", "new", "msgid"),
    [
        ("%(name)s，", "%(nmae)s，", "Dear %(name)s, you have {left} left"),
        ("{left} 个", "几个", "Dear %(name)s, you have {left} left"),
        ("%(count)s 个座位", "座位", "one seat"),
        ("还剩 %(left)s 天", "还剩 %(left)s 天 %(x)s", "%(left)s day left"),
    ],
)
def test_check_names_differing_placeholders(desk, project, old, new, msgid):
    edit(desk.po, old, new)

    assert found_faults(project) == [f"desk: placeholders differ: {msgid!r}"]


def test_check_names_a_text_that_two_apps_translate_differently(desk, project):
    (project / "shop" / "words.py").write_text('from x import _\na = _("Saved")\n')
    refresh(project)
    edit(App(project / "shop").po, "已保存", "存好了")

    assert found_faults(project) == ["shop: translated otherwise in desk: 'Saved'"]


def test_compiled_catalog_translates(desk):
    compile_catalogs([desk])

    with desk.mo.open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    assert catalog.gettext("Saved") == "已保存"
    assert catalog.pgettext("verb", "Issue") == "签发"
    assert catalog.ngettext("one seat", "%(count)s seats", 3) == "%(count)s 个座位"


def test_compile_only_what_is_older_than_its_source(desk):
    compile_catalogs([desk])
    made = desk.mo.stat().st_mtime_ns

    compile_catalogs([desk])
    assert desk.mo.stat().st_mtime_ns == made

    os.utime(desk.po, ns=(made + 10**9, made + 10**9))
    compile_catalogs([desk])
    assert desk.mo.stat().st_mtime_ns > made


def test_unknown_app_is_refused(project):
    with pytest.raises(SystemExit, match="no app named shpo"):
        apps(["shpo"], project=project)
