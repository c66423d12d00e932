import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { init, createCsr, generateKeyPair, inspectCsr } from 'signet-crypto';

await init();
const keyPair = await generateKeyPair({ algorithm: 'p-256' });
const texts = ['Zażółć gęślą jaźń', '株式会社サンプル', 'Ωμέγα', 'Firma 🚀 & Söhne'];

for (const organization of texts) {
  const subject = { country: 'PL', organization, commonName: organization };
  const { der } = await createCsr({ keyPair, emails: ['anna@example.com'], subject });
  const said = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: der }).toString();
  const after = (name) => said.match(new RegExp(`:${name}\\n.*prim: *([A-Z0-9]+) `))[1];
  assert.equal(after('countryName'), 'PRINTABLESTRING');
  assert.equal(after('organizationName'), 'UTF8STRING');
  assert.equal(after('commonName'), 'UTF8STRING');
  // The address is an IA5String by the tag of its form, rfc822Name.
  assert.ok(Buffer.from(der).includes(Buffer.from('\x81\x10anna@example.com', 'latin1')));
  assert.ok(Buffer.from(der).includes(Buffer.from(organization, 'utf8')));
  assert.ok((await inspectCsr(der)).subject.includes(organization), organization);
}

for (const [name, value] of [['country', 'Poland'], ['country', 'P1'], ['organization', 'a\u0000b'], ['commonName', 'x'.repeat(65)]]) {
  await assert.rejects(createCsr({ keyPair, emails: ['anna@example.com'], subject: { [name]: value } }), {
    code: 'invalid-subject',
    field: `subject.${name}`,
  });
}
