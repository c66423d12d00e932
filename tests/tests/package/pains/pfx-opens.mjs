import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { certify } from './authority.mjs';
import { createPfx, openPfx } from 'signet-crypto';

const PASSWORD = 'Correct Horse 7!';
const password = new TextEncoder().encode(PASSWORD);

for (const algorithm of ['rsa-2048', 'p-256', 'p-384']) {
  const keyPair = await certify(algorithm);
  const [certificate, chain] = await Promise.all(['certificate.pem', 'chain.pem'].map((name) => readFile(name, 'utf8')));
  for (const preset of ['modern', 'compatible']) {
    const pfx = await createPfx({ keyPair, certificate, chain, password, preset, friendlyName: 'anna@example.com' });
    await writeFile('anna.p12', pfx);
    const said = execFileSync('openssl', ['pkcs12', '-in', 'anna.p12', '-passin', `pass:${PASSWORD}`, '-nodes'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
    assert.match(said, /BEGIN PRIVATE KEY/, `${algorithm} ${preset}`);
    assert.equal(said.match(/BEGIN CERTIFICATE/g).length, 2);

    const opened = await openPfx({ pfx, password });
    assert.equal(opened.keyPair.publicKeySha256, keyPair.publicKeySha256);
    assert.equal(opened.friendlyName, 'anna@example.com');
    assert.equal(opened.chain.length, 1);

    const wrong = openPfx({ pfx, password: new TextEncoder().encode('another password') });
    await assert.rejects(wrong, { name: 'SignetError', code: 'wrong-passphrase', field: 'password' });
    await assert.rejects(openPfx({ pfx: pfx.slice(0, -9), password }), { code: 'damaged', field: 'pfx' });
    await assert.rejects(openPfx({ pfx: password, password }), { code: 'not-a-pfx', field: 'pfx' });
  }
}

// One text with all of them, the way servers give them out.
const keyPair = await certify('p-256');
const together = (await Promise.all(['certificate.pem', 'chain.pem'].map((name) => readFile(name, 'utf8')))).join('');
const { chain } = await openPfx({ pfx: await createPfx({ keyPair, certificate: together, password }), password });
assert.equal(chain.length, 1);

const stranger = await certify('p-256', 'other-');
await assert.rejects(createPfx({ keyPair: stranger, certificate: together, password }), { code: 'other-key' });
await assert.rejects(createPfx({ keyPair, certificate: 'hello', password }), { code: 'not-a-certificate' });
const short = new TextEncoder().encode('short');
await assert.rejects(createPfx({ keyPair, certificate: together, password: short }), {
  code: 'passphrase-too-short',
  field: 'password',
});
