"""How mailbox providers say "slower". Such an answer never counts against an address.

Large Chinese providers answer throttling with permanent codes as well as temporary ones, and
tell the two apart only by their texts.
"""

import re
from typing import NamedTuple


class Throttle(NamedTuple):
    """One provider's way to say it; ``domains`` empty: anyone's."""

    domains: tuple[str, ...]
    codes: tuple[int, ...]
    text: re.Pattern


def says(pattern: str) -> re.Pattern:
    return re.compile(pattern, re.IGNORECASE)


TENCENT = ("qq.com", "foxmail.com", "vip.qq.com", "exmail.qq.com")
NETEASE = ("163.com", "126.com", "yeah.net", "188.com", "vip.163.com", "vip.126.com")
SINA = ("sina.com", "sina.cn", "vip.sina.com", "sina.com.cn")
SOHU = ("sohu.com", "vip.sohu.com")
ALIYUN = ("aliyun.com", "alibaba-inc.com")
CARRIERS = ("139.com", "189.cn", "wo.cn")

TABLE = (
    Throttle(
        TENCENT,
        (450, 451, 452, 550, 552, 554),
        says(
            r"frequency limited|ip frequency|suspected spam ip|connection (is )?(denied|refused)"
            r"|exceed(ed)? the (sending )?limit|too many|domain frequency|system busy"
        ),
    ),
    Throttle(
        NETEASE,
        (421, 450, 451, 452, 550, 552, 554),
        says(
            r"\b(HL:(REP|ICC|IFC|MEP|IHU)|MI:(CEL|DMC|CCL|SFQ|STC)|RP:(DRC|CCL|CEL|QRC|TRC))\b"
            r"|requested too frequently|too many|over limit"
        ),
    ),
    Throttle(
        SINA, (421, 450, 451, 550, 554), says(r"\[?A7\]?|too many|freq|busy|try (again )?later")
    ),
    Throttle(SOHU, (421, 450, 451, 550, 554), says(r"too many|freq|rate|busy|try (again )?later")),
    Throttle(
        ALIYUN,
        (421, 450, 451, 452, 526, 550, 551, 554),
        says(r"too many|exceed|freq|rate ?limit|speed|try (again )?later|temporar"),
    ),
    Throttle(
        CARRIERS,
        (421, 450, 451, 452, 550, 551, 554),
        says(r"too many|exceed|freq|limit|busy|try (again )?later|temporar"),
    ),
    Throttle(
        (),
        (421, 450, 451, 452, 454, 550, 552, 554),
        says(
            r"too many (connections|messages|recipients|requests|emails|mails)|rate.?limit"
            r"|throttl|frequency limited|sent too (fast|many)|sending (limit|rate|quota)"
            r"|slow down|exceed\w* .{0,30}(rate|frequency|hourly|daily)"
            r"|try (again )?later|频率|过于频繁|稍后再试|超过.{0,10}(限制|上限)"
        ),
    ),
)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def is_throttling(address: str, code: int, text: str) -> bool:
    """Whether the answer asks us to be slower, rather than refusing the address."""
    domain = domain_of(address)
    return any(
        code in throttle.codes and throttle.text.search(text)
        for throttle in TABLE
        if not throttle.domains or domain in throttle.domains
    )
