#include "ca/ocsp_request.h"

#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "ca/crl.h"
#include "ca/object_identifiers.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/der_writer.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxAlgorithm = 32;  // octets of an AlgorithmIdentifier of a hash
constexpr size_t kMaxHash = 64;       // SHA-512
constexpr size_t kMaxSerial = 21;     // 20 octets and a sign
constexpr size_t kMaxNonce = 128;     // RFC 9654 2.1
constexpr size_t kMaxExtensions = 8;  // of a request, of one of its certificates
constexpr uint8_t kV1[] = {0x00};

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, what);
}

struct Extension {
  ByteSpan type;
  bool critical = false;
  ByteSpan value;  // content of extnValue
};

absl::StatusOr<Extension> ReadExtension(ByteSpan content) {
  DerReader reader(content);
  const auto type = reader.Take(der_tag::kObjectIdentifier);
  if (!type.has_value() || !IsOid(type->content)) return Malformed("an extension has no type");
  Extension extension{.type = type->content, .critical = false, .value = {}};
  if (const auto critical = reader.Take(der_tag::kBoolean)) {
    if (critical->content.size() != 1) return Malformed("an extension's criticality is none");
    extension.critical = critical->content[0] != 0;
  }
  const auto value = reader.Take(der_tag::kOctetString);
  if (!value.has_value() || !reader.AtEnd()) return Malformed("an extension has no value");
  extension.value = value->content;
  return extension;
}

// The content of a [tag] EXPLICIT Extensions.
absl::StatusOr<std::vector<Extension>> ReadExtensions(ByteSpan explicit_content) {
  const std::optional<ByteSpan> list = OnlyElement(explicit_content, der_tag::kSequence);
  if (!list.has_value()) return Malformed("the extensions are no SEQUENCE");
  std::vector<Extension> extensions;
  DerReader reader(*list);
  while (!reader.AtEnd()) {
    const auto each = reader.Take(der_tag::kSequence);
    if (!each.has_value() || extensions.size() == kMaxExtensions) {
      return Malformed("an extension is no SEQUENCE, or there are too many");
    }
    ENKRAT_ASSIGN_OR_RETURN(const Extension extension, ReadExtension(each->content));
    extensions.push_back(extension);
  }
  return extensions;
}

absl::StatusOr<std::optional<Bytes>> NonceIn(const std::vector<Extension>& extensions) {
  std::optional<Bytes> nonce;
  for (const Extension& each : extensions) {
    if (each.type != ByteSpan(oid::kOcspNonce)) {
      if (each.critical) return Malformed("a critical extension is not understood");
      continue;
    }
    const std::optional<ByteSpan> octets = OnlyElement(each.value, der_tag::kOctetString);
    if (nonce.has_value() || !octets.has_value() || octets->empty() || octets->size() > kMaxNonce) {
      return Malformed("the nonce is not one of 1 to 128 octets");
    }
    nonce = ToBytes(*octets);
  }
  return nonce;
}

CertIdHash HashOf(ByteSpan algorithm_oid) {
  if (algorithm_oid == ByteSpan(oid::kSha1)) return CertIdHash::kSha1;
  if (algorithm_oid == DigestOidContent(DigestAlgorithm::kSha256)) return CertIdHash::kSha256;
  return CertIdHash::kOther;
}

absl::StatusOr<OcspCertId> ReadCertId(const DerElement& element) {
  DerReader reader(element.content);
  const auto algorithm = reader.Take(der_tag::kSequence);
  const auto name = reader.Take(der_tag::kOctetString);
  const auto key = reader.Take(der_tag::kOctetString);
  const auto serial = reader.Take(der_tag::kInteger);
  if (!algorithm.has_value() || !name.has_value() || !key.has_value() || !serial.has_value() ||
      !reader.AtEnd() || algorithm->whole.size() > kMaxAlgorithm ||
      name->content.size() > kMaxHash || key->content.size() > kMaxHash ||
      !IsInteger(serial->content) || serial->content.size() > kMaxSerial) {
    return Malformed("a CertID cannot be read");
  }
  const auto hash = DerReader(algorithm->content).Take(der_tag::kObjectIdentifier);
  if (!hash.has_value() || !IsOid(hash->content)) return Malformed("a CertID has no algorithm");
  return OcspCertId{.der = ToBytes(element.whole),
                    .hash = HashOf(hash->content),
                    .issuer_name_hash = ToBytes(name->content),
                    .issuer_key_hash = ToBytes(key->content),
                    .serial_number = ToBytes(SerialMagnitude(serial->content))};
}

