"""Pages by key: any depth of a list costs the same (performance §4), which an OFFSET does not."""

from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page of rows and the query strings of its neighbours ("" where there is none)."""

    rows: list
    next_query: str
    is_first: bool


def cursor(request, field):
    """(key, id) after which the page starts, from ?after=key~id; None, the first page, for a malformed one."""
    key, _, pk = request.GET.get("after", "")[:500].replace("\x00", "").rpartition("~")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return None
    try:
        return field.to_python(key), int(pk)
    except ValidationError:
        return None


def page(queryset, request, *, key, pk="id", descending=False, columns, size=SIZE):
    """The page of `queryset` after the request's cursor, ordered by (key, pk), as dicts of `columns`."""
    how = {"key": key, "pk": pk, "descending": descending, "columns": columns, "size": size}
    return page_of(partial(rows_after, queryset, **how), request, queryset.model, key=key, pk=pk, size=size)


def rows_after(queryset, value, last, *, key, pk="id", descending=False, columns, size=SIZE):
    """The rows of a page that begins after (value, last), or of the first one (None, None), and one row more.

    The bound is written `key >= x AND (key > x OR pk > i)`: both databases walk the index from there.
    """
    sign, bound, beyond = ("-", "lte", "lt") if descending else ("", "gte", "gt")
    rows = queryset.order_by(f"{sign}{key}", f"{sign}{pk}")
    if value is not None:
        start = Q(**{f"{key}__{bound}": value})
        strictly = Q(**{f"{key}__{beyond}": value}) | Q(**{f"{pk}__{beyond}": last})
        rows = rows.filter(start & strictly)
    return rows.values(*columns, key, pk)[: size + 1]


def page_of(read, request, model, *, key, pk="id", size=SIZE):
    """The same from `read(value, last)`, which answers as rows_after() does; for prepared lists of `model`."""
    after = cursor(request, model._meta.get_field(key))
    found = list(read(*(after or (None, None))))
    more = len(found) > size
    found = found[:size]
    query = ""
    if more:
        params = request.GET.copy()
        params["after"] = f"{found[-1][key]}~{found[-1][pk]}"
        query = "?" + urlencode(sorted(params.items()))
    return Page(rows=found, next_query=query, is_first=after is None)


def filters_of(request):
    """The filters of this address as a query string, the page apart; for the links that go on from a list."""
    params = request.GET.copy()
    params.pop("after", None)
    return f"?{params.urlencode()}" if params else ""


def narrowed(request, name, value):
    """The same with one filter set; for a number above a list that leads to its rows."""
    params = request.GET.copy()
    params.pop("after", None)
    params[name] = value
    return f"?{params.urlencode()}"


@cache
def address_of(name):
    """A function from id to the address of the page `name`: reversing anew for each of fifty rows costs a query's time."""
    head, _, tail = reverse(name, args=[0]).rpartition("0")
    return lambda pk: f"{head}{pk}{tail}"
