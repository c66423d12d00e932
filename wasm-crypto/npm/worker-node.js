// The client of the worker thread, for Node.

import { Worker } from 'node:worker_threads';
import { Client } from './client.js';

export { SignetError } from './core.js';

export function createCryptoWorker(options) {
  return new Client(() => {
    const thread = new Worker(new URL('./worker-entry-node.js', import.meta.url));
    // An idle thread does not keep the program from ending.
    thread.unref();
    return {
      postMessage: (message, transfer) => thread.postMessage(message, transfer),
      terminate: () => thread.terminate(),
      addEventListener: (type, listener) => {
        thread.on(type, (data) => listener(type === 'message' ? { data } : data));
      },
      // While a call runs it does.
      ref: () => thread.ref(),
      unref: () => thread.unref(),
    };
  }, options);
}
