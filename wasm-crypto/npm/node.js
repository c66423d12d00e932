// For Node, whose fetch does not read files.

import { readFile } from 'node:fs/promises';
import { start } from './core.js';

export {
  KeyPair,
  SignetError,
  createCsr,
  createPfx,
  describePfx,
  encryptPrivateKey,
  generateKeyPair,
  generatePassphrase,
  inspectCsr,
  openPfx,
  passwordWarning,
  readPrivateKey,
} from './core.js';

export function init(source) {
  return start(() => {
    const from = source ?? new URL('./signet_crypto_bg.wasm', import.meta.url);
    return from instanceof URL && from.protocol === 'file:' ? readFile(from) : from;
  });
}
