from publications.models.deliveries import Delivery, Distribution
from publications.models.issues import Article, Issue, Section
from publications.models.pictures import Picture
from publications.models.planning import SectionTemplate, SkippedIssue
from publications.models.printing import Parcel, PrintRun
from publications.models.publications import Publication
from publications.models.readings import Reading

__all__ = [
    "Article",
    "Delivery",
    "Distribution",
    "Issue",
    "Parcel",
    "Picture",
    "PrintRun",
    "Publication",
    "Reading",
    "Section",
    "SectionTemplate",
    "SkippedIssue",
]
