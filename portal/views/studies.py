"""专题研究报告: studies that concern the unit, and common parts that are shared with it."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from files.serving import attachment
from portal.acting import for_unit
from services.studies import accesses, refused


@require_safe
@for_unit
def studies(request):
    found = accesses(request.unit)
    context = {
        "readable": [access for access in found if access.files],
        "refused": refused(found),
    }
    return render(request, "portal/studies.html", context)


@require_safe
@for_unit
def study_file(request, pk: int, part: str):
    """One part of a study. Anything the unit may not read answers 404."""
    files = (file for access in accesses(request.unit) for file in access.files)
    found = next((file for file in files if file.study_id == pk and file.part == part), None)
    if found is None:
        raise Http404
    return attachment(found)
