from django.contrib.admin.apps import AdminConfig


class MemberServicesAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "config.admin.MemberServicesAdminSite"

    def ready(self) -> None:
        super().ready()
        import config.package_admin  # noqa: F401  (changes what autodiscover has just registered)
