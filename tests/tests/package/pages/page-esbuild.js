import { init, inspectCsr } from 'signet-crypto/inline';
import { createCryptoWorker } from 'signet-crypto/worker';
import { check, exercise, report } from './report.js';

report(async () => {
  const said = [];
  const { log } = console;
  console.log = (...words) => said.push(...words);
  await import('./sample.js');
  console.log = log;
  check(said[0] instanceof Uint8Array && said[0].length === 23, `the sample said ${said}`);

  await init();
  check((await inspectCsr('')).code === 'empty', 'no verdict in the page');
  const start = () => new Worker('/assets/signet-worker.js', { type: 'module' });
  await exercise(createCryptoWorker({ worker: start }));
  // The module may be where one likes, too.
  await exercise(createCryptoWorker({ worker: start, wasm: new URL('/assets/signet_crypto_bg.wasm', location.href) }));
});
