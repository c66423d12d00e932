// openssl as a contestant: its CPU time, start included.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export function startOpenssl() {
  const runner = spawn('python3', [new URL('openssl.py', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: runner.stdout })[Symbol.asyncIterator]();
  let sum = 0;
  return {
    /** The CPU milliseconds of one run. */
    async run(...words) {
      runner.stdin.write(`${words.join('\t')}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`openssl ${words.join(' ')} failed`);
      const before = sum;
      sum = Number(value);
      return sum - before;
    },
    stop: () => runner.stdin.end(),
  };
}
