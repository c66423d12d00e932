/// <reference lib="esnext.disposable" />
/**
 * Keys, certification requests and PFX files for S/MIME certificates.
 *
 * What reads is synchronous; what needs a key, a password or a signature gives a promise. Everything but `init` needs
 * `init` to have been waited for.
 */

/** A kind of key. P-521 and Ed25519 are not accepted in S/MIME certificates by most mail programs. */
export type KeyAlgorithm = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'p-256' | 'p-384' | 'p-521' | 'ed25519';

/**
 * What searches the primes of an RSA key. The first that the engine runs is taken: `relaxed-simd` in current browsers
 * and Node from 22, `simd128`, `portable`.
 */
export type PrimeKernel = 'relaxed-simd' | 'simd128' | 'portable';

/** A PEM text, or the bytes of a PEM or DER file. */
export type PemOrDer = string | Uint8Array;

/**
 * UTF-8 bytes of a password or a passphrase. Never a string, which cannot be overwritten.
 *
 * A file is written under their composed form (Unicode NFC), so that a person on macOS and one on Windows type the same.
 * A file is opened with them as they are; where that is wrong, with their composed form.
 */
export type SecretBytes = Uint8Array;

/** What went wrong. Stable: texts may change, these do not. */
export type ErrorCode =
  | 'broken-chain'
  | 'damaged'
  | 'disposed'
  | 'incomplete'
  | 'internal'
  | 'invalid-email'
  | 'invalid-subject'
  | 'kernel-unavailable'
  | 'no-randomness'
  | 'not-a-certificate'
  | 'not-a-pfx'
  | 'not-a-private-key'
  | 'not-initialized'
  | 'not-loaded'
  | 'not-made'
  | 'not-utf-8'
  | 'other-key'
  | 'passphrase-control-character'
  | 'passphrase-empty'
  | 'passphrase-outer-space'
  | 'passphrase-too-long'
  | 'passphrase-too-short'
  | 'terminated'
  | 'too-large'
  | 'unknown-algorithm'
  | 'unknown-kernel'
  | 'unknown-preset'
  | 'unsupported-encryption'
  | 'unsupported-key'
  | 'worker-failed'
  | 'wrong-passphrase'
  | 'wrong-type';

/** The only error that this package throws, beside the reason of an `AbortSignal`. */
export class SignetError extends Error {
  readonly name: 'SignetError';
  readonly code: ErrorCode;
  /** The option that is to blame, such as `password` or `emails[1]`. */
  readonly field?: string;
  toJSON(): { code: ErrorCode; field?: string; message: string };
  private constructor();
}

/** What may be known of a key pair, wherever its private key is. */
export interface PublicParts {
  readonly algorithm: KeyAlgorithm;
  /** The DER of the SubjectPublicKeyInfo; a copy each time. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of `publicKey`, lower-case hex. */
  readonly publicKeySha256: string;
  /** Of an RSA key that was made here. */
  readonly madeBy?: PrimeKernel;
}

/** Tells a key pair of this module from one in a worker; there is no such property. */
declare const here: unique symbol;

/**
 * A key pair. The private key stays in WebAssembly's memory; it comes out only encrypted. It is overwritten by
 * `dispose()`, at the end of a `using` block, or when nobody holds this object any more.
 */
export class KeyPair implements PublicParts {
  readonly [here]: true;
  readonly algorithm: KeyAlgorithm;
  readonly publicKey: Uint8Array;
  readonly publicKeySha256: string;
  readonly madeBy?: PrimeKernel;
  readonly disposed: boolean;
  dispose(): void;
  [Symbol.dispose](): void;
  toJSON(): { algorithm: KeyAlgorithm; publicKeySha256: string };
  private constructor();
}

/** How far the making of a key is. */
export type KeyProgress =
  | { readonly stage: 'first-prime' | 'second-prime'; /** Numbers tested so far. */ readonly candidates: number }
  | { readonly stage: 'check' };

/** Where the WebAssembly comes from. */
export type WasmSource = string | URL | Request | Response | PromiseLike<Response> | BufferSource | WebAssembly.Module;

/**
 * Loads the WebAssembly; a second call waits for the first. Without an argument it is the file of the package.
 * @throws {SignetError} `not-loaded`; a later call tries again.
 */
