"""导入党员名册: the page where it is handed in and the empty table; the rest is accounts.import_views."""

from django.views.decorators.http import require_GET, require_http_methods

from accounts.import_views import template_file, upload_page
from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from members.roster import ROSTER
from office.imports.kinds import kind_called


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def roster_import(request):
    return upload_page(request, kind_called(ROSTER))


@require_GET
@open_to(*ROSTER_KEEPERS)
def roster_template(request):
    return template_file(request, kind_called(ROSTER))
