from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Invented members and bulletins to try the product with; no models of its own."""

    name = "demo"
