"""The printed certificate: what it says, and that its code leads to the public page."""

import io
import re

import pytest
import segno
from pypdf import PdfReader

from members.certificates import address
from members.papers import certificates_pdf, picture
from tests.factories import TermFactory, member
from tests.members.factories import day
from tests.members.papers import certified

pytestmark = pytest.mark.django_db


def made(name: str, **more):
    unit = member(tier="council", name=name)
    unit.appointments.update(term=TermFactory(name="第六届", ends_on=day("2028-12-31")))
    return certified(unit, **more)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def test_it_says_what_was_issued():
    certificate = made('青禾#铜业"（集团）$有限公司')

    document = read(certificates_pdf([certificate]))
    said = "".join(document.pages[0].extract_text().split())

    for piece in (
        '青禾#铜业"（集团）$有限公司',
        "为本会理事单位，特发此证。",
        "会证字〔2026〕0001号",
        "有效期至2028年12月31日",
        "2026年4月2日",
    ):
        assert said.count(piece) == 1, piece
    assert document.metadata.title == "会员证书 会证字〔2026〕0001号"
    assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [842, 595]


def test_many_are_one_file_a_page_each():
    certificates = [made("甲矿业"), made("乙" * 120), made("丙矿业")]

    document = read(certificates_pdf(certificates))

    assert len(document.pages) == 3


def modules(text: str) -> list[str]:
    return ["".join(map(str, row)) for row in segno.make(text, error="q", micro=False).matrix]


def test_the_code_printed_is_that_of_the_public_page(settings):
    settings.SITE_URL = "https://members.example.org"
    certificate = made("甲矿业")

    # As drawn: strokes along each row, "M x y h length" and moves "m dx dy".
    drawn = lines_of(picture(certificate))

    assert address(certificate) == f"https://members.example.org/certificate/{certificate.key}/"
    assert drawn == modules(address(certificate))


def lines_of(svg: str) -> list[str]:
    """The rows of modules of a code from the strokes in its picture, border taken away."""
    size = int(re.search(r'width="(\d+)"', svg)[1])
    rows = [["0"] * size for _ in range(size)]
    x = y = 0.0
    strokes = max(re.findall(r' d="([^"]+)"', svg), key=len)
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]+)", strokes):
        values = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        if letter == "h":
            for column in range(int(x), int(x + values[0])):
                rows[int(y)][column] = "1"
            x += values[0]
        elif letter == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    return ["".join(row[2:-2]) for row in rows[2:-2]]
