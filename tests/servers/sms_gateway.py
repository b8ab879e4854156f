"""An SMS gateway by aiohttp, with one fault at a time. Says its port on standard output; writes what it took to a file.

usage: sms_gateway.py TOOK PORT FAULT FORM [CERTIFICATE KEY]

The fault meets each telephone once, at its first SMS; afterwards everything is taken.
"""

import asyncio
import hashlib
import json
import ssl
import sys

from aiohttp import web

STATUSES = {"400": 400, "422": 422, "429": 429, "500": 500, "502": 502, "503": 503, "302": 302}
CODES = {"code-later": 22, "code-never": 12}


class Gateway:
    def __init__(self, took, fault, form):
        self.took, self.fault, self.form, self.met = took, fault, form, set()

    def meets(self, telephone, fault):
        if fault != self.fault or telephone in self.met:
            return False
        self.met.add(telephone)
        return True

    async def send(self, request):
        if request.headers.get("Authorization") != "Bearer open sesame":
            return web.json_response({"result": {"code": 1, "words": "who are you?"}}, status=401)
        fields = await (request.json() if self.form == "json" else request.post())
        to = fields["number"]
        for fault, status in STATUSES.items():
            if self.meets(to, fault):
                return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"}, text=f"not {to}")
        for fault, code in CODES.items():
            if self.meets(to, fault):
                return web.json_response({"result": {"code": code, "words": "not now"}})
        if self.meets(to, "drop-before-taking"):
            request.transport.abort()
            return web.Response()
        with open(self.took, "a", encoding="utf-8") as took:
            text = fields["text"]
            sms = {"id": fields["id"], "to": to, "hash": hashlib.sha256(text.encode()).hexdigest(), "text": text}
            took.write(json.dumps(sms) + "\n")
        if self.meets(to, "take-then-drop"):
            request.transport.abort()
        if self.meets(to, "take-then-silent"):
            await asyncio.sleep(60)
        if self.meets(to, "take-then-html"):
            return web.Response(text="<html>ok</html>")
        if self.meets(to, "take-then-endless"):
            return web.Response(text="{" + " " * 2_000_000)
        return web.json_response({"result": {"code": 0}})


async def main():
    took, port, fault, form = sys.argv[1:5]
    tls = None
    if len(sys.argv) > 5:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[5], sys.argv[6])
    app = web.Application()
    app.router.add_post("/send", Gateway(took, fault, form).send)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(port), ssl_context=tls)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
