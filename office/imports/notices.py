"""What a kind of table lets people know about the head of a file, in one line each."""

ABSENT = "这一列，按空白处理。"


def about_head(reading, columns, shown_only):
    """The reader's notices, the absent `columns` in one line, and which columns are passed over though they are ours."""
    first = reading.rows[0]
    told = [notice for notice in reading.notices if not notice.endswith(ABSENT)]
    if absent := [column.title for column in columns if not first[column.key].address]:
        told.append(f"没有这几列，按空白处理：{'、'.join(absent)}。")
    if shown := [column.title for column in shown_only if first[column.key].address]:
        told.append(f"这几列只是给人看的，改了也不导入：{'、'.join(shown)}。")
    return told
