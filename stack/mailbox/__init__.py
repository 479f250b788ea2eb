"""A mail server for one machine: it takes every message, sends none on, and shows them.

    python -m stack.mailbox --folder DIR --smtp-port 1025 --web-port 8025

`make run` starts it where `EMAIL_URL` names no mail server.
"""
