import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = new URL('./node_modules/signet-crypto/', import.meta.url);
const compressed = (bytes) => brotliCompressSync(bytes).length;

/** What of the package's scripts a bundle with this line has. */
async function bundled(line) {
  const { outputFiles } = await build({
    stdin: { contents: line, resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    conditions: ['browser'],
  });
  return outputFiles[0].text;
}

const wasm = compressed(await readFile(new URL('signet_crypto_bg.wasm', folder)));
const page = await bundled(`export * from 'signet-crypto';`);
// Our choice: what it has and a little: it reads the files of all programs. The wizard's module, which does without P-521, Ed25519 and the Tools, has 250,000.
assert.ok(wasm + compressed(page) <= 310_000, `all of it is ${wasm} + ${compressed(page)} bytes`);

// What nobody imports is not there: neither the functions, nor the WebAssembly that is inside a script.
const reader = await bundled(`import { init, inspectCsr } from 'signet-crypto'; await init(); await inspectCsr('');`);
assert.ok(reader.length < page.length, 'nothing was shaken off');
assert.doesNotMatch(reader, /friendlyName|AGFzbQ/);
assert.doesNotMatch(page, /AGFzbQ/);
assert.match(await bundled(`export * from 'signet-crypto/inline';`), /AGFzbQ/);
