"""The text of a file of any kind, and a sentence for each that has none."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter

from publications.file_text import FILE_LIMIT, PAGE_LIMIT, refuse_large, text_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def packed(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def docx(*paragraphs: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return packed(
        **{
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{TYPE}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{WORD}">'
            f"<w:body>{body}</w:body></w:document>",
        }
    )


def pdf(*, pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_word():
    assert text_of(docx("平湖市公布结果", "到此为止。（样本社）")).split("\n\n") == [
        "平湖市公布结果",
        "到此为止。（样本社）",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_plain_text(encoding):
    assert text_of("平湖市公布结果\n".encode(encoding)) == "平湖市公布结果\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            pdf(),
            "这份PDF是扫描件，只有图片，没有文字。请从Word或WPS重新导出，"
            "或先作文字识别（OCR）再试。",
        ),
        (pdf(password="x"), "PDF无法打开：文件已损坏，或设有密码。"),
        (pdf(pages=PAGE_LIMIT + 1), "PDF超过400页。"),
        (b"%PDF-1.7 broken", "PDF无法打开：文件已损坏，或设有密码。"),
        (packed(**{"a.txt": "x"}), "这不是Word文件。请使用.docx、.pdf、.txt或.md。"),
        (
            packed(**{"word/document.xml": "<a>" + " " * 31 * 1024 * 1024}),
            "Word文件解压后过大。请去掉其中的图片再试。",
        ),
        (
            packed(**{"word/document.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}),
            "Word文件自行声明了XML实体，正常的Word程序不会这样写，因此不予读取。",
        ),
        (
            packed(**{"word/document.xml": "<a"}),
            "Word文件无法读取。请打开后重新另存为.docx再试。",
        ),
        (b"\xd0\xcf\x11\xe0", "这是旧版Word或WPS文件（.doc）。请另存为.docx再试。"),
        (b"\xff\x00\x81", "文件无法按文本读取，既不是UTF-8也不是GBK。请另存为UTF-8。"),
        (b"abc\0def", "文件无法按文本读取，既不是UTF-8也不是GBK。请另存为UTF-8。"),
        (b" " * (1024 * 1024 + 1), "文件超过1MB。"),
    ],
    ids=[
        "scan",
        "password",
        "pages",
        "broken",
        "zip",
        "bomb",
        "entities",
        "xml",
        "doc",
        "bytes",
        "nul",
        "large",
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, message):
    with pytest.raises(ValidationError) as caught:
        text_of(data)

    assert caught.value.messages == [message]


def test_a_huge_file_is_refused_by_its_size():
    with pytest.raises(ValidationError) as caught:
        refuse_large(FILE_LIMIT + 1)

    assert caught.value.messages == ["文件超过30MB。"]
