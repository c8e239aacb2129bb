"""The town as a schematic: communities as bands, compounds as equal tiles with name and state in words (ux C28).

No map and no distances: places say only what belongs together. The same rows stand in the table beside it. Ready
coordinates, drawn by templates/branches/_schematic.svg.
"""

from dataclasses import dataclass

COLUMNS, TILE_WIDTH, TILE_HEIGHT, GAP = 5, 192, 64, 10
WIDTH = COLUMNS * (TILE_WIDTH + GAP) - GAP
_HEAD, _SPACE = 34, 18
_LONGEST = 9


@dataclass(frozen=True)
class Tile:
    """One compound: `name` is cut to the tile, `whole` is not."""

    id: int
    x: int
    y: int
    name: str
    whole: str
    words: str
    cover: str

    @property
    def text_x(self):
        return self.x + 18

    @property
    def name_y(self):
        return self.y + 27

    @property
    def words_y(self):
        return self.y + 50


@dataclass(frozen=True)
class Band:
    """One community with its compounds in name order."""

    label: str
    y: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Schematic:
    """What _schematic.svg draws."""

    bands: tuple[Band, ...]
    height: int
    width: int = WIDTH
    tile_width: int = TILE_WIDTH
    tile_height: int = TILE_HEIGHT


def of(covers) -> Schematic | None:
    """The schematic of these branches.figures.CompoundCover, in the order of lists; None without any."""
    by_community = {}
    for cover in covers:
        by_community.setdefault(cover.community, []).append(cover)
    bands, top = [], 0
    for community, found in by_community.items():
        label = f"{community}　{len(found)}个小区，{sum(cover.cover != 'none' for cover in found)}个有党支部"
        bands.append(Band(label, top + 22, tuple(_tile(n, cover, top + _HEAD) for n, cover in enumerate(found))))
        rows = -(-len(found) // COLUMNS)
        top += _HEAD + rows * (TILE_HEIGHT + GAP) - GAP + _SPACE
    return Schematic(tuple(bands), top - _SPACE) if bands else None


def _tile(number, cover, top):
    row, column = divmod(number, COLUMNS)
    return Tile(
        id=cover.id,
        x=column * (TILE_WIDTH + GAP),
        y=top + row * (TILE_HEIGHT + GAP),
        name=cover.name if len(cover.name) <= _LONGEST else cover.name[: _LONGEST - 1] + "…",
        whole=cover.name,
        words=cover.words,
        cover=cover.cover,
    )
