"""A unit's seats at an event in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.money import yuan
from events.seats import SeatAccount


def headline(account: SeatAccount) -> str:
    """What stands large: 还可免费派 3 人."""
    if account.unlimited:
        return _("Free for any number of people")
    if account.left:
        return ngettext(
            "%(n)s more person free of charge", "%(n)s more people free of charge", account.left
        ) % {"n": account.left}
    if account.is_discount:
        return at_member_price(account)
    if account.allowed:
        return _("All free seats are taken")
    return _("No free seats for your unit")


def at_member_price(account: SeatAccount) -> str:
    if account.next_price is None:
        return _("Member price, not set yet")
    return _("Member price %(price)s") % {"price": yuan(account.next_price)}


def facts(account: SeatAccount) -> list[str]:
    """The account, a few words each: 免费 5, 已用 2, 剩 3, 再派 1 人 ¥1,600."""
    found = []
    if account.unlimited:
        found.append(_("Free for any number of people"))
    elif account.allowed:
        found += [
            _("free %(n)s") % {"n": account.allowed},
            _("used %(n)s") % {"n": account.used},
            _("left %(n)s") % {"n": account.left},
        ]
    elif not account.is_discount:
        found.append(_("No free seats for your unit"))
    if not account.unlimited:
        found += price(account)
    if account.live:
        found.append(
            ngettext("%(n)s person registered", "%(n)s people registered", account.live)
            % {"n": account.live}
        )
    if account.waiting:
        found.append(_("%(n)s waiting") % {"n": account.waiting})
    return found


def price(account: SeatAccount) -> list[str]:
    """What the next person beyond the free ones costs."""
    if account.next_price is None:
        return [at_member_price(account)] if account.is_discount else []
    if account.is_discount:
        found = [at_member_price(account)]
        if account.event.fee is not None and account.event.fee != account.next_price:
            found.append(_("others pay %(price)s") % {"price": yuan(account.event.fee)})
        return found
    if account.allowed:
        return [_("one more person %(price)s") % {"price": yuan(account.next_price)}]
    return [_("%(price)s a person") % {"price": yuan(account.next_price)}]
