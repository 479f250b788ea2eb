"""Pictures are written anew: upright, small enough, without what the camera noted, stored once."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from publications.models import Picture
from publications.pictures import EDGE, PIXEL_LIMIT, UPLOAD_LIMIT, take
from tests.publications.drawing import claiming, drawing, noise, upload

AT = dt.datetime(2026, 3, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def stored_apart(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def opened(picture: Picture) -> Image.Image:
    with picture.file.open() as file:
        return Image.open(io.BytesIO(file.read()))


def code_of(given) -> str:
    with pytest.raises(ValidationError) as refused:
        take(given, by=None, at=AT)
    return refused.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_is_taken_whatever_its_name_says(kind):
    picture = take(upload(drawing(), kind, name="图.exe"), by=None, at=AT)
    image = opened(picture)
    assert (image.format, image.size) == ("PNG", (60, 40))
    assert (picture.kind, picture.width, picture.height) == ("png", 60, 40)
    assert (picture.size, picture.name) == (picture.file.size, "图.exe")
    assert picture.file.name == f"pictures/{picture.digest[:2]}/{picture.digest}.png"


def test_first_frame_of_a_moving_picture_stands_for_it():
    frames = [drawing(colour="#ff0000"), drawing(colour="#0000ff")]
    moving = upload(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert opened(take(moving, by=None, at=AT)).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_photograph_is_scaled_down_and_stored_as_jpeg():
    picture = take(upload(noise(2000, 1000), "JPEG"), by=None, at=AT)
    assert (picture.kind, picture.width, picture.height) == ("jpg", EDGE, EDGE // 2)
    assert opened(picture).size == (EDGE, EDGE // 2)


def test_transparent_picture_stays_transparent():
    picture = take(upload(Image.new("RGBA", (20, 20), (14, 94, 79, 0)), "WEBP"), by=None, at=AT)
    assert opened(picture).getpixel((3, 3))[3] == 0


def test_camera_held_sideways_gives_an_upright_picture_without_a_place():
    image = drawing(60, 40)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    given = upload(image, "JPEG", exif=exif, comment=b"secret comment")
    picture = take(given, by=None, at=AT)
    assert (picture.width, picture.height) == (40, 60)
    with picture.file.open() as file:
        assert b"secret" not in file.read()
    assert dict(opened(picture).getexif()) == {}


def test_words_hidden_in_a_png_are_dropped():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "secret", zip=False)
    picture = take(upload(drawing(), pnginfo=notes), by=None, at=AT)
    with picture.file.open() as file:
        assert b"secret" not in file.read()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_every_way_of_storing_colours_is_read(mode):
    image = Image.new("L", (9, 9), 200).convert(mode) if mode != "I;16" else sixteen_bits()
    picture = take(upload(image, "JPEG" if mode == "CMYK" else "PNG"), by=None, at=AT)
    brightness = opened(picture).convert("L").getpixel((4, 4))
    assert abs(brightness - (255 if mode == "1" else 200)) <= 3


def sixteen_bits() -> Image.Image:
    return Image.frombytes("I;16", (9, 9), (200 * 256).to_bytes(2, "little") * 81)


def test_same_picture_is_stored_once():
    first = take(upload(drawing(), name="甲.png"), by=None, at=AT)
    again = take(upload(drawing(), name="乙.png"), by=None, at=AT)
    assert (first, first.name) == (again, again.name)
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    "edge",
    [8_000, 12_000, 60_000],  # over our limit, over the library's warning, over its refusal
)
def test_picture_that_would_fill_the_memory_is_not_decoded(edge):
    assert edge * edge > PIXEL_LIMIT
    assert code_of(claiming(edge, edge)) == "too_many_pixels"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"%PDF-1.7", "kind"),
        (b"\x89PNG\r\n\x1a\n broken", "kind"),
        (b"GIF89a", "kind"),
        (b"II*\x00 a TIFF", "kind"),
        (b"x" * (UPLOAD_LIMIT + 1), "too_large"),
    ],
)
def test_other_files_are_refused(content, code):
    assert code_of(SimpleUploadedFile("图.png", content)) == code


def test_picture_that_ends_in_the_middle_is_refused():
    whole = upload(noise(300, 300)).read()
    assert code_of(SimpleUploadedFile("图.png", whole[: len(whole) // 2])) == "kind"
    assert not Picture.objects.exists()
