// Chromium as a place to measure in: a page that runs what it is asked for, and the CPU time of all its processes.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TYPES = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** Serves the page and the package. */
async function serve(packageFolder) {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/page.html' : request.url;
    const inPackage = path.startsWith('/signet-crypto/');
    const file = inPackage ? join(packageFolder, path.slice('/signet-crypto'.length)) : new URL(`.${path}`, import.meta.url);
    try {
      const bytes = path === '/page.html' ? '<!DOCTYPE html><title>Bench</title>' : readFileSync(file);
      response.writeHead(200, { 'content-type': TYPES[path.split('.').pop()] });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** All processes below this one, itself included. */
function descendants(root) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // The name of the program may hold spaces; what follows it does not.
      const parent = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').pop().split(' ')[1];
      children.set(parent, [...(children.get(parent) ?? []), name]);
    } catch {
      // It has ended.
    }
  }
  const found = [];
  for (let open = [String(root)]; open.length > 0; open = open.flatMap((id) => children.get(id) ?? [])) found.push(...open);
  return found;
}

/** Nanoseconds on a CPU of each thread of these processes: finer than the clock ticks of /proc/…/stat. */
function threads(processes) {
  const times = new Map();
  for (const id of processes) {
    try {
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        times.set(thread, Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
      }
    } catch {
      // It has ended.
    }
  }
  return times;
}

export async function startChromium(packageFolder) {
  const server = await serve(packageFolder);
  const profile = mkdtempSync(join(tmpdir(), 'signet-bench-'));
  const browser = spawn('chromium', [...ARGUMENTS, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise((found, failed) => {
    let said = '';
    browser.stderr.on('data', (data) => {
      said += data;
      const address = said.match(/DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/);
      if (address) found(address[1]);
    });
    browser.on('exit', () => failed(new Error(`Chromium did not start: ${said}`)));
  });
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const socket = new WebSocket(targets.find(({ type }) => type === 'page').webSocketDebuggerUrl);
  await new Promise((open) => socket.addEventListener('open', open));
  const waiting = new Map();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    waiting.get(id)?.({ result, error });
    waiting.delete(id);
  });
  const command = (method, params) => new Promise((answered) => {
    waiting.set((last += 1), answered);
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  async function evaluate(expression) {
    const { result } = await command('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (result.exceptionDetails) throw new Error(result.exceptionDetails.exception.description ?? expression);
    return result.result.value;
  }
  await command('Page.navigate', { url: `http://127.0.0.1:${server.address().port}/` });
  await new Promise((settled) => setTimeout(settled, 500));
  await evaluate(`import('/page.js').then((page) => { globalThis.contestants = page.contestants; return page.ready; })`);

  return {
    /** The CPU milliseconds of one call of the page's contestant, of so many in a row. */
    async run(name, batch, argument) {
      const processes = descendants(browser.pid);
      const before = threads(processes);
      await evaluate(`(async () => { for (let i = 0; i < ${batch}; i += 1) await contestants[${JSON.stringify(name)}](${JSON.stringify(argument)}); })()`);
      const after = threads(processes);
      let nanoseconds = 0;
      for (const [thread, time] of after) nanoseconds += time - (before.get(thread) ?? 0);
      return nanoseconds / 1e6 / batch;
    },
    version: () => evaluate('navigator.userAgentData.brands.find(({ brand }) => brand === "Chromium").version'),
    async stop() {
      browser.kill();
      await new Promise((ended) => browser.on('exit', ended));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      server.close();
    },
  };
}
