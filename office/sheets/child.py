"""The process that opens files from users: `python -m office.sheets.child`, request on stdin, answer on stdout.

It holds no secret, no database and no Django; if a file makes it swell, hang or crash, it dies alone.
"""

import json
import resource
import sys

from office.sheets.columns import Column
from office.sheets.problems import RowError, SheetProblem
from office.sheets.reading import PROBLEM_EXIT, read_packed

MEGABYTE = 1024 * 1024


def main():
    request = json.load(sys.stdin)
    columns = [_column(fields) for fields in request["columns"]]
    try:
        answer = _JOBS[request["job"]](request, columns)
    except SheetProblem as problem:
        sys.stdout.buffer.write(str(problem).encode())
        sys.exit(PROBLEM_EXIT)
    except MemoryError:
        sys.stdout.buffer.write("这张表太大，读不下。请分成几个文件，分几次传。".encode())
        sys.exit(PROBLEM_EXIT)
    sys.stdout.buffer.write(answer)


def _column(fields):
    return Column(**{**fields, "aliases": tuple(fields["aliases"]), "choices": tuple(fields["choices"])})


def _read(request, columns):
    # 20,000 rows of 20 different texts take 110 MB.
    _limit(memory=256 * MEGABYTE, seconds=20)
    packed = read_packed(
        request["path"], columns=columns, max_rows=request["max_rows"], elsewhere=request.get("elsewhere")
    )
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


def _mark(request, columns):
    from office.sheets.errors import marked_copy  # noqa: PLC0415 (only this job needs openpyxl)

    # openpyxl keeps the whole file in memory.
    _limit(memory=1024 * MEGABYTE, seconds=60)
    return marked_copy(request["path"], [RowError(*error) for error in request["errors"]], columns)


def _limit(*, memory, seconds):
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


_JOBS = {"read": _read, "mark": _mark}

if __name__ == "__main__":
    main()
