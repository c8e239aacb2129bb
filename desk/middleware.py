"""The answers that Django leaves empty get words."""

from http import HTTPStatus

from desk import views


class MethodNotAllowed:
    """Whoever reloads the address of a button sees a page that says so, not an empty one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = views.method_not_allowed(request)
        page["Allow"] = response["Allow"]
        return page
