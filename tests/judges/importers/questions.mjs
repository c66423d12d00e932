// A line that comes in is a file and its password with a tab between; an answer is a line of JSON.
// With a third field what was opened is written into a PFX of that name, under the same password.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createInterface } from "node:readline";

/** Asks `open(file, password, exported)` for each line; what it throws is its refusal. */
export async function answer(open) {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = await open(...line.split("\t"));
    } catch (error) {
      answer = { refused: String(error?.message ?? error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** Whether the private key (DER, PKCS #8 or PKCS #1) is the one of the certificate. */
export function keyFits(certificate, keyDer, type) {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey({ key: keyDer, format: "der", type }));
}
