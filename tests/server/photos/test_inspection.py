"""What is no photo is told from what is, and no photo tells where it was taken."""

import io

import pytest
from PIL import Image

from server.photos import inspection
from server.photos.inspection import NotAPhoto, inspect
from tests.server.photos.pictures import picture


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
def test_a_photo_that_tells_nothing_is_kept_byte_for_byte(kind, media_type):
    data = picture(kind)
    assert inspect(data, media_type) == inspection.Inspected(data, stripped=False)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
def test_where_it_was_taken_is_taken_out_and_it_stands_upright(kind, media_type):
    data = picture(kind, located=True)
    with Image.open(io.BytesIO(data)) as image:
        assert image.getexif().get_ifd(0x8825)
    kept = inspect(data, media_type)
    assert kept.stripped
    with Image.open(io.BytesIO(kept.data)) as image:
        assert not image.getexif()
        assert "exif" not in image.info
        assert image.size == (200, 320)
        assert image.format == kind


def test_a_program_that_says_it_is_a_photo_is_found_out():
    with pytest.raises(NotAPhoto, match="no JPEG, PNG or WebP"):
        inspect(b"MZ\x90\x00" + bytes(4096), "image/jpeg")
    with pytest.raises(NotAPhoto, match="no JPEG, PNG or WebP"):
        inspect(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "image/png")


def test_another_format_than_was_said_is_refused():
    with pytest.raises(NotAPhoto, match="says it is image/png and is image/jpeg"):
        inspect(picture("JPEG"), "image/png")


def test_a_photo_that_breaks_off_is_damaged():
    with pytest.raises(NotAPhoto, match="damaged"):
        inspect(picture("JPEG")[:-3000], "image/jpeg")
    with pytest.raises(NotAPhoto, match="damaged"):
        inspect(picture("PNG")[:-3000], "image/png")


def test_a_small_file_that_unfolds_into_very_much_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, format="PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(NotAPhoto, match="50 million pixels"):
        inspect(out.getvalue(), "image/png")
    out = io.BytesIO()
    Image.new("1", (8_000, 7_000)).save(out, format="PNG")
    with pytest.raises(NotAPhoto, match="50 million pixels"):
        inspect(out.getvalue(), "image/png")


def test_a_drawing_with_a_palette_keeps_its_colours():
    image = Image.new("RGB", (8, 8), (200, 30, 40)).quantize(4)
    out = io.BytesIO()
    image.info["comment"] = "by somebody"
    exif = Image.Exif()
    exif[0x010E] = "at somebody's"
    image.save(out, format="PNG", exif=exif.tobytes())
    kept = inspect(out.getvalue(), "image/png")
    assert kept.stripped
    with Image.open(io.BytesIO(kept.data)) as found:
        assert found.convert("RGB").getpixel((3, 3)) == (200, 30, 40)
