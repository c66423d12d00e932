// Opens PFX files with Node's own TLS: a server shows the certificates to a client and signs with the key.

import { readFileSync } from "node:fs";
import { connect, createServer } from "node:tls";
import { once } from "node:events";
import { answer } from "./questions.mjs";

await answer(async (file, password) => {
  const server = createServer({ pfx: readFileSync(file), passphrase: password });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: server.address().port, host: "127.0.0.1", rejectUnauthorized: false });
  try {
    await once(client, "secureConnect");
    const certificates = [];
    let certificate = client.getPeerCertificate(true);
    while (certificate?.raw && !certificates.includes(certificate.raw.toString("base64"))) {
      certificates.push(certificate.raw.toString("base64"));
      certificate = certificate.issuerCertificate;
    }
    // Without the key of the first certificate there is no handshake.
    return { certificates, key_fits: true };
  } finally {
    client.destroy();
    server.close();
  }
});
