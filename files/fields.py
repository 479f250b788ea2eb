"""A form field for one upload."""

from django import forms

from files.kinds import ACCEPTED, checked


class UploadField(forms.FileField):
    """Refuses at the field what `files.kinds` does not accept."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPTED}))
        super().__init__(**kwargs)

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            checked(upload)
        return upload
