from django.contrib.admin.apps import AdminConfig


class MemberServicesAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "config.admin.MemberServicesAdminSite"
