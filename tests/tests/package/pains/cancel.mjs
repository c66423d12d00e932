import assert from 'node:assert/strict';
import { createCryptoWorker } from 'signet-crypto/worker';

const worker = createCryptoWorker();

// While the key is made, this thread goes on: a timer of a millisecond is never long overdue.
let slowest = 0;
let last = performance.now();
const beat = setInterval(() => {
  slowest = Math.max(slowest, performance.now() - last);
  last = performance.now();
}, 1);

const stages = [];
const keyPair = await worker.generateKeyPair({
  algorithm: 'rsa-2048',
  onProgress: ({ stage, candidates }) => {
    assert.equal(typeof candidates, stage === 'check' ? 'undefined' : 'number');
    if (stages.at(-1) !== stage) stages.push(stage);
  },
});
clearInterval(beat);
assert.equal(keyPair.algorithm, 'rsa-2048');
assert.deepEqual(stages, ['first-prime', 'second-prime', 'check']);
// Far above what is seen, for a busy machine; a key made in this thread would be well over it at 4096 bits.
assert.ok(slowest < 250, `this thread stood still for ${slowest} ms`);

// Cancelled in the middle, within the 200 ms that a person does not notice.
const controller = new AbortController();
const running = worker.generateKeyPair({
  algorithm: 'rsa-4096',
  signal: controller.signal,
  onProgress: () => controller.abort(new Error('the person changed their mind')),
});
let aborted;
controller.signal.addEventListener('abort', () => (aborted = performance.now()));
await assert.rejects(running, { message: 'the person changed their mind' });
assert.ok(performance.now() - aborted < 200, 'cancelling took too long');

// The first key is still there, and there is a worker for the next.
await worker.createCsr({ keyPair, emails: ['anna@example.com'] });
const next = await worker.generateKeyPair({ algorithm: 'p-256' });
await assert.rejects(worker.generateKeyPair({ signal: AbortSignal.abort() }), { name: 'AbortError' });

// Disposing of one key leaves the other.
keyPair.dispose();
assert.ok(keyPair.disposed);
await assert.rejects(worker.createCsr({ keyPair, emails: ['anna@example.com'] }), { code: 'disposed' });
await worker.createCsr({ keyPair: next, emails: ['anna@example.com'] });
worker.terminate();
await assert.rejects(worker.createCsr({ keyPair: next, emails: ['anna@example.com'] }), { code: 'terminated' });
