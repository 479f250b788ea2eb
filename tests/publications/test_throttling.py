"""Answers of large providers that ask us to be slower, and those that refuse an address."""

import pytest

from publications.throttling import is_throttling

SLOWER = [
    ("a@qq.com", 550, "Ip frequency limited [MN]. http://service.mail.example/"),
    ("a@QQ.com", 450, "Connection frequency limited"),
    ("a@foxmail.com", 550, "Domain frequency limited"),
    ("a@163.com", 421, "HL:REP 163 smtp9"),
    ("a@126.com", 451, "MI:SFQ 126 smtp2"),
    ("a@yeah.net", 550, "RP:TRC yeah smtp1"),
    ("a@163.com", 554, "MI:STC 163 smtp7"),
    ("a@sina.com", 450, "too many connections, try later"),
    ("a@sohu.com", 451, "server busy"),
    ("a@aliyun.com", 550, "sending speed limit"),
    ("a@139.com", 550, "connection frequency over limit"),
    ("a@unit.example", 421, "4.7.0 Too many connections"),
    ("a@unit.example", 550, "发送过于频繁，请稍后再试"),
]
REFUSED = [
    ("a@qq.com", 550, "Mailbox not found"),
    ("a@163.com", 550, "User not found: a@163.com"),
    ("a@163.com", 554, "DT:SPM 163 smtp5"),
    ("a@unit.example", 550, "5.1.1 no such user"),
    ("a@unit.example", 553, "too many connections"),
    ("a@unit.example", 550, "HL:REP is what another provider says"),
]


@pytest.mark.parametrize(("address", "code", "text"), SLOWER)
def test_asks_to_be_slower(address, code, text):
    assert is_throttling(address, code, text) is True


@pytest.mark.parametrize(("address", "code", "text"), REFUSED)
def test_refuses_for_another_reason(address, code, text):
    assert is_throttling(address, code, text) is False
