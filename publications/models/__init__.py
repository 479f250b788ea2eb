from publications.models.deliveries import Delivery, Distribution
from publications.models.issues import Article, Issue, Section
from publications.models.publications import Publication

__all__ = ["Article", "Delivery", "Distribution", "Issue", "Publication", "Section"]
