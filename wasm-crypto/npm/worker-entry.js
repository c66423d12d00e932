// What runs in the module worker. A bundler without worker support takes this file as an entry of its own.

import * as signet from './index.js';
import { serve } from './server.js';

self.addEventListener('message', serve(signet, (message, transfer) => self.postMessage(message, transfer)));
