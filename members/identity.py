"""公民身份号码 at rest: AES-GCM with a key id, bound to the person; a keyed hash for uniqueness and exact search."""

import functools
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


@functools.cache
def _keys():
    """Key id → cipher; the first key encrypts, the others only decrypt (rotation)."""
    return {hashlib.sha256(bytes.fromhex(k)).hexdigest()[:8]: AESGCM(bytes.fromhex(k)) for k in settings.ID_KEYS}


ID_NUMBER = "members.Person.id_number"


def _context(field, row_uuid):
    """Binds a cipher text to the field and the row's own uuid, so it cannot be copied to another row."""
    return f"{field}:{row_uuid}".encode()


def seal(text, row_uuid, field=ID_NUMBER):
    """Encrypt; the result is `key id:nonce and cipher text` in hex."""
    key_id, cipher = next(iter(_keys().items()))
    nonce = secrets.token_bytes(NONCE)
    return f"{key_id}:{(nonce + cipher.encrypt(nonce, text.encode(), _context(field, row_uuid))).hex()}"


class CannotOpen(Exception):
    """The key is not among ID_KEYS, or the text was sealed for somebody else."""


def unseal(sealed, row_uuid, field=ID_NUMBER):
    """Decrypt. Raises CannotOpen."""
    key_id, _, body = sealed.partition(":")
    data = bytes.fromhex(body)
    try:
        return _keys()[key_id].decrypt(data[:NONCE], data[NONCE:], _context(field, row_uuid)).decode()
    except (KeyError, InvalidTag) as fault:
        raise CannotOpen from fault


def fingerprint(number, town_id):
    """Keyed hash of an ID number inside one town: equal numbers, equal fingerprints, and nothing else to learn."""
    key = bytes.fromhex(settings.ID_HASH_KEY)
    return hmac.new(key, f"{town_id}:{number}".encode(), hashlib.sha256).hexdigest()
