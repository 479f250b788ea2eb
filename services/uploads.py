"""Several files chosen at once, in one field of a form."""

from django import forms

from files.fields import UploadField
from files.kinds import ACCEPTED


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class UploadsField(UploadField):
    """A list of files, each checked by `files.kinds`; empty where none was chosen."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", SeveralFiles(attrs={"accept": ACCEPTED}))
        super().__init__(**kwargs)

    def clean(self, data, initial=None) -> list:
        chosen = [each for each in data or [] if each]
        if not chosen:
            super().clean(None, initial)
        return [super(UploadsField, self).clean(each) for each in chosen]
