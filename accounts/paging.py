"""Pages of a list that grows at its head: newest first, by the row's number."""

from django import forms


def newest_first(queryset, request, *, size):
    """(rows, context): the page before ?before=, at most `size` rows (objects or dicts), and the addresses of its neighbours.

    A malformed ?before= is the first page. The bound walks an index that ends in id.
    """
    before = _before(request)
    rows = queryset.filter(pk__lt=before) if before else queryset
    found = list(rows.order_by("-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    older = last["id"] if isinstance(last, dict) else getattr(last, "pk", None)
    return found[:size], {
        "next_url": _with(request, before=older) if older else "",
        "first_url": _with(request) if before else "",
    }


def _before(request):
    try:
        number = forms.IntegerField(required=False, min_value=1, max_value=10**17)
        return number.clean(request.GET.get("before", ""))
    except forms.ValidationError:
        return None


def _with(request, **changes):
    """The query string of the same list at another place."""
    query = request.GET.copy()
    query.pop("before", None)
    query.update(changes)
    return f"?{query.urlencode()}"
