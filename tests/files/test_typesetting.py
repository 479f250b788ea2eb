import io

import pytest
from pypdf import PdfReader

from files.typesetting import FONTS, TypesettingFailed, characters, typeset, unprintable

HEAD = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.name, date: none)
#set text(font: "Noto Serif SC", lang: "zh")
"""


@pytest.fixture
def template(tmp_path):
    def write(source: str):
        path = tmp_path / "page.typ"
        path.write_text(source)
        return path

    return write


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.mark.parametrize(
    "name",
    [
        "#panic[甲] $x$ _乙_ *丙* @丁 <戊> `己`",
        r'引号 " 反斜线 \ 与 \u{41}',
        '"); #eval("1+1") ("',
        "= 标题 // 注释 /* 注释 */ https://a.example --- ~",
    ],
)
def test_what_people_wrote_is_printed_as_it_stands(template, name):
    document = read(typeset(template(HEAD + "#data.name"), name=name))

    assert "".join(document.pages[0].extract_text().split()) == "".join(name.split())
    assert document.metadata.title == name


def test_a_line_break_in_the_data_is_no_markup(template):
    document = read(typeset(template(HEAD + "#data.name"), name="甲\n= 乙"))

    assert document.pages[0].extract_text().split() == ["甲", "=", "乙"]


def test_the_fonts_are_in_the_file_and_its_parts_are_tagged(template):
    document = read(typeset(template(HEAD + "= #data.name"), name="会员证书"))

    fonts = document.pages[0]["/Resources"]["/Font"].values()
    assert [font["/BaseFont"].rpartition("+")[2] for font in fonts] == [
        "NotoSerifSC-Regular-Identity-H"
    ]
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "zh"


def test_the_same_data_gives_the_same_file(template):
    page = template(HEAD + "#data.name")

    assert typeset(page, name="甲") == typeset(page, name="甲")


def test_a_missing_font_fails_loudly(template):
    page = template('#set text(font: "No Such Font")\n甲')

    with pytest.raises(TypesettingFailed, match="no such font"):
        typeset(page)


def test_a_character_no_font_has_fails_loudly(template):
    with pytest.raises(TypesettingFailed, match="no font has 𠮷"):
        typeset(template(HEAD + "#data.name"), name="好", lines=[{"who": "𠮷野"}])


def test_which_characters_can_be_printed():
    assert unprintable("青禾铜业（集团）有限公司〔2026〕0012号 𬭎 龘\n ABC ¥1,600.00 — “甲”") == ""
    assert unprintable("𠮷😀𠮷甲") == "𠮷😀"
    assert all(len(characters(font)) > 30_000 for font in FONTS.glob("*.otf"))