export function init(source?: WasmSource): Promise<void>;

export interface GenerateKeyPairOptions {
  /** `rsa-2048` when left out. */
  algorithm?: KeyAlgorithm;
  /** Forces a kernel. @throws {SignetError} `kernel-unavailable` */
  kernel?: PrimeKernel;
  /** Called from the middle of the search. */
  onProgress?: (progress: KeyProgress) => void;
}

/**
 * Makes a key pair, from `crypto.getRandomValues`, and signs and verifies with it once.
 *
 * It computes where it is called. In a page, use `signet-crypto/worker`.
 */
export function generateKeyPair(options?: GenerateKeyPairOptions): Promise<KeyPair>;

/** The subject of a request. The country is a PrintableString, all else UTF8String. Addresses stand in `emails`. */
export interface Subject {
  /** Two letters, ISO 3166-1, such as `PL`. */
  country?: string;
  stateOrProvince?: string;
  locality?: string;
  organization?: string;
  organizationIdentifier?: string;
  commonName?: string;
}

export interface CreateCsrOptions {
  keyPair: KeyPair;
  /** The addresses for the subjectAltName, in this order. */
  emails: readonly [string, ...string[]];
  /** Empty when left out. Many authorities ignore it. */
  subject?: Subject;
}

/** A certification request, PKCS #10. */
export interface Csr {
  readonly pem: string;
  readonly der: Uint8Array;
}

/**
 * Builds and signs a certification request. It was read and judged again before it is given.
 * @throws {SignetError} `invalid-email` with the field `emails[n]`, `invalid-subject` with the field `subject.…`.
 */
export function createCsr(options: CreateCsrOptions): Promise<Csr>;

/** A request that a certificate can be made for. */
export interface CorrectCsr {
  readonly ok: true;
  /** Such as `CN=Anna Nowak, O=Example`; empty when it names nobody. */
  readonly subject: string;
  readonly keyAlgorithm: KeyAlgorithm;
  /** Such as `SHA-256 with RSA`. */
  readonly signatureAlgorithm: string;
  readonly publicKey: Uint8Array;
  readonly publicKeySha256: string;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
  readonly pem: string;
  readonly der: Uint8Array;
}

/** Why no certificate can be made for it. */
export interface WrongCsr {
  readonly ok: false;
  /** Stable, such as `signature-invalid`. */
  readonly code: string;
  /** What is wrong, a sentence for a person. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Where it is: in the text, counted from one, or in the structure. */
  readonly place?: TextPlace | Asn1Place;
  /** A private key was pasted. It must be forgotten, and not be used any more. */
  readonly isPrivate: boolean;
}

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface Asn1Place {
  /** Such as `certificationRequestInfo.attributes[1].values`. */
  readonly path: string;
}

export type CsrVerdict = CorrectCsr | WrongCsr;

/**
 * Judges a certification request, however it was copied. A wrong one is a verdict, not an error.
 *
 * WebCrypto verifies the signature where there is one. What it does not find right is verified again by this package: so
 * the verdict is the same everywhere.
 */
export function inspectCsr(input: PemOrDer): Promise<CsrVerdict>;

export interface EncryptPrivateKeyOptions {
  keyPair: KeyPair;
  /** 8 to 128 characters, no control characters, no space at the ends. See `passwordWarning`. */
  passphrase: SecretBytes;
}

/**
 * The private key as PEM `ENCRYPTED PRIVATE KEY`: PKCS #8, PBES2 with AES-256-CBC and 600,000 rounds of
 * PBKDF2-HMAC-SHA-256. `openssl pkey` reads it.
 */
export function encryptPrivateKey(options: EncryptPrivateKeyOptions): Promise<string>;

export interface ReadPrivateKeyOptions {
  privateKey: PemOrDer;
  /** Of an encrypted key. */
  passphrase?: SecretBytes;
}

/**
 * Reads a private key and tests it.
 * @throws {SignetError} `wrong-passphrase`, `not-a-private-key`, `unsupported-encryption`, `unsupported-key`, `damaged`.
 */
export function readPrivateKey(options: ReadPrivateKeyOptions): Promise<KeyPair>;

