#include "ades/hash_index.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ades/ber_reader.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

// In the order of ATSHashIndexV3.
constexpr std::array<const char*, 3> kParts = {"a certificate", "a CRL or OCSP response",
                                               "an unsigned attribute"};
using PartDigests = std::array<std::vector<Bytes>, kParts.size()>;

std::vector<Bytes> DigestsOf(const std::vector<ByteSpan>& elements, DigestAlgorithm algorithm) {
  std::vector<Bytes> digests;
  for (const ByteSpan element : elements) digests.push_back(ComputeDigest(algorithm, element));
  return digests;
}

// Of attrType and one of attrValues, whole elements both, one behind the other.
std::vector<Bytes> AttributeDigests(const SignedDataLayout& signature, DigestAlgorithm algorithm) {
  std::vector<Bytes> digests;
  for (const AttributeLayout& attribute : signature.unsigned_attributes) {
    for (const ByteSpan value : attribute.values) {
      Bytes octets = ToBytes(attribute.type);
      Append(octets, value);
      digests.push_back(ComputeDigest(algorithm, octets));
    }
  }
  return digests;
}

PartDigests DigestParts(const SignedDataLayout& signature, DigestAlgorithm algorithm) {
  return {DigestsOf(signature.certificates, algorithm), DigestsOf(signature.revocations, algorithm),
          AttributeDigests(signature, algorithm)};
}

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the archive timestamp's index ", what));
}

// AlgorithmIdentifier, with parameters absent or NULL (RFC 5754 2).
bool IsAlgorithm(ByteSpan identifier, DigestAlgorithm algorithm) {
  BerReader fields(identifier);
  const std::optional<DerElement> oid = fields.Take(der_tag::kObjectIdentifier);
  if (!oid.has_value() || oid->content != DigestOidContent(algorithm)) return false;
  const std::optional<DerElement> parameters = fields.Take(der_tag::kNull);
  return fields.AtEnd() && (!parameters.has_value() || parameters->content.empty());
}

absl::Status CheckPart(ByteSpan entries, const std::vector<Bytes>& present, const char* name) {
  std::multiset<Bytes> rest(present.begin(), present.end());
  for (BerReader reader(entries); !reader.AtEnd();) {
    const std::optional<DerElement> entry = reader.Take(der_tag::kOctetString);
    if (!entry.has_value()) return Malformed("holds what is no digest");
    const auto found = rest.find(ToBytes(entry->content));
    if (found == rest.end()) {
      return Malformed(absl::StrCat("names ", name, " that is not in the signature"));
    }
    rest.erase(found);
  }
  return absl::OkStatus();
}

}  // namespace

Bytes LayHashIndex(const SignedDataLayout& signature, DigestAlgorithm algorithm) {
  DerWriter writer;
  writer.Nested(der_tag::kSequence, [&] {
    writer.Nested(der_tag::kSequence,
                  [&] { writer.ObjectIdentifier(DigestOidContent(algorithm)); });
    for (const std::vector<Bytes>& digests : DigestParts(signature, algorithm)) {
      writer.Nested(der_tag::kSequence, [&] {
        for (const Bytes& digest : digests) writer.Element(der_tag::kOctetString, digest);
      });
    }
  });
  return std::move(writer).Take();
}

absl::Status CheckHashIndex(ByteSpan hash_index, const SignedDataLayout& signature,
                            DigestAlgorithm algorithm) {
  const std::optional<ByteSpan> content = OnlyBerElement(hash_index, der_tag::kSequence);
  if (!content.has_value()) return Malformed("is no ATSHashIndexV3");
  BerReader fields(*content);
  const std::optional<DerElement> identifier = fields.Take(der_tag::kSequence);
  if (!identifier.has_value() || !IsAlgorithm(identifier->content, algorithm)) {
    return Malformed("is not by the digest algorithm of the timestamp");
  }
  const PartDigests present = DigestParts(signature, algorithm);
  for (size_t part = 0; part < kParts.size(); ++part) {
    const std::optional<DerElement> entries = fields.Take(der_tag::kSequence);
    if (!entries.has_value()) return Malformed("is no ATSHashIndexV3");
    ENKRAT_RETURN_IF_ERROR(CheckPart(entries->content, present[part], kParts[part]));
  }
  return fields.AtEnd() ? absl::OkStatus() : Malformed("is no ATSHashIndexV3");
}

absl::StatusOr<ByteSpan> FindHashIndex(const SignedDataLayout& token) {
  std::optional<ByteSpan> found;
  for (const AttributeLayout& attribute : token.unsigned_attributes) {
    if (!attribute.IsOf(cms_oid::kAtsHashIndexV3)) continue;
    if (found.has_value() || attribute.values.size() != 1) return Malformed("is there twice");
    found = attribute.values.front();
  }
  if (!found.has_value()) return Malformed("is not there");
  return *found;
}

}  // namespace enkrat::ades
