"""The door for staff: what they see and press. Deciding is done in the activities behind it."""

from publications.admin.articles import ArticleAdmin, SectionAdmin
from publications.admin.deliveries import DeliveryAdmin, DistributionAdmin
from publications.admin.issues import IssueAdmin
from publications.admin.printruns import ParcelAdmin, PrintRunAdmin
from publications.admin.publications import PublicationAdmin, SectionTemplateAdmin

__all__ = [
    "ArticleAdmin",
    "DeliveryAdmin",
    "DistributionAdmin",
    "IssueAdmin",
    "ParcelAdmin",
    "PrintRunAdmin",
    "PublicationAdmin",
    "SectionAdmin",
    "SectionTemplateAdmin",
]
