// What every entry of the package shares: the functions, the handle of a key, the error. Which bytes the WebAssembly
// comes from is the entry's matter.

import wasmInit, * as glue from './glue.js';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NOT_STARTED = 'Call init() and wait for it first.';

let starting;
let started = false;

/** Starts the module once; a second call waits for the first, and a failed one may be repeated. */
export function start(source) {
  starting ??= Promise.resolve(source())
    .then((module_or_path) => wasmInit({ module_or_path }))
    .then(
      () => {
        started = true;
      },
      (cause) => {
        starting = undefined;
        throw new SignetError('not-loaded', 'The WebAssembly module could not be loaded.', undefined, { cause });
      },
    );
  return starting;
}

export class SignetError extends Error {
  constructor(code, message, field, options) {
    super(message, options);
    this.code = code;
    if (field !== undefined) this.field = field;
  }

  // On the prototype, as those of the language are.
  get name() {
    return 'SignetError';
  }

  toJSON() {
    const { code, field, message } = this;
    return field === undefined ? { code, message } : { code, field, message };
  }
}

/** The module speaks in plain objects; what it did not say itself is a fault of ours. */
function failure(thrown) {
  if (thrown instanceof SignetError) return thrown;
  if (typeof thrown?.code === 'string' && !(thrown instanceof Error)) {
    return new SignetError(thrown.code, thrown.message, thrown.field);
  }
  return new SignetError('internal', 'The crypto module failed. Please report it.', undefined, { cause: thrown });
}

function call(work) {
  if (!started) throw new SignetError('not-initialized', NOT_STARTED);
  try {
    return work();
  } catch (thrown) {
    throw failure(thrown);
  }
}

async function later(work) {
  if (!started) throw new SignetError('not-initialized', NOT_STARTED);
  try {
    return await work();
  } catch (thrown) {
    throw failure(thrown);
  }
}

function wrongType(field, expected) {
  return new SignetError('wrong-type', `${field} must be ${expected}.`, field);
}

/** A secret is never a string: a string cannot be overwritten. */
function secret(value, field) {
  if (value instanceof Uint8Array) return value;
  throw wrongType(field, 'a Uint8Array, so that it can be overwritten: new TextEncoder().encode(text)');
}

/** The secret in Unicode's composed form; nothing where it has that already. What is not UTF-8 the module refuses. */
function composed(secret) {
  // No string is made of ASCII, which has one form only.
  if (secret.every((byte) => byte < 0x80)) return undefined;
  try {
    const text = DECODER.decode(secret);
    const nfc = text.normalize('NFC');
    return nfc === text ? undefined : ENCODER.encode(nfc);
  } catch {
    return undefined;
  }
}

async function wiped(secret, use) {
  try {
    return await use(secret);
  } finally {
    secret.fill(0);
  }
}

/** Writes under the composed form: what is typed on macOS and on Windows is then the same password. */
function writing(secret, write) {
  const nfc = composed(secret);
  return nfc ? wiped(nfc, write) : write(secret);
}

/** Opens with the secret as it is, as a file of another program may need it; where it is wrong, composed. */
function opening(secret, open) {
  const nfc = composed(secret);
  if (!nfc) return open(secret);
  return wiped(nfc, async () => {
    try {
      return await open(secret);
    } catch (thrown) {
      if (thrown?.code !== 'wrong-passphrase') throw thrown;
      return open(nfc);
    }
  });
}

function bytes(value, field) {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return ENCODER.encode(value);
  throw wrongType(field, 'a string or a Uint8Array');
}

function text(value, field) {
  if (typeof value === 'string') return value;
  throw wrongType(field, 'a string');
}

function optionsOf(value) {
  if (value !== null && typeof value === 'object') return value;
  throw wrongType('options', 'an object');
}

const HANDLES = new WeakMap();
// Only this file can make one.
const OURS = Symbol('made by this package');

export class KeyPair {
  constructor(proof, handle) {
    if (proof !== OURS) throw new TypeError('Use generateKeyPair, readPrivateKey or openPfx.');
    HANDLES.set(this, handle);
    const spki = handle.spki();
    Object.defineProperties(this, {
      algorithm: { value: handle.algorithm(), enumerable: true },
      publicKeySha256: { value: handle.spkiSha256(), enumerable: true },
      madeBy: { value: handle.madeBy(), enumerable: true },
      // A copy each time: who gets it may change it.
      publicKey: { get: () => spki.slice(), enumerable: true },
    });
  }

  get disposed() {
    return !HANDLES.has(this);
  }

