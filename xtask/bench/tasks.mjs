// What is measured in Node: ours and its peers, by the name of each task.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import * as asn1js from 'asn1js';
import * as gmp from 'gmp-wasm';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import * as signet from 'signet-crypto';

const { subtle } = webcrypto;
const encoder = new TextEncoder();
export const PASSWORD = 'a password for the file';
const password = encoder.encode(PASSWORD);
const PFX_ROUNDS = 100_000;
const EMAIL = 'anna@example.com';

// As in a browser without WebCrypto: else forge asks Node.
forge.options.usePureJavaScript = true;
x509.cryptoProvider.set(webcrypto);
pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }));

const { calculate } = await gmp.init();
await signet.init();

const rsa = (bits) => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: bits,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
});
const decoded = (pem) => Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64');
const asBuffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

function right(holds) {
  if (!holds) throw new Error('a peer does not work');
}

export const generate = {
  async ours(bits, kernel) {
    (await signet.generateKeyPair({ algorithm: `rsa-${bits}`, kernel })).dispose();
  },
  'node-webcrypto': (bits) => subtle.generateKey(rsa(bits), true, ['sign', 'verify']),
  'node-forge': (bits) => right(forge.pki.rsa.generateKeyPair({ bits }).privateKey),
  /** Two primes; no key is put together of them. */
  'gmp-wasm'(bits) {
    for (const _ of ['p', 'q']) {
      const start = Buffer.from(webcrypto.getRandomValues(new Uint8Array(bits / 16)));
      start[0] |= 0xc0;
      calculate((g) => g.Integer(start.toString('hex'), 16).nextPrime());
    }
  },
};

export const verdict = {
  ours: async (pem) => right((await signet.inspectCsr(pem)).ok),
  '@peculiar/x509': async (pem) => right(await new x509.Pkcs10CertificateRequest(pem).verify()),
  async 'PKI.js'(pem) {
    const { result } = asn1js.fromBER(asBuffer(decoded(pem)));
    right(await new pkijs.CertificationRequest({ schema: result }).verify());
  },
  'node-forge': (pem) => right(forge.pki.certificationRequestFromPem(pem).verify()),
};

export const keyAndRequest = {
  async ours(algorithm) {
    const keyPair = await signet.generateKeyPair({ algorithm });
    right((await signet.createCsr({ keyPair, emails: [EMAIL] })).pem);
    keyPair.dispose();
  },
  async '@peculiar/x509'(algorithm) {
    const signingAlgorithm = algorithm === 'p-256' ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } : rsa(2048);
    const keys = await subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
    const extensions = [new x509.SubjectAlternativeNameExtension([{ type: 'email', value: EMAIL }])];
    right((await x509.Pkcs10CertificateRequestGenerator.create({ name: '', keys, signingAlgorithm, extensions })).toString());
  },
  'node-forge'() {
    const { publicKey, privateKey } = forge.pki.rsa.generateKeyPair({ bits: 2048 });
    const request = forge.pki.createCertificationRequest();
    request.publicKey = publicKey;
    const altNames = [{ type: 1, value: EMAIL }];
    request.setAttributes([{ name: 'extensionRequest', extensions: [{ name: 'subjectAltName', altNames }] }]);
    request.sign(privateKey, forge.md.sha256.create());
    right(forge.pki.certificationRequestToPem(request));
  },
};

let keyPair;
export const importKey = async (encrypted) => {
  keyPair = await signet.readPrivateKey({ privateKey: encrypted, passphrase: password });
};

export const pfx = {
  /** It opens the file again, too. */
  ours: ({ certificate, chain }) => signet.createPfx({ keyPair, certificate, chain, password }),
  'node-forge'({ certificate, chain, key }) {
    const certificates = [certificate, chain].map((pem) => forge.pki.certificateFromPem(pem));
    const settings = { algorithm: 'aes256', count: PFX_ROUNDS };
    const asn1 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(key), certificates, PASSWORD, settings);
    right(forge.asn1.toDer(asn1).length());
  },
  async 'PKI.js'({ certificate, chain, key }) {
    const encryption = {
      password: asBuffer(password),
      contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
      hmacHashAlgorithm: 'SHA-256',
      iterationCount: PFX_ROUNDS,
    };
    const read = (Kind, pem) => new Kind({ schema: asn1js.fromBER(asBuffer(decoded(pem))).result });
    const keyBag = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: read(pkijs.PrivateKeyInfo, key) });
    await keyBag.makeInternalValues(encryption);
    const bag = (bagId, bagValue) => new pkijs.SafeBag({ bagId, bagValue });
    const certificates = [certificate, chain].map((pem) =>
      bag('1.2.840.113549.1.12.10.1.3', new pkijs.CertBag({ parsedValue: read(pkijs.Certificate, pem) })));
    const container = new pkijs.PFX({
      parsedValue: {
        integrityMode: 0,
        authenticatedSafe: new pkijs.AuthenticatedSafe({
          parsedValue: {
            safeContents: [
              { privacyMode: 1, value: new pkijs.SafeContents({ safeBags: certificates }) },
              { privacyMode: 0, value: new pkijs.SafeContents({ safeBags: [bag('1.2.840.113549.1.12.10.1.2', keyBag)] }) },
            ],
          },
        }),
      },
    });
    await container.parsedValue.authenticatedSafe.makeInternalValues({ safeContents: [encryption, {}] });
    await container.makeInternalValues({ ...encryption, iterations: PFX_ROUNDS, pbkdf2HashAlgorithm: 'SHA-256' });
    right(container.toSchema().toBER(false).byteLength);
  },
};

/** 600,000 rounds of PBKDF2-HMAC-SHA-256 for 32 bytes. Ours encrypts a key with them. */
export const kdf = {
  ours: () => signet.encryptPrivateKey({ keyPair, passphrase: password }),
  async 'node-webcrypto'() {
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600_000 }, key, 256);
  },
  'node-forge': () => right(forge.pkcs5.pbkdf2(PASSWORD, 'salt', 600_000, 32, forge.md.sha256.create())),
};
