import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { certify } from './authority.mjs';
import { createPfx, openPfx, passwordWarning, readPrivateKey } from 'signet-crypto';

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

// A password of any alphabet: as macOS decomposes it, as Windows composes it, and as OpenSSL wrote it.
{
  const [composed, decomposed] = ['NFC', 'NFD'].map((form) => 'Zażółć-Ωпароль 🔑'.normalize(form));
  assert.notEqual(composed, decomposed);
  const bytes = (text) => new TextEncoder().encode(text);
  const keyPair = await certify('p-256', '', decomposed);
  const [certificate, chain] = await Promise.all(['certificate.pem', 'chain.pem'].map((name) => readFile(name, 'utf8')));
  const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  openssl('pkey', '-in', 'key.pem', '-passin', `pass:${composed}`, '-noout');
  const privateKey = await readFile('key.pem', 'utf8');

  const given = bytes(decomposed);
  const pfx = await createPfx({ keyPair, certificate, chain, password: given });
  assert.deepEqual(given, bytes(decomposed), 'the password of the caller was changed');
  await writeFile('anna.p12', pfx);
  openssl('pkcs12', '-in', 'anna.p12', '-passin', `pass:${composed}`, '-nodes', '-out', 'anna.pem');
  for (const text of [composed, decomposed]) {
    const opened = [await openPfx({ pfx, password: bytes(text) }), { keyPair: await readPrivateKey({ privateKey, passphrase: bytes(text) }) }];
    for (const { keyPair: key } of opened) assert.equal(key.publicKeySha256, keyPair.publicKeySha256);
  }
  await assert.rejects(openPfx({ pfx, password: bytes(`${decomposed}!`) }), { code: 'wrong-passphrase' });
  await assert.rejects(openPfx({ pfx: pfx.slice(0, -9), password: given }), { code: 'damaged' });

  // What another program wrote under the decomposed form opens as it is, and not composed.
  openssl('pkcs12', '-export', '-in', 'anna.pem', '-passout', `pass:${decomposed}`, '-out', 'others.p12');
  const others = new Uint8Array(await readFile('others.p12'));
  assert.equal((await openPfx({ pfx: others, password: given })).keyPair.publicKeySha256, keyPair.publicKeySha256);
  await assert.rejects(openPfx({ pfx: others, password: bytes(composed) }), { code: 'wrong-passphrase' });

  // It is told who cannot open such a file; bytes that are no text are not taken.
  const code = (text) => passwordWarning({ password: bytes(text) })?.code;
  assert.deepEqual([PASSWORD, 'Zażółć', 'Zażółć 🔑'].map(code), [undefined, 'not-ascii', 'beyond-bmp']);
  assert.match(passwordWarning({ password: bytes('ż') }).message, /Java/);
  const broken = new Uint8Array([...given, 0xff]);
  await assert.rejects(createPfx({ keyPair, certificate, password: broken }), { code: 'not-utf-8', field: 'password' });
  assert.throws(() => passwordWarning({ password: broken }), { code: 'not-utf-8', field: 'password' });
  assert.throws(() => passwordWarning({ password: 'text' }), { code: 'wrong-type', field: 'password' });
  await assert.rejects(createPfx({ keyPair, certificate, password: bytes('two\nlines') }), {
    code: 'passphrase-control-character',
    field: 'password',
  });
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
