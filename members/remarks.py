"""汇款附言: what a unit writes beside its transfer, so that the money finds its year."""


def remark(name: str, year: int) -> str:
    """The remark that notices ask for; bank statements are read for the same shape."""
    return f"{name} {year}年度会费"
