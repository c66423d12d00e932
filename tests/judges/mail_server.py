"""A real SMTP server for the tests: it keeps each message that it accepts as a JSON file in a folder."""

import asyncio
import email
import json
import os
import sys
from email import policy

from aiosmtpd.smtp import SMTP


class Folder:
    """Writes each message under its number; a reader never sees half a file."""

    def __init__(self, path):
        self.path = path
        self.count = len([name for name in os.listdir(path) if name.endswith(".json")])

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": message["subject"],
            "text": body.get_content() if body else "",
        }
        self.count += 1
        name = os.path.join(self.path, f"{self.count:06}.json")
        with open(name + ".new", "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.rename(name + ".new", name)
        return "250 OK"


async def main(port, path):
    folder = Folder(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(folder, hostname="localhost"), "127.0.0.1", port)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
