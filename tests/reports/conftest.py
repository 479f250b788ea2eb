from tests.benefits.conftest import charter

__all__ = ["charter"]
