"""Rows that are read here: they change by their own acts, or not at all."""


class ReadOnly:
    """Nothing is added, typed over or deleted by a form of the admin."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