/**
 * How a PFX is encrypted. `modern`: AES-256 and SHA-256. `compatible`: triple DES and SHA-1, weak, for Apple Mail,
 * iPhone, Android up to 13, Windows Server 2016 and Kleopatra. `pbmac1`: as `modern`, with the MAC of RFC 9579, which
 * few programs read yet.
 */
export type PfxPreset = 'modern' | 'compatible' | 'pbmac1';

export interface CreatePfxOptions {
  keyPair: KeyPair;
  /** The certificate of this key, in any text or file; those above it may follow. */
  certificate: PemOrDer;
  /** The certificates above it, the issuer's first. */
  chain?: PemOrDer | readonly PemOrDer[];
  /** 8 to 128 characters, no control characters, no space at the ends. See `passwordWarning`. */
  password: SecretBytes;
  /** `modern` when left out. */
  preset?: PfxPreset;
  /** What programs call the entry; the subject when left out. */
  friendlyName?: string;
}

/**
 * Writes a PFX file, PKCS #12. It was opened and compared again before it is given.
 * @throws {SignetError} `not-a-certificate`, `other-key`, `broken-chain`, `passphrase-…`.
 */
export function createPfx(options: CreatePfxOptions): Promise<Uint8Array>;

export interface OpenPfxOptions {
  pfx: Uint8Array;
  password: SecretBytes;
}

/** What was in a PFX. */
export interface OpenedPfx<Key = KeyPair> {
  readonly keyPair: Key;
  /** PEM. */
  readonly certificate: string;
  /** PEM, the issuer's first. */
  readonly chain: readonly string[];
  readonly friendlyName: string;
}

/**
 * Opens a PFX file, and takes the first key that has its certificate. Of several certificates of the key it is the one that the file
 * marks for it (`localKeyId`), else the one that ends last; the chain holds those whose keys made the signatures. Files that would
 * take longer than two minutes are refused; `describePfx` estimates it.
 * @throws {SignetError} `wrong-passphrase`, `not-a-pfx`, `unsupported-encryption`, `damaged`: never one for another.
 */
export function openPfx(options: OpenPfxOptions): Promise<OpenedPfx>;

/** How a part of a PFX is encrypted or authenticated. */
export interface Protection {
  /** Such as `AES-256, key by PBKDF2 with HMAC-SHA256`. */
  readonly scheme: string;
  /** Left out, as the salt, when the scheme is not known. */
  readonly iterations?: number;
  readonly saltBytes?: number;
}

/** A PFX from outside. */
export interface PfxDescription {
  /** Left out when another program chose another way. */
  readonly preset?: PfxPreset;
  /** In BER, as Firefox and Thunderbird write, and not in DER. */
  readonly isBer: boolean;
  /** Of each safe; null where it is not encrypted. */
  readonly safes: readonly (Protection | null)[];
  /** Of each key in a plain safe; null where it is not encrypted. */
  readonly keys: readonly (Protection | null)[];
  /** Null where changes are not noticed. */
  readonly mac: Protection | null;
  /** Programs that will not open it; most of them will say that the password is wrong. */
  readonly refusedBy: readonly { readonly program: string; readonly reason: string }[];
  /** Parts that are not read here, with the programs that were seen to read them, where there are any. */
  readonly notRead: readonly { readonly part: string; readonly scheme: string; readonly readBy?: string }[];
  /** How long `openPfx` takes on a small computer. Left out where nobody would live to see it. */
  readonly estimatedSeconds?: number;
}

/**
 * Tells what a PFX is made of, without its password.
 * @throws {SignetError} `not-a-pfx`, `damaged`.
 */
export function describePfx(pfx: Uint8Array): PfxDescription;

export interface PasswordWarningOptions {
  password: SecretBytes;
}

/** Why a password that is accepted may be a bad choice. */
export interface PasswordWarning {
  /** `not-ascii`: Java, node-forge and gpgsm refuse it. `beyond-bmp`, such as emoji: programs in Go do so too. */
  readonly code: 'not-ascii' | 'beyond-bmp';
  /** Sentences for a person. */
  readonly message: string;
}

/** What a person should know of a password before a file is written under it, while they type. */
export function passwordWarning(options: PasswordWarningOptions): PasswordWarning | undefined;

/** A passphrase of 100 random bits, such as `h7kqn-2xw9d-mf4tz-8vbep`, as ASCII. */
export function generatePassphrase(): SecretBytes;
