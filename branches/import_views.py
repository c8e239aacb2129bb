"""小区导入、支部导入: the pages where these tables are handed in; the rest is accounts.import_views."""

from django.views.decorators.http import require_GET, require_http_methods

from accounts.import_views import template_file, upload_page
from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from branches.import_branch_forms import BRANCHES
from branches.import_compound_forms import COMPOUNDS
from office.imports.kinds import kind_called


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def compounds_import(request):
    return upload_page(request, kind_called(COMPOUNDS))


@require_GET
@open_to(*ROSTER_KEEPERS)
def compounds_template(request):
    return template_file(request, kind_called(COMPOUNDS))


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def branches_import(request):
    return upload_page(request, kind_called(BRANCHES))


@require_GET
@open_to(*ROSTER_KEEPERS)
def branches_template(request):
    return template_file(request, kind_called(BRANCHES))