absl::StatusOr<OcspCertId> ReadSingle(ByteSpan content) {
  DerReader reader(content);
  const auto id = reader.Take(der_tag::kSequence);
  if (!id.has_value()) return Malformed("a request has no CertID");
  if (const auto extensions = reader.Take(der_tag::Constructed(0))) {
    ENKRAT_ASSIGN_OR_RETURN(const auto list, ReadExtensions(extensions->content));
    for (const Extension& each : list) {
      if (each.critical) return Malformed("a critical extension is not understood");
    }
  }
  if (!reader.AtEnd()) return Malformed("a request goes on after its end");
  return ReadCertId(*id);
}

// version and requestorName, which nobody needs.
absl::Status SkipHead(DerReader& reader) {
  if (const auto version = reader.Take(der_tag::Constructed(0))) {
    const std::optional<ByteSpan> number = OnlyElement(version->content, der_tag::kInteger);
    if (number != ByteSpan(kV1)) return Malformed("the version is not 1");
  }
  reader.Take(der_tag::Constructed(1));
  return absl::OkStatus();
}

absl::StatusOr<OcspRequest> ReadTbs(ByteSpan content) {
  DerReader reader(content);
  ENKRAT_RETURN_IF_ERROR(SkipHead(reader));
  const auto list = reader.Take(der_tag::kSequence);
  if (!list.has_value()) return Malformed("there is no requestList");
  OcspRequest request;
  DerReader singles(list->content);
  while (!singles.AtEnd()) {
    const auto single = singles.Take(der_tag::kSequence);
    if (!single.has_value()) return Malformed("a request is no SEQUENCE");
    if (request.certificates.size() == kMaxOcspCertIds) return Malformed("too many certificates");
    ENKRAT_ASSIGN_OR_RETURN(OcspCertId id, ReadSingle(single->content));
    request.certificates.push_back(std::move(id));
  }
  if (request.certificates.empty()) return Malformed("no certificate is asked about");
  if (const auto extensions = reader.Take(der_tag::Constructed(2))) {
    ENKRAT_ASSIGN_OR_RETURN(const auto known, ReadExtensions(extensions->content));
    ENKRAT_ASSIGN_OR_RETURN(request.nonce, NonceIn(known));
  }
  if (!reader.AtEnd()) return Malformed("the request goes on after its end");
  return request;
}

}  // namespace

absl::StatusOr<OcspRequest> ParseOcspRequest(ByteSpan request_der) {
  if (request_der.size() > kMaxOcspRequest) return Malformed("the request is too long");
  const std::optional<ByteSpan> whole = OnlyElement(request_der, der_tag::kSequence);
  if (!whole.has_value()) return Malformed("not a request");
  DerReader reader(*whole);
  const auto tbs = reader.Take(der_tag::kSequence);
  if (!tbs.has_value()) return Malformed("there is no tbsRequest");
  reader.Take(der_tag::Constructed(0));  // optionalSignature
  if (!reader.AtEnd()) return Malformed("octets after the request");
  return ReadTbs(tbs->content);
}

Bytes Sha1(ByteSpan octets) {
  Bytes digest(SHA_DIGEST_LENGTH);
  SHA1(octets.data(), octets.size(), digest.data());
  return digest;
}

OcspIssuer::OcspIssuer(const StatusIssuer& issuer)
    : sha1_{.name = Sha1(issuer.subject_der), .key = Sha1(issuer.key_octets)},
      sha256_{.name = ComputeDigest(DigestAlgorithm::kSha256, issuer.subject_der),
              .key = ComputeDigest(DigestAlgorithm::kSha256, issuer.key_octets)} {}

bool OcspIssuer::Issued(const OcspCertId& asked) const {
  if (asked.hash == CertIdHash::kOther) return false;
  const Hashes& own = asked.hash == CertIdHash::kSha1 ? sha1_ : sha256_;
  return asked.issuer_name_hash == own.name && asked.issuer_key_hash == own.key;
}

Bytes EncodeOcspCertId(const StatusIssuer& issuer, ByteSpan serial_number, CertIdHash hash) {
  const bool sha1 = hash == CertIdHash::kSha1;
  const auto digest = [sha1](ByteSpan octets) {
    return sha1 ? Sha1(octets) : ComputeDigest(DigestAlgorithm::kSha256, octets);
  };
  DerWriter writer;
  writer.Nested(der_tag::kSequence, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      writer.ObjectIdentifier(sha1 ? ByteSpan(oid::kSha1)
                                   : DigestOidContent(DigestAlgorithm::kSha256));
      writer.Null();
    });
    writer.Element(der_tag::kOctetString, digest(issuer.subject_der));
    writer.Element(der_tag::kOctetString, digest(issuer.key_octets));
    writer.UnsignedInteger(serial_number);
  });
  return std::move(writer).Take();
}

}  // namespace enkrat::ca
