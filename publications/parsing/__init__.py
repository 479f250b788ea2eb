"""From the text of a whole issue to its parts. The order of reading is in ``issue.parse``."""
