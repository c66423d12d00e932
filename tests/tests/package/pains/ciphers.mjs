import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { certify } from './authority.mjs';
import { createPfx, describePfx } from 'signet-crypto';

const keyPair = await certify('p-256');
const [certificate, chain] = await Promise.all(['certificate.pem', 'chain.pem'].map((name) => readFile(name, 'utf8')));
const password = new TextEncoder().encode('Correct Horse 7!');

/** The algorithms that OpenSSL 3 sees, without the provider of what is out of date. */
async function algorithms(preset) {
  const pfx = await createPfx({ keyPair, certificate, chain, password, preset });
  await writeFile('anna.p12', pfx);
  // What the file says of itself, without its password.
  const described = describePfx(pfx);
  assert.equal(described.preset, preset);
  assert.equal(described.mac.iterations, 100_000);
  assert.ok(described.refusedBy.every(({ program, reason }) => program && reason));
  const words = ['pkcs12', '-in', 'anna.p12', '-passin', 'pass:Correct Horse 7!', '-info', '-noout'];
  const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stderr;
}

const modern = await algorithms('modern');
assert.match(modern, /MAC: sha256/);
assert.equal(modern.match(/PBES2, PBKDF2, AES-256-CBC/g).length, 2, modern);

const compatible = await algorithms('compatible');
assert.match(compatible, /MAC: sha1/);
assert.equal(compatible.match(/pbeWithSHA1And3-KeyTripleDES-CBC/g).length, 2, compatible);

for (const said of [modern, compatible]) assert.doesNotMatch(said, /RC2|RC4|md5/i);
await assert.rejects(createPfx({ keyPair, certificate, password, preset: 'rc2-40' }), {
  code: 'unknown-preset',
  field: 'preset',
});
