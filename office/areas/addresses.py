"""Numbers in addresses: a row's key or a year, never longer than a database takes."""

from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """`<key:pk>`: as `<int:pk>`, but what no row can have as its key is no address (404), not a failing query."""

    regex = "[0-9]{1,18}"
