// Measures ours and its peers by turns, round after round, and writes the CPU milliseconds of each sample:
// `node bench.mjs PACKAGE OUTPUT quick|long`

import { writeFileSync } from 'node:fs';
import { startChromium } from './chromium.mjs';
import { entry, requests } from './fixtures.mjs';
import { startOpenssl } from './openssl.mjs';
import * as tasks from './tasks.mjs';

const [packageFolder, output, length] = process.argv.slice(2);
/** How many times more rounds. */
const times = length === 'long' ? 5 : 1;

const openssl = startOpenssl();
const chromium = await startChromium(packageFolder);
const certified = await entry();
await tasks.importKey(certified.encrypted);
await chromium.run('importKey', 1, certified.encrypted);

/** The CPU milliseconds of one call here, all threads counted. */
function inNode(work, batch = 1) {
  return async () => {
    const before = process.cpuUsage();
    for (let count = 0; count < batch; count += 1) await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / batch;
  };
}

const inChromium = (name, argument, batch = 1) => () => chromium.run(name, batch, argument);

/** Each contestant: who it is, where it runs, how it is measured, and in how many of the rounds it takes part. */
const contestant = (who, where, measure, rounds = Infinity) => ({ who, where, measure, rounds });

const results = [];
const versions = { node: process.version, chromium: await chromium.version() };
const save = () => writeFileSync(output, JSON.stringify({ versions, results }));

async function race(name, rounds, contestants) {
  const samples = contestants.map(({ who, where }) => ({ name, who, where, samples: [] }));
  // The first call of each compiles, and is not counted.
  for (const { measure, rounds } of contestants) if (rounds > 3) await measure();
  for (let round = 0; round < rounds * times; round += 1) {
    for (const [index, { measure, rounds }] of contestants.entries()) {
      if (round < rounds * times) samples[index].samples.push(await measure());
    }
    process.stderr.write(`\r${name} ${round + 1}/${rounds * times}   `);
  }
  process.stderr.write('\n');
  results.push(...samples);
  // After each: a run that is ended early keeps what it has.
  save();
}

/** Rounds by size, and how many of them the slow pure JavaScript of forge takes part in. */
const SIZES = { 2048: [30, 3], 3072: [16, 1], 4096: [10, 1] };
for (const [size, [rounds, forgeRounds]] of Object.entries(SIZES)) {
  const bits = Number(size);
  const forced = (kernel) => ({ algorithm: `rsa-${bits}`, kernel });
  await race(`rsa-${bits}`, rounds, [
    contestant('ours', 'node', inNode(() => tasks.generate.ours(bits))),
    contestant('ours', 'chromium', inChromium('ours', forced())),
    contestant('webcrypto-chromium', 'chromium', inChromium('webcrypto', { bits })),
    contestant('openssl', 'node', () => openssl.run('genrsa', size)),
    contestant('node-webcrypto', 'node', inNode(() => tasks.generate['node-webcrypto'](bits))),
    contestant('gmp-wasm', 'node', inNode(() => tasks.generate['gmp-wasm'](bits))),
    contestant('node-forge', 'node', inNode(() => tasks.generate['node-forge'](bits)), forgeRounds),
    contestant('ours-simd128', 'node', inNode(() => tasks.generate.ours(bits, 'simd128'))),
  ]);
}

for (const [kind, pem] of Object.entries(requests())) {
  const batch = 20;
  const peers = Object.keys(tasks.verdict).filter((peer) => peer !== 'ours' && !(peer === 'node-forge' && kind.startsWith('p-')));
  await race(`verdict-${kind}`, 20, [
    contestant('ours', 'node', inNode(() => tasks.verdict.ours(pem), batch)),
    contestant('ours', 'chromium', inChromium('verdict', pem, batch)),
    ...peers.map((peer) => contestant(peer, 'node', inNode(() => tasks.verdict[peer](pem), batch))),
  ]);
}

await race('key-and-request-rsa-2048', 20, [
  contestant('ours', 'node', inNode(() => tasks.keyAndRequest.ours('rsa-2048'))),
  contestant('ours', 'chromium', inChromium('keyAndRequest', 'rsa-2048')),
  contestant('@peculiar/x509', 'node', inNode(() => tasks.keyAndRequest['@peculiar/x509']('rsa-2048'))),
  contestant('node-forge', 'node', inNode(() => tasks.keyAndRequest['node-forge']()), 2),
]);
await race('key-and-request-p-256', 20, [
  contestant('ours', 'node', inNode(() => tasks.keyAndRequest.ours('p-256'), 5)),
  contestant('ours', 'chromium', inChromium('keyAndRequest', 'p-256', 5)),
  contestant('@peculiar/x509', 'node', inNode(() => tasks.keyAndRequest['@peculiar/x509']('p-256'), 5)),
]);

const exported = ['pkcs12', '-export', '-inkey', 'key.pem', '-in', 'leaf.pem', '-certfile', 'chain.pem', '-passout', `pass:${tasks.PASSWORD}`];
const modern = ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256', '-iter', '100000', '-out', 'out.p12'];
await race('pfx-modern', 10, [
  contestant('ours', 'node', inNode(() => tasks.pfx.ours(certified))),
  contestant('ours', 'chromium', inChromium('pfx', certified)),
  contestant('openssl', 'node', () => openssl.run(...exported, ...modern)),
  contestant('PKI.js', 'node', inNode(() => tasks.pfx['PKI.js'](certified))),
  contestant('node-forge', 'node', inNode(() => tasks.pfx['node-forge'](certified)), 2),
]);
await race('kdf-600k', 10, [
  contestant('ours', 'node', inNode(() => tasks.kdf.ours())),
  contestant('ours', 'chromium', inChromium('kdf')),
  contestant('webcrypto-chromium', 'chromium', inChromium('webcryptoKdf')),
  contestant('node-webcrypto', 'node', inNode(() => tasks.kdf['node-webcrypto']())),
  contestant('node-forge', 'node', inNode(() => tasks.kdf['node-forge']()), 1),
]);

openssl.stop();
await chromium.stop();
process.exit(0);
