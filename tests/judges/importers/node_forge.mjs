// Opens PFX files with node-forge. Its folder is named by SIGNET_NODE_MODULES.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { answer, keyFits } from "./questions.mjs";

const forge = createRequire(join(process.env.SIGNET_NODE_MODULES, "node_modules/"))("node-forge");
const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids;
const der = (asn1) => Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary");

// Keys and certificates on elliptic curves it gives as ASN.1 only.
const certificate = (bag) => der(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1);
const key = (bag) => (bag.key ? [der(forge.pki.privateKeyToAsn1(bag.key)), "pkcs1"] : [der(bag.asn1), "pkcs8"]);

function exportPfx(path, password, key, certificates, friendlyName) {
  const chain = certificates.map((bag) => bag.cert);
  const pfx = forge.pkcs12.toPkcs12Asn1(key.key, chain, password, { friendlyName });
  writeFileSync(path, der(pfx));
}

await answer((file, password, exported) => {
  const pfx = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(readFileSync(file).toString("binary")), password);
  const bags = (bagType) => pfx.getBags({ bagType })[bagType] ?? [];
  const certificates = bags(certBag);
  const keys = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)];
  const leaf = certificates.find((bag) => bag.attributes.localKeyId);
  if (exported) exportPfx(exported, password, keys[0], certificates, "anna.nowak@example.com");
  return {
    certificates: certificates.map((bag) => certificate(bag).toString("base64")),
    key_fits: keys.length === 1 && leaf !== undefined && keyFits(certificate(leaf), ...key(keys[0])),
    friendly_name: keys[0]?.attributes.friendlyName?.[0] ?? "",
  };
});
