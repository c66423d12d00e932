import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { init, inspectCsr } from 'signet-crypto';

await init();
const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' }).toString();
const request = (...words) => openssl('req', '-new', '-nodes', '-keyout', 'k.pem', '-subj', '/CN=Anna', ...words);

const good = request('-newkey', 'rsa:2048');
const verdict = await inspectCsr(good);
assert.ok(verdict.ok);
assert.equal(verdict.subject, 'CN=Anna');
assert.equal(verdict.keyAlgorithm, 'rsa-2048');
assert.equal(verdict.signatureAlgorithm, 'SHA-256 with RSA');

const changed = good.replace(/\n(.)(.*)\n-----END/, (_, first, rest) => `\n${first === 'A' ? 'B' : 'A'}${rest}\n-----END`);
const key = openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
const wrong = [
  ['', 'empty'],
  ['hello', 'not-a-request'],
  [good.replace('\nMII', '\nM!I'), 'character-outside-base64', { line: 2, column: 2 }],
  [good.split('\n').slice(0, 6).join('\n'), 'end-line-missing'],
  [changed, 'signature-invalid'],
  [request('-newkey', 'rsa:1024'), 'key-too-short'],
  [request('-newkey', 'rsa:2048', '-sha1'), 'signature-weak'],
  [openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-subj', '/CN=A'), 'certificate'],
  [key, 'private-key'],
];
for (const [input, code, place] of wrong) {
  const { ok, ...said } = await inspectCsr(input);
  assert.equal(ok, false);
  assert.equal(said.code, code);
  assert.ok(said.message.endsWith('.') && said.remedy.endsWith('.'), JSON.stringify(said));
  if (place) assert.deepEqual(said.place, place);
  assert.equal(said.isPrivate, code === 'private-key');
}
