"""Taking hold of a batch: who may, in which state, and the words when it is in another."""

from django.core.exceptions import PermissionDenied

from office.imports.kinds import kind_called
from office.imports.models import ImportBatch, State

FILE_GONE = "文件保留 7 天，已经清理。请把文件再传一次。"
WORDS = {
    State.READING: "这个文件还在核对，请稍等。",
    State.READY: "这个文件还没有导入。",
    State.APPLYING: "这个文件正在保存，不用再点一次。",
    State.APPLIED: "这个文件已经导入，不用再点一次。",
    State.UNDOING: "这次导入正在撤销，请稍等。",
    State.UNDONE: "这次导入已经撤销。要重新导入，请把文件再传一次。",
    State.REFUSED: "这个文件没有收下，请改好再传一次。",
    State.DISCARDED: "这个文件已经放弃，一行也没有保存。要导入，请再传一次。",
}


class NotNow(Exception):
    """The batch is not in the state for this; the message says what holds and goes on."""


def must_keep(kind, user, town, community):
    if not kind.may_keep(user, town, community):
        raise PermissionDenied


def must_keep_batch(batch, user):
    must_keep(kind_called(batch.kind), user, batch.town, batch.community)


def locked(batch):
    """The batch with its row held and its columns as they are now."""
    ImportBatch.objects.select_for_update().get(pk=batch.pk)
    return refresh(batch)


def refresh(batch):
    batch.refresh_from_db()
    return batch


def take(batch, *states):
    """Hold the batch, which must be in one of the states. Raises NotNow with the words for the state it is in."""
    if locked(batch).state not in states:
        raise NotNow(WORDS[batch.state])
