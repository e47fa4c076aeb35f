#include "validation/archive_process.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/cades_augmentation.h"
#include "ades/embedded_validation_data.h"
#include "ades/signed_data_layout.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/timestamp_process.h"
#include "validation/timestamp_token.h"

namespace enkrat::validation {
namespace {

constexpr char kArchiveTimestampV3[] = "0.4.0.1733.2.4";
constexpr char kHashIndexV3[] = "0.4.0.19122.1.5";

struct HashIndex {
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
  std::set<Bytes> crls;
  std::vector<Bytes> attributes;
};

// A SEQUENCE OF OCTET STRING.
std::optional<std::vector<Bytes>> TakeDigests(DerReader& cursor) {
  const std::optional<DerElement> list = cursor.Take(der_tag::kSequence);
  if (!list.has_value()) return std::nullopt;
  std::vector<Bytes> digests;
  DerReader entries(list->content);
  while (const std::optional<DerElement> digest = entries.Take(der_tag::kOctetString)) {
    digests.push_back(ToBytes(digest->content));
  }
  return entries.AtEnd() ? std::optional(std::move(digests)) : std::nullopt;
}

// Of the token's own unsigned attribute. Only what the augmentation's reader found in order gets
// here; what cannot be read protects nothing.
std::optional<HashIndex> HashIndexOf(const ades::SignedMessage& token) {
  const Asn1ObjectPtr type(OBJ_txt2obj(kHashIndexV3, /*no_name=*/1));
  const std::vector<Bytes> values = token.UnsignedValues(type.get());
  if (values.size() != 1) return std::nullopt;
  const std::optional<ByteSpan> content = OnlyElement(values[0], der_tag::kSequence);
  if (!content.has_value()) return std::nullopt;
  DerReader cursor(*content);
  const std::optional<DerElement> algorithm = cursor.Take(der_tag::kSequence);
  auto certificates = TakeDigests(cursor);
  auto crls = TakeDigests(cursor);
  auto attributes = TakeDigests(cursor);
  if (!algorithm.has_value() || !certificates.has_value() || !crls.has_value() ||
      !attributes.has_value() || !cursor.AtEnd()) {
    return std::nullopt;
  }
  const auto oid = DerReader(algorithm->content).Take(der_tag::kObjectIdentifier);
  for (DigestAlgorithm known :
       {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    if (!oid.has_value() || oid->content != DigestOidContent(known)) continue;
    return HashIndex{.algorithm = known,
                     .crls = {crls->begin(), crls->end()},
                     .attributes = *std::move(attributes)};
  }
  return std::nullopt;
}

// What revocation data of the signature the index protects: entries of SignedData's crls, and those
// in older signatures' revocation-values.
ValidationData ProtectedData(const HashIndex& index, const ades::SignedDataLayout& signature) {
  ValidationData data;
  for (const ByteSpan entry : signature.revocations) {
    if (!index.crls.contains(ComputeDigest(index.algorithm, entry))) continue;
    ades::Merge(data, ades::RevocationDataIn(entry));
  }
  for (const ades::AttributeLayout& attribute : signature.unsigned_attributes) {
    for (const ByteSpan value : attribute.values) {
      Bytes octets = ToBytes(attribute.type);
      Append(octets, value);
      const Bytes digest = ComputeDigest(index.algorithm, octets);
      if (std::find(index.attributes.begin(), index.attributes.end(), digest) ==
          index.attributes.end()) {
        continue;
      }
      ades::Merge(data, ades::RevocationValuesIn(attribute, value));
    }
  }
  return data;
}

struct Found {
  Bytes token;
  absl::Time gen_time;
};

std::vector<Found> LatestFirst(std::vector<Bytes> tokens) {
  std::vector<Found> found;
  for (Bytes& token : tokens) {
    const absl::StatusOr<TimestampToken> opened = OpenTimestampToken(token);
    // What cannot be opened comes last, and is reported as such.
    found.push_back({std::move(token), opened.ok() ? opened->gen_time : absl::InfinitePast()});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.gen_time > b.gen_time; });
  return found;
}

// The imprint that the token must have: for every candidate of the content's digest.
ContentDigests ImprintOf(const ArchiveRequest& request, const Bytes& token) {
  return ContentDigests([&request, &token](DigestAlgorithm) -> ContentDigests::Candidates {
    size_t count = 1;
    std::vector<Bytes> imprints;
    for (size_t i = 0; i < count; ++i) {
      ENKRAT_ASSIGN_OR_RETURN(
          Bytes imprint,
          ades::ArchiveTimestampDigest(
              request.cms_der, token,
              [&](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
                const ContentDigests::Candidates& content = request.content->Get(algorithm);
                if (!content.ok()) return content.status();
                if (content->empty()) {
                  return MakeError(Reason::kNotFound, "the signed content is not at hand");
                }
                count = content->size();
                return (*content)[i];
              },
              static_cast<size_t>(request.message->signer_index())));
      imprints.push_back(std::move(imprint));
    }
    return imprints;
  });
}

}  // namespace

absl::Time ArchiveProofs::signature_known_since() const {
  absl::Time earliest = known_since_;
  for (const Proof& proof : proofs_) earliest = std::min(earliest, proof.gen_time);
  return earliest;
}

absl::Time ArchiveProofs::KnownSince(ByteSpan type_der, ByteSpan value_der) const {
  absl::Time earliest = known_since_;
  Bytes octets = ToBytes(type_der);
  Append(octets, value_der);
  for (const Proof& proof : proofs_) {
    const Bytes digest = ComputeDigest(proof.index_algorithm, octets);
    if (std::find(proof.attribute_digests.begin(), proof.attribute_digests.end(), digest) !=
        proof.attribute_digests.end()) {
      earliest = std::min(earliest, proof.gen_time);
    }
  }
  return earliest;
}

void ArchiveProofs::Add(Proof proof, const ValidationData& protected_data) {
  validation_data_.Add(protected_data, proof.gen_time);
  proofs_.push_back(std::move(proof));
}

ArchiveFindings JudgeArchiveTimestamps(const ArchiveRequest& request, Run& run) {
  ArchiveFindings findings{.reports = {}, .proofs = ArchiveProofs(request.known_since)};
  if (request.given_known != nullptr) findings.proofs.Add(*request.given_known);
  const Asn1ObjectPtr type(OBJ_txt2obj(kArchiveTimestampV3, /*no_name=*/1));
  const absl::StatusOr<Bytes> type_der = EncodeDer<i2d_ASN1_OBJECT>(type.get());
  std::vector<Bytes> tokens = request.message->UnsignedValues(type.get());
  const absl::StatusOr<ades::SignedDataLayout> layout = ades::SignedDataLayout::Read(
      request.cms_der, static_cast<size_t>(request.message->signer_index()));
  tokens.resize(std::min(tokens.size(), static_cast<size_t>(run.limits().max_timestamps)));
  for (const Found& found : LatestFirst(std::move(tokens))) {
    ContentDigests imprint = ImprintOf(request, found.token);
    TimestampReport report =
        JudgeTimestamp({.token_der = found.token,
                        .kind = TimestampReport::Kind::kArchive,
                        .stamped = &imprint,
                        .given = request.given,
                        .given_known = &findings.proofs.validation_data(),
                        .known_since = findings.proofs.KnownSince(*type_der, found.token)},
                       run);
    if (report.conclusion.passed()) {
      const absl::StatusOr<TimestampToken> token = OpenTimestampToken(found.token);
      const std::optional<HashIndex> index =
          token.ok() ? HashIndexOf(token->message) : std::nullopt;
      if (index.has_value()) {
        findings.proofs.Add({.gen_time = report.gen_time,
                             .index_algorithm = index->algorithm,
                             .attribute_digests = index->attributes},
                            layout.ok() ? ProtectedData(*index, *layout) : ValidationData());
      }
    }
    findings.reports.push_back(std::move(report));
  }
  return findings;
}

}  // namespace enkrat::validation
