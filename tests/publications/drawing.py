"""Uploads of pictures for the tests, drawn here."""

import io
import random
import struct
import zlib

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def drawing(width: int = 60, height: int = 40, colour: str = "#0e5e4f") -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def noise(width: int, height: int) -> Image.Image:
    """A picture that no encoder can make small, the same at each call."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def upload(image: Image.Image, kind: str = "PNG", name: str = "图.png", **options):
    target = io.BytesIO()
    image.save(target, kind, **options)
    return SimpleUploadedFile(name, target.getvalue())


def empty_page() -> bytes:
    """A PDF of one page."""
    document, target = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(target)
    return target.getvalue()


def claiming(width: int, height: int) -> SimpleUploadedFile:
    """A PNG of a few bytes that says it is so large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data)
    return SimpleUploadedFile("bomb.png", content + chunk(b"IEND", b""))
