import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { init, createCsr, generateKeyPair, inspectCsr } from 'signet-crypto';

await init();
const EMAILS = ['anna@example.com', 'Anna.Nowak+mail@sub.example.org', 'a_n@EXAMPLE.net'];

for (const algorithm of ['rsa-2048', 'p-256', 'p-384', 'p-521', 'ed25519']) {
  const keyPair = await generateKeyPair({ algorithm });
  const { pem, der } = await createCsr({ keyPair, emails: EMAILS });
  const said = execFileSync('openssl', ['req', '-noout', '-text', '-verify'], { input: pem, stdio: 'pipe' }).toString();
  const names = said.match(/X509v3 Subject Alternative Name:.*\n\s*(.*)/)[1];
  assert.equal(names, 'email:anna@example.com, email:Anna.Nowak+mail@sub.example.org, email:a_n@example.net');
  if (algorithm === 'p-521' || algorithm === 'ed25519') continue;

  // Both forms, and both are read.
  for (const form of [pem, der]) {
    assert.equal((await inspectCsr(form)).publicKeySha256, keyPair.publicKeySha256);
  }
}

const keyPair = await generateKeyPair({ algorithm: 'p-256' });
for (const emails of [undefined, [], 'anna@example.com']) {
  await assert.rejects(createCsr({ keyPair, emails }), { code: 'wrong-type', field: 'emails' });
}
await assert.rejects(createCsr({ keyPair, emails: ['anna@example.com', 7] }), { code: 'wrong-type', field: 'emails[1]' });
