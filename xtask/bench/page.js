// What is measured in Chromium.

import { createPfx, encryptPrivateKey, generateKeyPair, init, inspectCsr, createCsr, readPrivateKey } from '/signet-crypto/index.js';

const encoder = new TextEncoder();
const password = encoder.encode('a password for the file');

export const ready = init().then(() => 'ready');

let imported;

export const contestants = {
  async ours(options) {
    (await generateKeyPair(options)).dispose();
  },
  async webcrypto({ bits, curve }) {
    const algorithm = bits
      ? { name: 'RSASSA-PKCS1-v1_5', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: curve };
    await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  },
  async verdict(pem) {
    if (!(await inspectCsr(pem)).ok) throw new Error('the request is wrong');
  },
  async keyAndRequest(algorithm) {
    const keyPair = await generateKeyPair({ algorithm });
    await createCsr({ keyPair, emails: ['anna@example.com'] });
    keyPair.dispose();
  },
  /** The key is read once: it is the file that is measured. */
  async importKey(privateKey) {
    imported = await readPrivateKey({ privateKey, passphrase: password });
  },
  async pfx({ certificate, chain }) {
    await createPfx({ keyPair: imported, certificate, chain, password });
  },
  async kdf() {
    await encryptPrivateKey({ keyPair: imported, passphrase: password });
  },
  async webcryptoKdf() {
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600_000 }, key, 256);
  },
};
