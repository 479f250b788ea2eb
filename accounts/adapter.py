"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Nobody opens an account by themselves: staff and unit managers invite."""

    def is_open_for_signup(self, request) -> bool:
        return False
