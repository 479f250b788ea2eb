"""A private broker answers, and comes back at the same address."""

import redis

from stack.processes import is_alive


def test_broker_answers_and_is_empty(broker):
    with redis.Redis.from_url(broker) as connection:
        connection.set("今天", "矿业")

        assert connection.get("今天").decode() == "矿业"
        assert connection.dbsize() == 1


def test_broker_can_be_away_and_come_back(broker_server):
    url = broker_server.start()
    pid = broker_server.program.pid

    broker_server.stop()
    assert not is_alive(pid)

    assert broker_server.start() == url
