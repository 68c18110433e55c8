"""Pictures of nothing in particular, as cameras and impostors make them."""

import io

from PIL import Image


def picture(
    kind: str = "JPEG", *, size: tuple[int, int] = (320, 200), located: bool = False
) -> bytes:
    """A picture; ``located``: it says where it was taken."""
    image = Image.effect_noise(size, 40).convert("RGB")
    extra = {}
    if located:
        exif = Image.Exif()
        exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
        exif[0x0112] = 6  # turned by a quarter
        extra = {"exif": exif.tobytes()}
    out = io.BytesIO()
    image.save(out, format=kind, **extra)
    return out.getvalue()
