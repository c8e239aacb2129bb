"""What must not lie about in clear: AES-GCM with a key id, each text bound to the place it belongs to."""

import functools
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class CannotOpen(Exception):
    """The key is not among ID_KEYS, or the data was sealed for another place."""


@functools.cache
def _keys():
    """Key id → cipher; the first key encrypts, the others only decrypt (rotation)."""
    return {hashlib.sha256(bytes.fromhex(k)).hexdigest()[:8]: AESGCM(bytes.fromhex(k)) for k in settings.ID_KEYS}


def seal(data: bytes, place: str) -> bytes:
    """Encrypt for `place`; the result is `key id:` and then nonce and cipher text."""
    key_id, cipher = next(iter(_keys().items()))
    nonce = secrets.token_bytes(NONCE)
    return key_id.encode() + b":" + nonce + cipher.encrypt(nonce, data, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """Decrypt what was sealed for `place`. Raises CannotOpen."""
    key_id, _, body = sealed.partition(b":")
    try:
        return _keys()[key_id.decode()].decrypt(body[:NONCE], body[NONCE:], place.encode())
    except (KeyError, InvalidTag, UnicodeDecodeError, ValueError) as fault:
        raise CannotOpen from fault
