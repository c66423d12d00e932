import { cp, readFile, writeFile } from 'node:fs/promises';

// What a page without a bundler does: the files as they are, with addresses for names.
await cp('node_modules/signet-crypto', 'dist/signet-crypto', { recursive: true });
const page = await readFile('main.js', 'utf8');
await writeFile('dist/main.js', page.replace(/'signet-crypto(\/\w+)?'/g, (_, entry) => `'/signet-crypto${entry ?? '/index'}.js'`));
for (const name of ['index.html', 'report.js']) await cp(name, `dist/${name}`);
