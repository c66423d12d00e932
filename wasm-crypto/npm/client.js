// The page's end of the conversation with workers. Each key has a worker of its own, which made it and ends with it:
// cancelling one call never loses the key of another, and no copy of a key outlives it.

import { SignetError } from './core.js';

/** Copies, so that the caller keeps theirs; the copies are moved into the worker and overwritten there. */
function copied(argument, transfer) {
  if (argument instanceof Uint8Array) {
    const copy = argument.slice();
    transfer.push(copy.buffer);
    return copy;
  }
  if (Array.isArray(argument)) return argument.map((one) => copied(one, transfer));
  if (argument !== null && typeof argument === 'object') {
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, copied(value, transfer)]));
  }
  return argument;
}

/** One worker, and the calls that it has not answered. */
class Line {
  #worker;
  #calls = new Map();
  #lastId = 0;
  #ended;

  constructor(worker, source) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => this.#receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      const message = 'The worker could not be started, or stopped unexpectedly.';
      this.end(new SignetError('worker-failed', message, undefined, { cause: event.error ?? event }));
    });
    worker.postMessage({ task: 'init', argument: source }, []);
  }

  get ended() {
    return this.#ended !== undefined;
  }

  ask(task, argument, { usesKey = false, signal, onProgress } = {}) {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const id = (this.#lastId += 1);
      const transfer = [];
      this.#worker.postMessage({ id, task, usesKey, argument: copied(argument, transfer) }, transfer);
      const abort = () => this.end(signal.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const over = () => signal?.removeEventListener('abort', abort);
      this.#calls.set(id, { resolve, reject, onProgress, over });
      this.#worker.ref?.();
    });
  }

  /** Ends the worker in the middle of whatever it does, which also clears its memory. */
  end(reason) {
    if (this.#ended) return;
    this.#ended = reason;
    this.#worker.terminate();
    for (const { reject, over } of this.#calls.values()) {
      over();
      reject(reason);
    }
    this.#calls.clear();
  }

  #receive({ id, progress, value, error }) {
    const call = this.#calls.get(id);
    if (!call) return;
    if (progress) {
      call.onProgress?.(progress);
      return;
    }
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#worker.unref?.();
    call.over();
    if (error) call.reject(new SignetError(error.code, error.message, error.field));
    else call.resolve(value);
  }
}

/** The worker of each key pair that was not disposed of. */
const LINES = new WeakMap();
const gone = () => new SignetError('disposed', 'This key pair was disposed of, or is not of this worker.', 'keyPair');
const FORGOTTEN = new FinalizationRegistry((line) => line.end(gone()));

/** A key pair that lives in a worker. */
class WorkerKeyPair {
  constructor(line, { algorithm, publicKey, publicKeySha256, madeBy }) {
    LINES.set(this, line);
    FORGOTTEN.register(this, line, this);
    Object.defineProperties(this, {
      algorithm: { value: algorithm, enumerable: true },
      publicKeySha256: { value: publicKeySha256, enumerable: true },
      madeBy: { value: madeBy, enumerable: true },
      // A copy each time: who gets it may change it.
      publicKey: { get: () => publicKey.slice(), enumerable: true },
    });
  }

  get disposed() {
    return !LINES.has(this);
  }

  dispose() {
    LINES.get(this)?.end(gone());
    LINES.delete(this);
    FORGOTTEN.unregister(this);
  }

  toJSON() {
    const { algorithm, publicKeySha256 } = this;
    return { algorithm, publicKeySha256 };
  }
}
// Engines without `using` have no such symbol.
if (Symbol.dispose) WorkerKeyPair.prototype[Symbol.dispose] = WorkerKeyPair.prototype.dispose;

export class Client {
  #start;
  #source;
  #lines = new Set();
  /** Started and not yet used. */
  #spare;
  /** For calls that need no key. */
  #reader;

  constructor(start, { worker, wasm } = {}) {
    this.#start = worker ?? start;
    this.#source = wasm instanceof URL ? wasm.href : wasm;
    this.#spare = this.#open();
  }

  async generateKeyPair({ signal, onProgress, ...options } = {}) {
    const { line, value } = await this.#ofItsOwn('generateKeyPair', options, { signal, onProgress });
    return new WorkerKeyPair(line, value);
  }

  async readPrivateKey({ signal, ...options }) {
    const { line, value } = await this.#ofItsOwn('readPrivateKey', options, { signal });
    return new WorkerKeyPair(line, value);
  }

  async openPfx({ signal, ...options }) {
    const { line, value } = await this.#ofItsOwn('openPfx', options, { signal });
    return { ...value, keyPair: new WorkerKeyPair(line, value.keyPair) };
  }

  createCsr(options) {
    return this.#withKey('createCsr', options);
  }

  encryptPrivateKey(options) {
    return this.#withKey('encryptPrivateKey', options);
  }

  createPfx(options) {
    return this.#withKey('createPfx', options);
  }

  inspectCsr(input) {
    return this.#withoutKey('inspectCsr', input);
  }

  describePfx(pfx) {
    return this.#withoutKey('describePfx', pfx);
  }

  passwordWarning(options) {
    return this.#withoutKey('passwordWarning', options);
  }

  generatePassphrase() {
    return this.#withoutKey('generatePassphrase');
  }

  terminate() {
    const reason = new SignetError('terminated', 'The workers were ended.');
    for (const line of this.#lines) line.end(reason);
    this.#lines.clear();
  }

  #open() {
    for (const line of this.#lines) if (line.ended) this.#lines.delete(line);
    const line = new Line(this.#start(), this.#source);
    this.#lines.add(line);
    return line;
  }

  #take() {
    const line = this.#spare && !this.#spare.ended ? this.#spare : this.#open();
    this.#spare = undefined;
    return line;
  }

  /** A call whose key then has the worker for itself. */
  async #ofItsOwn(task, options, also) {
    also.signal?.throwIfAborted();
    const line = this.#take();
    try {
      return { line, value: await line.ask(task, options, also) };
    } catch (error) {
      if (!line.ended && !this.#spare) this.#spare = line;
      else line.end(error);
      throw error;
    }
  }

  async #withKey(task, { keyPair, ...options }) {
    const line = LINES.get(keyPair);
    if (!line) throw gone();
    return line.ask(task, options, { usesKey: true });
  }

  async #withoutKey(task, argument) {
    if (!this.#reader || this.#reader.ended) this.#reader = this.#take();
    return this.#reader.ask(task, argument);
  }
}
if (Symbol.dispose) Client.prototype[Symbol.dispose] = Client.prototype.terminate;
