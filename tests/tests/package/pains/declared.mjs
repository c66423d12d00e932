import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import * as main from 'signet-crypto';
import * as inline from 'signet-crypto/inline';
import * as worker from 'signet-crypto/worker';

const folder = new URL('./node_modules/signet-crypto/', import.meta.url);
const file = (name) => readFile(new URL(name, folder), 'utf8');
const { exports: entries } = JSON.parse(await file('package.json'));

// Every entry that is a script has its types, under each condition.
for (const [entry, conditions] of Object.entries(entries).filter(([entry]) => !/\.(wasm|json)$/.test(entry))) {
  for (const path of Object.values(conditions)) assert.ok((await file(path)).length > 0, `${entry}: ${path}`);
  assert.equal(Object.keys(conditions)[0], 'types', `${entry}: the types must come first`);
}

// What is exported is declared, and nothing else is; in a page and in Node alike.
const declared = (text) => [...text.matchAll(/^export (?:declare )?(?:function|class) (\w+)/gm)].map(([, name]) => name).sort();
assert.deepEqual(Object.keys(main).sort(), declared(await file('index.d.ts')));
assert.deepEqual(Object.keys(inline).sort(), Object.keys(main).sort());
assert.deepEqual(Object.keys(worker).sort(), [...declared(await file('worker.d.ts')), 'SignetError'].sort());
const names = (text) => [...text.matchAll(/^export \{([^}]*)\}/gms)].flatMap(([, list]) => list.match(/\w+/g)).sort();
assert.deepEqual(names(await file('index.js')), names(await file('node.js')));

// Twelve functions at the most, for all entries together; classes are not called.
const isFunction = (value) => typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
const functions = new Set([main, inline, worker].flatMap((module) => Object.keys(module).filter((name) => isFunction(module[name]))));
assert.ok(functions.size <= 12, [...functions].join(' '));

// Every code that can come is in the list of codes, and the list holds nothing else.
const sources = (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== 'inline-wasm.js');
const scripts = (await Promise.all(sources.map(file))).join('\n');
const list = (await file('index.d.ts')).match(/export type ErrorCode =([^;]*);/)[1].match(/[a-z0-9-]+/g);
const thrown = [...scripts.matchAll(/SignetError\(\s*'([a-z0-9-]+)'/g)].map(([, code]) => code);
assert.ok(thrown.length > 8);
for (const code of thrown) assert.ok(list.includes(code), `${code} is not declared`);
const wasm = (await readFile(new URL('signet_crypto_bg.wasm', folder))).toString('latin1');
for (const code of list) assert.ok(thrown.includes(code) || wasm.includes(code), `nothing says ${code}`);
