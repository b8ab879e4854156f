"""A mail server by aiosmtpd, with one fault at a time. Says its port on standard output; writes what it took to a file.

usage: smtp_server.py TOOK PORT FAULT [CERTIFICATE KEY]

The fault meets each mailbox once, at its first letter; afterwards everything is taken.
"""

import asyncio
import email
import hashlib
import json
import ssl
import sys
from email.header import decode_header, make_header

from aiosmtpd.smtp import SMTP, AuthResult


class Faults:
    def __init__(self, took, fault):
        self.took, self.fault, self.met = took, fault, set()

    def meets(self, mailbox, fault):
        if fault != self.fault or mailbox in self.met:
            return False
        self.met.add(mailbox)
        return True

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        if self.meets(address, "4xx"):
            return "451 4.7.1 come back later"
        if self.meets(address, "5xx"):
            return "550 5.1.1 no such mailbox"
        if self.meets(address, "421"):
            return "421 4.3.2 closing down"
        if self.meets(address, "drop-before-data"):
            server.transport.abort()
        if self.meets(address, "slow-before-data"):
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mailbox = envelope.rcpt_tos[0]
        if self.meets(mailbox, "4xx-after-data"):
            return "452 4.3.1 the disk is full"
        if self.meets(mailbox, "5xx-after-data"):
            return "554 5.7.1 not wanted here"
        letter = email.message_from_bytes(envelope.content)
        letter = {
            "id": letter["Message-ID"],
            "to": mailbox,
            "template": letter["X-Duban-Template"],
            "subject": str(make_header(decode_header(letter["Subject"]))),
            "hash": hashlib.sha256(envelope.content).hexdigest(),
        }
        with open(self.took, "a", encoding="utf-8") as took:
            took.write(json.dumps(letter) + "\n")
        if self.meets(mailbox, "accept-then-drop"):
            server.transport.abort()
        if self.meets(mailbox, "accept-then-slow"):
            await asyncio.sleep(60)
        return "250 OK"


class Server(SMTP):
    async def smtp_DATA(self, arg):
        if self.envelope.rcpt_tos and self.event_handler.meets(
            self.envelope.rcpt_tos[0], "drop-in-data"
        ):
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def login(server, session, envelope, mechanism, data):
    known = data.login == b"duban" and data.password == b"open sesame"
    return AuthResult(success=known)


async def main():
    took, port, fault = sys.argv[1:4]
    options = {}
    if len(sys.argv) > 4:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[4], sys.argv[5])
        options = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": login,
        }
    faults = Faults(took, fault)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(faults, hostname="localhost", **options), "127.0.0.1", int(port)
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
