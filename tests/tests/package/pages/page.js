import { SignetError, generateKeyPair, init, inspectCsr } from 'signet-crypto';
import { createCryptoWorker } from 'signet-crypto/worker';
import { check, exercise, report } from './report.js';

report(async () => {
  await init();
  const keyPair = await generateKeyPair({ algorithm: 'p-256' });
  check(keyPair.publicKey.length === 91, 'no key was made in the page');
  check((await inspectCsr('')).code === 'empty', 'no verdict in the page');
  keyPair.dispose();
  try {
    await generateKeyPair({ algorithm: 'rsa-1024' });
    check(false, 'a weak key was made');
  } catch (error) {
    check(error instanceof SignetError && error.code === 'unknown-algorithm', `${error}`);
  }
  await exercise(createCryptoWorker());
});
