// The client of the module worker, for pages: the page never waits, and what runs can be cancelled.

import { Client } from './client.js';

export { SignetError } from './core.js';

export function createCryptoWorker(options) {
  // Written out like this for bundlers, which look for it.
  return new Client(
    () => new Worker(new URL('./worker-entry.js', import.meta.url), { type: 'module', name: 'signet-crypto' }),
    options,
  );
}