  dispose() {
    HANDLES.get(this)?.free();
    HANDLES.delete(this);
  }

  toJSON() {
    const { algorithm, publicKeySha256 } = this;
    return { algorithm, publicKeySha256 };
  }
}
// Engines without `using` have no such symbol.
if (Symbol.dispose) KeyPair.prototype[Symbol.dispose] = KeyPair.prototype.dispose;

function handleOf(value, field) {
  if (!(value instanceof KeyPair)) throw wrongType(field, 'a KeyPair of this package');
  const handle = HANDLES.get(value);
  if (!handle) throw new SignetError('disposed', 'This key pair was disposed of.', field);
  return handle;
}

export function generateKeyPair(options) {
  return later(() => {
    const { algorithm = 'rsa-2048', kernel, onProgress } = optionsOf(options ?? {});
    text(algorithm, 'algorithm');
    if (kernel !== undefined) text(kernel, 'kernel');
    if (onProgress !== undefined && typeof onProgress !== 'function') throw wrongType('onProgress', 'a function');
    return new KeyPair(OURS, glue.generateKeyPair(algorithm, kernel, onProgress));
  });
}

/** The order in which they stand, from the widest to the narrowest. */
const SUBJECT = ['country', 'stateOrProvince', 'locality', 'organization', 'organizationIdentifier', 'commonName'];

/** Names and values by turns, as the module takes them. */
function attributesOf(subject) {
  for (const name of Object.keys(optionsOf(subject))) {
    if (!SUBJECT.includes(name)) throw wrongType(`subject.${name}`, `one of ${SUBJECT.join(', ')}`);
  }
  return SUBJECT.filter((name) => subject[name] !== undefined)
    .flatMap((name) => [name, text(subject[name], `subject.${name}`)]);
}

export function createCsr(options) {
  return later(() => {
    const { keyPair, emails, subject = {} } = optionsOf(options);
    const handle = handleOf(keyPair, 'keyPair');
    if (!Array.isArray(emails) || emails.length === 0) throw wrongType('emails', 'an array of at least one address');
    emails.forEach((email, index) => text(email, `emails[${index}]`));
    return glue.createCsr(handle, emails, attributesOf(subject));
  });
}

export function inspectCsr(input) {
  return later(() => glue.inspectCsr(bytes(input, 'input')));
}

export function encryptPrivateKey(options) {
  return later(() => {
    const { keyPair, passphrase } = optionsOf(options);
    const handle = handleOf(keyPair, 'keyPair');
    return writing(secret(passphrase, 'passphrase'), (nfc) => glue.encryptPrivateKey(handle, nfc));
  });
}

export function readPrivateKey(options) {
  return later(async () => {
    const { privateKey, passphrase } = optionsOf(options);
    // Encrypted, it may be text; if it is not encrypted, a string of it is already out of our hands.
    const file = bytes(privateKey, 'privateKey');
    const read = (given) => glue.readPrivateKey(file, given);
    return new KeyPair(OURS, await (passphrase === undefined ? read() : opening(secret(passphrase, 'passphrase'), read)));
  });
}

export function createPfx(options) {
  return later(() => {
    const { keyPair, certificate, chain = [], password, preset = 'modern', friendlyName } = optionsOf(options);
    if (friendlyName !== undefined) text(friendlyName, 'friendlyName');
    text(preset, 'preset');
    const handle = handleOf(keyPair, 'keyPair');
    const leaf = bytes(certificate, 'certificate');
    const above = (Array.isArray(chain) ? chain : [chain]).map((one, index) => bytes(one, `chain[${index}]`));
    const write = (nfc) => glue.createPfx(handle, leaf, above, nfc, preset, friendlyName);
    return writing(secret(password, 'password'), write);
  });
}

export function openPfx(options) {
  return later(async () => {
    const { pfx, password } = optionsOf(options);
    if (!(pfx instanceof Uint8Array)) throw wrongType('pfx', 'a Uint8Array');
    const open = (given) => glue.openPfx(pfx, given);
    const { key, ...rest } = await opening(secret(password, 'password'), open);
    return { keyPair: new KeyPair(OURS, key), ...rest };
  });
}

export function describePfx(pfx) {
  return call(() => {
    if (!(pfx instanceof Uint8Array)) throw wrongType('pfx', 'a Uint8Array');
    return glue.describePfx(pfx);
  });
}

export function passwordWarning(options) {
  return call(() => glue.passwordWarning(secret(optionsOf(options).password, 'password')));
}

export function generatePassphrase() {
  return call(() => glue.generatePassphrase());
}
