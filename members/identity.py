"""公民身份号码 at rest: sealed and bound to the person; a keyed hash for uniqueness and exact search."""

import hashlib
import hmac

from django.conf import settings

from office import sealing
from office.sealing import CannotOpen

__all__ = ["CannotOpen", "fingerprint", "seal", "unseal"]


def _place(person_uuid):
    """Binds a cipher text to the field and the person's own uuid, so it cannot be copied to another row."""
    return f"members.Person.id_number:{person_uuid}"


def seal(number, person_uuid):
    """Encrypt; the result is `key id:nonce and cipher text`, the latter in hex."""
    key_id, _, body = sealing.seal(number.encode(), _place(person_uuid)).partition(b":")
    return f"{key_id.decode()}:{body.hex()}"


def unseal(sealed, person_uuid):
    """Decrypt. Raises CannotOpen."""
    key_id, _, body = sealed.partition(":")
    return sealing.unseal(f"{key_id}:".encode() + bytes.fromhex(body), _place(person_uuid)).decode()


def fingerprint(number, town_id):
    """Keyed hash of an ID number inside one town: equal numbers, equal fingerprints, and nothing else to learn."""
    key = bytes.fromhex(settings.ID_HASH_KEY)
    return hmac.new(key, f"{town_id}:{number}".encode(), hashlib.sha256).hexdigest()
