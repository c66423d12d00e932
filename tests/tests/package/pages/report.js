// Runs what is to be seen, and says in the page how it ended.

export async function report(work) {
  const said = document.getElementById('said');
  try {
    await work();
    said.textContent = 'all is well, finished';
  } catch (error) {
    said.textContent = `${error?.stack ?? error} ${error?.cause?.message ?? error?.cause ?? ''} finished`;
  }
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** The page goes on while a key is made in the worker, and the key can be used. */
export async function exercise(worker) {
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const stages = new Set();
  const keyPair = await worker.generateKeyPair({
    algorithm: 'rsa-2048',
    onProgress: ({ stage }) => stages.add(stage),
  });
  clearInterval(beat);
  check(stages.size === 3, `the stages were ${[...stages]}`);
  check(longest < 500, `the page stood still for ${longest} ms`);

  const { pem } = await worker.createCsr({ keyPair, emails: ['anna@example.com'] });
  const verdict = await worker.inspectCsr(pem);
  check(verdict.ok && verdict.publicKeySha256 === keyPair.publicKeySha256, 'the request has another key');

  const controller = new AbortController();
  const running = worker.generateKeyPair({ algorithm: 'rsa-4096', signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  const reason = await running.then(() => undefined, (error) => error);
  check(reason?.name === 'AbortError', `cancelling gave ${reason}`);
  worker.terminate();
}
