import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { certify } from './authority.mjs';
import { createCryptoWorker } from 'signet-crypto/worker';

// Nothing of a page is needed: where it is named, it is asked for first whether it is there.
const folder = new URL('./node_modules/signet-crypto/', import.meta.url);
for (const name of (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== 'inline-wasm.js')) {
  const script = await readFile(new URL(name, folder), 'utf8');
  const needed = script.split('\n').filter((line) => !line.includes('typeof window')).join('\n');
  assert.doesNotMatch(needed, /\b(window|document|navigator|localStorage|XMLHttpRequest)\b/, name);
}

// Every function works there, and secrets of the caller are left alone.
await certify('p-256');
const encoder = new TextEncoder();
const worker = createCryptoWorker();
const passphrase = await worker.generatePassphrase();
assert.match(new TextDecoder().decode(passphrase), /^([2-9a-km-np-z]{5}-){3}[2-9a-km-np-z]{5}$/);
const copy = passphrase.slice();

const keyPair = await worker.readPrivateKey({
  privateKey: await readFile('key.pem'),
  passphrase: encoder.encode('h7kqn-2xw9d-mf4tz-8vbep'),
});
const [certificate, chain] = await Promise.all(['certificate.pem', 'chain.pem'].map((name) => readFile(name, 'utf8')));
const pfx = await worker.createPfx({ keyPair, certificate, chain, password: passphrase });
const opened = await worker.openPfx({ pfx, password: passphrase });
assert.equal(opened.keyPair.publicKeySha256, keyPair.publicKeySha256);
assert.deepEqual(opened.keyPair.publicKey, keyPair.publicKey);
const { der } = await worker.createCsr({ keyPair: opened.keyPair, emails: ['anna@example.com'] });
assert.equal((await worker.inspectCsr(der)).publicKeySha256, keyPair.publicKeySha256);
assert.match(await worker.encryptPrivateKey({ keyPair, passphrase }), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
assert.equal((await worker.passwordWarning({ password: encoder.encode('zażółć') })).code, 'not-ascii');
assert.equal(await worker.passwordWarning({ password: passphrase }), undefined);
assert.deepEqual(passphrase, copy, 'the caller lost a secret');
assert.ok(pfx.length > 0, 'the caller lost an argument');

// An error crosses whole.
const refused = worker.createCsr({ keyPair, emails: ['anna@example.com', 'nobody'] });
await assert.rejects(refused, { name: 'SignetError', code: 'invalid-email', field: 'emails[1]' });
await assert.rejects(worker.encryptPrivateKey({ keyPair, passphrase: 'text' }), { code: 'wrong-type', field: 'passphrase' });
worker.terminate();
