// For pages and workers, with or without a bundler: the WebAssembly is a file beside this one.

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
  // Written out like this for bundlers, which look for it.
  return start(() => source ?? new URL('./signet_crypto_bg.wasm', import.meta.url));
}
