from publications.models.checks import LinkCheck, SettledFinding
from publications.models.deliveries import Delivery, Distribution
from publications.models.imports import IssueImport
from publications.models.issues import Article, Issue, Section
from publications.models.pictures import Picture
from publications.models.planning import SectionTemplate, SkippedIssue
from publications.models.printing import Parcel, PrintRun
from publications.models.publications import Publication
from publications.models.readings import Reading
from publications.models.reviews import IssueVersion, ReviewComment, ReviewRound, ReviewStep
from publications.models.searching import SearchEntry

__all__ = [
    "Article",
    "Delivery",
    "Distribution",
    "Issue",
    "IssueImport",
    "IssueVersion",
    "LinkCheck",
    "Parcel",
    "Picture",
    "PrintRun",
    "Publication",
    "Reading",
    "ReviewComment",
    "ReviewRound",
    "ReviewStep",
    "SearchEntry",
    "Section",
    "SectionTemplate",
    "SettledFinding",
    "SkippedIssue",
]
