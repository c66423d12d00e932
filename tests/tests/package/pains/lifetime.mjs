import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

// The collector's calls, counted before the package registers for them.
let freed = 0;
const Registry = globalThis.FinalizationRegistry;
globalThis.FinalizationRegistry = class extends Registry {
  constructor(callback) {
    super((held) => {
      freed += 1;
      callback(held);
    });
  }
};
const signet = await import('signet-crypto');
const { init, KeyPair, createCsr, describePfx, encryptPrivateKey, generateKeyPair, inspectCsr, readPrivateKey } = signet;

// Forgotten: told, in words, and not as an error of WebAssembly.
assert.throws(() => describePfx(new Uint8Array()), { name: 'SignetError', code: 'not-initialized', message: /init\(\)/ });
await assert.rejects(generateKeyPair(), { code: 'not-initialized' });
await assert.rejects(inspectCsr(''), { code: 'not-initialized' });

// A start that failed may be repeated; two at once are one.
await assert.rejects(init(new Uint8Array([0, 1, 2])), { code: 'not-loaded' });
await Promise.all([init(), init()]);
assert.equal((await inspectCsr('')).code, 'empty');

// A handle that nobody holds any more is freed, without a word from anyone.
await (async () => {
  for (let count = 0; count < 5; count += 1) await generateKeyPair({ algorithm: 'ed25519' });
})();
for (let round = 0; round < 50 && freed < 5; round += 1) {
  globalThis.gc();
  await sleep(20);
}
assert.ok(freed >= 5, `${freed} of 5 keys were freed`);

// By hand, as often as one likes, and at the end of a block.
const keyPair = await generateKeyPair({ algorithm: 'p-256' });
keyPair.dispose();
keyPair.dispose();
assert.ok(keyPair.disposed);
await assert.rejects(createCsr({ keyPair, emails: ['anna@example.com'] }), { code: 'disposed', field: 'keyPair' });
assert.equal(typeof KeyPair.prototype[Symbol.dispose], 'function');

// The handle holds nothing that could be printed, copied or sent.
const other = await generateKeyPair({ algorithm: 'p-256' });
assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(other))), ['algorithm', 'publicKeySha256']);
assert.throws(() => new KeyPair(), TypeError);
other.publicKey.fill(0);
assert.ok(other.publicKey.some((byte) => byte !== 0), 'the key was changed from outside');

// The module's own copy of a secret is overwritten. The memory is that of the very module that the package uses.
const glue = await import(new URL('./node_modules/signet-crypto/glue.js', import.meta.url));
const { memory } = await glue.default();
const texts = ['a passphrase to look for', 'Zażółć to look for'.normalize('NFD')];
for (const text of texts) {
  const passphrase = new TextEncoder().encode(text);
  const file = await encryptPrivateKey({ keyPair: other, passphrase });
  const reread = await readPrivateKey({ privateKey: file, passphrase });
  assert.equal(reread.publicKeySha256, other.publicKeySha256);
}
const there = Buffer.from(memory.buffer);
for (const text of texts.flatMap((text) => [text, text.normalize('NFC')])) {
  assert.equal(there.indexOf(text), -1, 'the passphrase is still in memory');
}
// And it is the right memory: the module's own texts are there.
assert.notEqual(there.indexOf('Enter a passphrase'), -1);
for (const secret of ['text', undefined, null, {}, [1, 2]]) {
  await assert.rejects(encryptPrivateKey({ keyPair: other, passphrase: secret }), { code: 'wrong-type', field: 'passphrase' });
}
