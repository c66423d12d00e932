import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import webpack from 'webpack';

const stats = await new Promise((done, failed) => {
  const settings = {
    mode: 'production',
    entry: './main.js',
    output: { path: resolve('dist'), filename: 'main.js', publicPath: '/' },
    // The script inside which the WebAssembly is, and the WebAssembly, are meant to be large.
    performance: { hints: false },
  };
  webpack(settings, (error, stats) => (error ? failed(error) : done(stats)));
});
if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
await copyFile('index.html', 'dist/index.html');
