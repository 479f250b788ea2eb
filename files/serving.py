"""Hand out a stored file. The caller has asked whether the reader may see it."""

from django.http import FileResponse, Http404

from files.kinds import BY_CODE
from files.models import StoredFile


def attachment(stored: StoredFile) -> FileResponse:
    """The file under its uploader's name, to be saved and never shown in our pages.

    Raises ``Http404`` where the file is gone from the disk.
    """
    try:
        opened = stored.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=stored.name,
        content_type=BY_CODE[stored.kind].media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
