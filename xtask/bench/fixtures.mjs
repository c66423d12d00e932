// A key of RSA 2048 with a certificate and its issuer's, and requests of each kind, all made by OpenSSL.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PASSWORD } from './tasks.mjs';
import * as signet from 'signet-crypto';

const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' }).toString();

const KINDS = {
  'rsa-2048': ['-newkey', 'rsa:2048'],
  'rsa-4096': ['-newkey', 'rsa:4096'],
  'p-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'p-384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
};

export function requests() {
  const request = (kind) => openssl('req', '-new', '-nodes', '-keyout', 'other.key', '-subj', '/CN=Anna', '-sha256', ...kind);
  return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, request(kind)]));
}

export async function entry() {
  const { init, readPrivateKey, generateKeyPair, createCsr, encryptPrivateKey } = signet;
  await init();
  const passphrase = new TextEncoder().encode(PASSWORD);
  const keyPair = await generateKeyPair({ algorithm: 'rsa-2048' });
  const encrypted = await encryptPrivateKey({ keyPair, passphrase });
  await readPrivateKey({ privateKey: encrypted, passphrase });
  const { pem } = await createCsr({ keyPair, emails: ['anna@example.com'] });
  const input = { input: pem, stdio: 'pipe' };
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'root.key', '-out', 'chain.pem', '-subj', '/CN=Root', '-days', '9');
  const certificate = execFileSync('openssl', ['x509', '-req', '-CA', 'chain.pem', '-CAkey', 'root.key', '-days', '8', '-out', 'leaf.pem'], input);
  right(certificate);
  const key = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-passin', `pass:${PASSWORD}`, '-out', 'key.pem'], { input: encrypted, stdio: 'pipe' });
  right(key);
  const [leaf, chain, plain] = ['leaf.pem', 'chain.pem', 'key.pem'].map((name) => readFileSync(name, 'utf8'));
  return { encrypted, certificate: leaf, chain, key: plain };
}

function right(output) {
  if (output === null) throw new Error('openssl failed');
}
