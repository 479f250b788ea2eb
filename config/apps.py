from django.contrib.admin.apps import AdminConfig


class MemberServicesAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "config.admin.MemberServicesAdminSite"

    def ready(self) -> None:
        super().ready()
        import config.schedules  # noqa: F401  (re-registers what autodiscover has just registered)
