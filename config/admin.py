"""The admin site: sign-in through allauth, and what its theme's pages may do."""

from allauth.account.decorators import secure_admin_login
from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite


class MemberServicesAdminSite(UnfoldAdminSite):
    """One door for everybody: the admin's own login form is never shown."""

    def admin_view(self, view, cacheable=False):
        """As Django's; the theme computes small expressions in its pages, which needs eval."""
        return csp_update({"script-src": [UNSAFE_INLINE, UNSAFE_EVAL]})(
            super().admin_view(view, cacheable)
        )

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)
