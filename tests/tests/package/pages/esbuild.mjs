import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { warnings } = await build({
  entryPoints: { main: 'main.js', 'assets/signet-worker': 'signet-crypto/worker-entry' },
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  minify: true,
});
if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
await copyFile('node_modules/signet-crypto/signet_crypto_bg.wasm', 'dist/assets/signet_crypto_bg.wasm');
await copyFile('index.html', 'dist/index.html');
