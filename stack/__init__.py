"""The parts of the product on one machine: database, broker, mailbox, web, worker, beat.

`make run` and `make test` need PostgreSQL, a broker and a mail server. Where the machine
offers none, this package starts private ones from the wheels in `requirements.lock`, and
takes down whatever it started. Production does not use it: there, `DATABASE_URL`,
`REDIS_URL` and `EMAIL_URL` name real servers.

    places        where local state lives, and who may enter it
    processes     start, watch and stop a program, whatever happens to us
    postgres      a private PostgreSQL
    valkey        a private broker
    mailbox       a mail server whose messages are read in the browser
    supervisor    `make run`, and `prepare`, its steps before the first page
    throwaway     servers for one run of the tests
    warm          servers that stay up between runs
    check         what `make check` asks before the tests
    translations  message catalogs without gettext
"""
