/// <reference lib="esnext.disposable" />
import type {
  CreateCsrOptions,
  CreatePfxOptions,
  Csr,
  CsrVerdict,
  EncryptPrivateKeyOptions,
  GenerateKeyPairOptions,
  OpenPfxOptions,
  OpenedPfx,
  PasswordWarning,
  PasswordWarningOptions,
  PfxDescription,
  PemOrDer,
  PublicParts,
  ReadPrivateKeyOptions,
  SecretBytes,
  WasmSource,
} from './index.js';

export { SignetError } from './index.js';

/** Tells a key pair in a worker from one of the module itself; there is no such property. */
declare const there: unique symbol;

/** A key pair whose private key is in a worker. Disposing of it ends that worker. */
export interface WorkerKeyPair extends PublicParts {
  readonly [there]: true;
  readonly disposed: boolean;
  dispose(): void;
  [Symbol.dispose](): void;
  toJSON(): { algorithm: PublicParts['algorithm']; publicKeySha256: string };
}

/** The options of the same function of the package, with a key in a worker. */
export type InWorker<Options> = Omit<Options, 'keyPair'> & { keyPair: WorkerKeyPair };

/** Aborting ends the worker that computes, at once, and rejects with the signal's reason. No other key is lost. */
export interface Abortable {
  signal?: AbortSignal;
}

/** The functions of the package, in workers. */
export interface CryptoWorker {
  generateKeyPair(options?: GenerateKeyPairOptions & Abortable): Promise<WorkerKeyPair>;
  createCsr(options: InWorker<CreateCsrOptions>): Promise<Csr>;
  inspectCsr(input: PemOrDer): Promise<CsrVerdict>;
  encryptPrivateKey(options: InWorker<EncryptPrivateKeyOptions>): Promise<string>;
  readPrivateKey(options: ReadPrivateKeyOptions & Abortable): Promise<WorkerKeyPair>;
  createPfx(options: InWorker<CreatePfxOptions>): Promise<Uint8Array>;
  openPfx(options: OpenPfxOptions & Abortable): Promise<OpenedPfx<WorkerKeyPair>>;
  describePfx(pfx: Uint8Array): Promise<PfxDescription>;
  passwordWarning(options: PasswordWarningOptions): Promise<PasswordWarning | undefined>;
  generatePassphrase(): Promise<SecretBytes>;
  /** Ends all workers, and with them their keys. */
  terminate(): void;
  [Symbol.dispose](): void;
}

/** What a `Worker` of a page is, as far as it is used here. */
export interface WorkerLike {
  postMessage(message: any, transfer: any[]): void;
  addEventListener(type: 'message' | 'error', listener: (event: any) => void): void;
  terminate(): void;
}

export interface CryptoWorkerOptions {
  /** Starts a worker with `signet-crypto/worker-entry`, where the bundler cannot find it. */
  worker?: () => WorkerLike;
  /** Where the WebAssembly is, where the bundler cannot find it. */
  wasm?: Extract<WasmSource, string | URL | BufferSource | WebAssembly.Module>;
}

/** Starts a first worker, to be warm when it is needed. */
export function createCryptoWorker(options?: CryptoWorkerOptions): CryptoWorker;
