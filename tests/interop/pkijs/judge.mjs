// Judges what the tests name, with PKI.js alone. Each line of the tasks' file is one task, its words
// separated by tabs; each is answered by a line, "good ..." or "bad REASON".
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));

const TIMESTAMP = "1.2.840.113549.1.9.16.2.14";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const NO_REV_AVAIL = "2.5.29.56";

const octets = (file) => {
  const read = readFileSync(file);
  return read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength);
};

const certificates = (file) =>
  [...readFileSync(file, "latin1").matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(
    ([, base64]) => pkijs.Certificate.fromBER(Buffer.from(base64, "base64")),
  );

function require(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

const signedData = (der) =>
  new pkijs.SignedData({ schema: pkijs.ContentInfo.fromBER(der).content });

async function checkPath(certificate, others, roots) {
  const engine = new pkijs.CertificateChainValidationEngine({
    trustedCerts: certificates(roots),
    // The one whose path is looked for comes last.
    certs: [...others, certificate],
  });
  const result = await engine.verify();
  require(result.result, result.resultMessage);
  return result.certificatePath.length;
}

// PKI.js would check the path, too; but as soon as there is a CRL in the signature it asks for the
// status of every certificate, and does not know of noRevAvail (RFC 9608).
async function checkSignature(data, content, roots) {
  const result = await data.verify({
    signer: 0,
    checkChain: false,
    extendedMode: true,
    ...(content === undefined ? {} : { data: content }),
  });
  require(result.signatureVerified, `the signature: ${result.message}`);
  const others = data.certificates.filter((each) => each !== result.signerCertificate);
  await checkPath(result.signerCertificate, others, roots);
  return result.signerCertificate;
}

// The first ESSCertIDv2 (RFC 5035) is the digest of the signer's certificate.
async function checkReference(signer, certificate) {
  const attribute = signer.signedAttrs.attributes.find(({ type }) => type === SIGNING_CERTIFICATE_V2);
  require(attribute !== undefined, "no signing-certificate-v2");
  const id = attribute.values[0].valueBlock.value[0].valueBlock.value[0].valueBlock.value;
  const hash = id.find((part) => part instanceof asn1js.OctetString).valueBlock.valueHexView;
  const bits = hash.length * 8;
  const digest = await webcrypto.subtle.digest(`SHA-${bits}`, certificate.toSchema().toBER());
  require(Buffer.compare(Buffer.from(digest), Buffer.from(hash)) === 0, "it names another");
}

async function checkToken(token, stamped, roots) {
  const info = pkijs.TSTInfo.fromBER(token.encapContentInfo.eContent.getValue());
  require(await info.verify({ data: stamped }), "the timestamp is over something else");
  const signer = await checkSignature(token, stamped, roots);
  await checkReference(token.signerInfos[0], signer);
  return info.genTime.toISOString();
}

async function cms(file, contentFile, roots) {
  const data = signedData(octets(file));
  const content = contentFile === "-" ? undefined : octets(contentFile);
  const certificate = await checkSignature(data, content, roots);
  const signer = data.signerInfos[0];
  await checkReference(signer, certificate);
  let stamps = 0;
  for (const { type, values } of signer.unsignedAttrs?.attributes ?? []) {
    if (type !== TIMESTAMP) continue;
    const token = new pkijs.SignedData({
      schema: new pkijs.ContentInfo({ schema: values[0] }).content,
    });
    await checkToken(token, signer.signature.getValue(), roots);
    ++stamps;
  }
  return `${stamps} timestamps, ${data.certificates.length} certificates`;
}

async function path(certificateFile, chainFile, roots) {
  const [certificate] = certificates(certificateFile);
  const length = await checkPath(certificate, certificates(chainFile), roots);
  const marked = certificate.extensions.some(({ extnID }) => extnID === NO_REV_AVAIL);
  return `${length} certificates${marked ? ", noRevAvail" : ""}`;
}

async function judge([what, ...words]) {
  switch (what) {
    case "cms": // signature, content or -, roots
      return cms(...words);
    case "token": // token, stamped octets, roots
      return checkToken(signedData(octets(words[0])), octets(words[1]), words[2]);
    case "path": // certificate, others, roots
      return path(...words);
    default:
      throw new Error(`no such task: ${what}`);
  }
}

for (const task of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const answer = await judge(task.split("\t")).then(
    (said) => `good ${said}`,
    (error) => `bad ${error.message ?? error}`,
  );
  console.log(answer.replaceAll("\n", " "));
}
