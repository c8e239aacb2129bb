"""Taking a workbook apart and putting it together, always the same bytes for the same parts."""

import io
import zipfile

SAME_DAY = (2026, 1, 5, 9, 0, 0)


def parts_of(data):
    """{name: bytes} of a zip, in its own order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(parts, method=zipfile.ZIP_DEFLATED):
    """A zip of {name: bytes or text}; a part that is None is left out. A list of pairs may name a part twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            if content is not None:
                entry = zipfile.ZipInfo(name, SAME_DAY)
                entry.compress_type = method
                archive.writestr(entry, content)
    return buffer.getvalue()


def replaced(data, part, *pairs):
    """The workbook with texts of one part replaced. Raises ValueError when a text is not there."""
    parts = parts_of(data)
    text = parts[part].decode()
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"{part} has no {old!r}")
        text = text.replace(old, new)
    return packed({**parts, part: text})
