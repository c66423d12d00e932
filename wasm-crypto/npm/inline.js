// The WebAssembly is inside the script: for pages that cannot serve a second file. A third larger to load.

import { start } from './core.js';
import { BASE64 } from './inline-wasm.js';

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

export function init() {
  return start(() => Uint8Array.from(atob(BASE64), (character) => character.charCodeAt(0)));
}
