// What runs in the worker thread of Node.

import { parentPort } from 'node:worker_threads';
import * as signet from './node.js';
import { serve } from './server.js';

const receive = serve(signet, (message, transfer) => parentPort.postMessage(message, transfer));
parentPort.on('message', (data) => receive({ data }));
