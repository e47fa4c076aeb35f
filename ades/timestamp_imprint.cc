#include "ades/timestamp_imprint.h"

#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "common/object_identifier.h"
#include "common/reason.h"

namespace enkrat::ades {
namespace {

std::optional<DigestAlgorithm> ReadDigestAlgorithm(ByteSpan identifier) {
  const std::optional<DerElement> oid = DerReader(identifier).Take(der_tag::kObjectIdentifier);
  if (!oid.has_value() || !IsOid(oid->content)) return std::nullopt;
  return DigestFromOid(DottedOid(oid->content));
}

// The content of messageImprint.
std::optional<ByteSpan> FindImprint(const Bytes& tst_info) {
  const std::optional<ByteSpan> content = OnlyElement(tst_info, der_tag::kSequence);
  if (!content.has_value()) return std::nullopt;
  DerReader fields(*content);
  if (!fields.Take(der_tag::kInteger) || !fields.Take(der_tag::kObjectIdentifier)) {
    return std::nullopt;
  }
  const std::optional<DerElement> imprint = fields.Take(der_tag::kSequence);
  return imprint.has_value() ? std::optional<ByteSpan>(imprint->content) : std::nullopt;
}

}  // namespace

absl::StatusOr<TimestampImprint> ReadTimestampImprint(const SignedDataLayout& token) {
  if (ByteSpan(token.content_type) != ByteSpan(DerOid(cms_oid::kTstInfo)) || token.detached) {
    return MakeError(Reason::kRequestMalformed, "the token is no timestamp");
  }
  DerReader fields(FindImprint(token.content).value_or(ByteSpan()));
  const std::optional<DerElement> identifier = fields.Take(der_tag::kSequence);
  const std::optional<DerElement> digest = fields.Take(der_tag::kOctetString);
  if (!identifier.has_value() || !digest.has_value() || !fields.AtEnd()) {
    return MakeError(Reason::kRequestMalformed, "the timestamp has no message imprint");
  }
  const std::optional<DigestAlgorithm> algorithm = ReadDigestAlgorithm(identifier->content);
  if (!algorithm.has_value() || digest->content.size() != DigestSize(*algorithm)) {
    return MakeError(Reason::kRequestMalformed,
                     "the timestamp's imprint is by a digest that is not believed");
  }
  return TimestampImprint{.algorithm = *algorithm, .digest = ToBytes(digest->content)};
}

}  // namespace enkrat::ades
