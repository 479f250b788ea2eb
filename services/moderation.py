"""会员动态: a text that a unit sent in is edited, accepted for the bulletin, or given back."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from news.models import NewsSubmission
from services import handling
from services.models import OfferingQuestion, ServiceRequest
from services.telling import tell
from services.trail import locked, said

Role = OfferingQuestion.Role


@transaction.atomic
def approve(
    *, request: ServiceRequest, title: str, body: str, by, at: dt.datetime
) -> NewsSubmission:
    """Accept the text, as edited, for the bulletin; this closes the request.

    Raises ``ValidationError``, also where the service's texts do not go into the bulletin.
    """
    current = locked(request, *ServiceRequest.OPEN)
    refuse_others(current)
    news = NewsSubmission(
        unit=current.unit,
        item=current.offering.benefit_item,
        title=" ".join(title.split()),
        body=said(body),
        filed_on=current.filed_on,
        accepted_at=at,
        accepted_by=by,
    )
    news.full_clean()
    news.save()
    current.news = news
    with translation.override("zh-hans"):  # kept, and read by the unit
        delivered = _("The text “%(title)s” is accepted for the bulletin.") % {"title": news.title}
    handling.end_delivered(current, delivered, by=by, at=at)
    tell(current, "news_accepted", at=at)
    return news


def return_for_completion(
    *, request: ServiceRequest, question: str, by, at: dt.datetime
) -> ServiceRequest:
    """Give the text back: the unit corrects the form and sends it again.

    Raises ``ValidationError``.
    """
    refuse_others(request)
    return handling.ask_unit(request=request, question=question, by=by, at=at)


def decline(*, request: ServiceRequest, reason: str, by, at: dt.datetime) -> ServiceRequest:
    """The text is not published; the reason goes to the unit. Raises ``ValidationError``."""
    refuse_others(request)
    return handling.decline(request=request, reason=reason, by=by, at=at)


def sent_in(request: ServiceRequest) -> dict[str, str]:
    """The title and the text as the unit sent them in."""
    texts = {
        answer.question.role: answer.text for answer in request.answers.select_related("question")
    }
    return {"title": request.title, "body": texts.get(Role.TEXT, "")}


def refuse_others(request: ServiceRequest) -> None:
    if not request.offering.is_for_bulletin:
        raise ValidationError(
            _("Texts of this service do not go into the bulletin."), code="not_for_bulletin"
        )
