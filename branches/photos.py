"""At most one photograph of each item of a venue, never asked for (R-516): taken small, without where and by what."""

import hashlib
from contextlib import suppress
from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from branches import venues
from branches.models import Venue, VenueDetail
from office.audit import trail

LONGEST_SIDE = 1600  # pixels
LARGEST_UPLOAD = 12 * 1024 * 1024  # bytes: a telephone's photograph
MOST_PIXELS = 60_000_000
NOT_A_PHOTO = "这个文件不是能打开的照片，请选手机相册里的照片；打不开的，先在手机上另存一张再选。"
TOO_LARGE = "照片太大了，请选 12 兆以内的。"


class NoPhoto(ValueError):
    """The file cannot be taken; the message says why in Chinese."""


def shrunk(upload):
    """JPEG bytes of an uploaded photograph: upright, at most LONGEST_SIDE, nothing but the picture. Raises NoPhoto."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 (大库，要用时才装入)

    if upload.size > LARGEST_UPLOAD:
        raise NoPhoto(TOO_LARGE)
    try:
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPhoto(TOO_LARGE)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = Image.new("RGB", upright.size, "white")
            bare.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        if isinstance(fault, NoPhoto):
            raise
        raise NoPhoto(NOT_A_PHOTO) from fault
    out = BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


@transaction.atomic
def keep(branch, year, item, data, *, day, by):
    """Keep the JPEG bytes as the photograph of an item; the one before goes."""
    venue = _locked(branch, year)
    detail = venue.details.filter(item=item).first() or VenueDetail(venue=venue, item=item)
    before = detail.photo
    path = default_storage.save(
        f"venues/{branch.town_id}/{branch.pk}/{year}-{item}-{uuid4().hex}.jpg", ContentFile(data)
    )
    try:
        detail.photo, detail.photo_sha256 = path, hashlib.sha256(data).hexdigest()
        detail.save()
        trail.record("branches.photo_kept", venue, by=by, changes={"照片": ("", _label(branch, item, day))})
    except BaseException:  # 记不下来的照片不留在盘上
        default_storage.delete(path)
        raise
    if before:
        transaction.on_commit(lambda: _forget(before))
    return detail


@transaction.atomic
def remove(branch, year, item, *, day, by):
    """Take the photograph of an item away; nothing happens where there is none."""
    venue = _locked(branch, year)
    detail = venue.details.filter(item=item).exclude(photo="").first()
    if detail is None:
        return
    before = detail.photo
    detail.photo = detail.photo_sha256 = ""
    if detail.applies and not detail.note and detail.plan_on is None and detail.has is None:
        detail.delete()
    else:
        detail.save()
    trail.record("branches.photo_removed", venue, by=by, changes={"照片": (_label(branch, item, day), "")})
    transaction.on_commit(lambda: _forget(before))


def content(detail):
    """The bytes of a photograph that is still what was kept; None where the file is gone or another."""
    try:
        with default_storage.open(detail.photo) as file:
            data = file.read()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == detail.photo_sha256 else None


def _locked(branch, year):
    """The venue of the year, begun where nothing was recorded yet."""
    venue, _ = Venue.objects.get_or_create(branch=branch.body, year=year)
    return Venue.objects.select_for_update(of=("self",)).get(pk=venue.pk)


def _label(branch, item, day):
    return {each.key: each.label for each in venues.asked(branch.town_id, day).items}.get(item, item)


def _forget(path):
    with suppress(FileNotFoundError):
        default_storage.delete(path)
