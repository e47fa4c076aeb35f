#include "ades/signed_data_layout.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/ber_reader.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "common/object_identifier.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

constexpr size_t kMostOctets = size_t{4} << 20;
constexpr size_t kMostElements = 64;

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the signature ", what));
}

// A small INTEGER that is not negative.
std::optional<uint64_t> SmallInteger(ByteSpan content) {
  if (content.empty() || content.size() > 4 || content[0] >= 0x80) return std::nullopt;
  uint64_t value = 0;
  for (const uint8_t octet : content) value = value << 8 | octet;
  return value;
}

// Takes the elements one after another and remembers if one was not there.
class Fields {
 public:
  explicit Fields(ByteSpan content) : reader_(content) {}

  DerElement Next(uint8_t tag) { return Keep(reader_.Take(tag)); }
  DerElement NextAny() { return Keep(reader_.TakeAny()); }
  // Empty, and no fault, if the next has another tag.
  DerElement NextIf(uint8_t tag) { return reader_.NextIs(tag) ? Next(tag) : DerElement{}; }
  // All were there, and nothing is behind them.
  bool Complete() const { return good_ && reader_.AtEnd(); }

 private:
  DerElement Keep(const std::optional<DerElement>& element) {
    good_ = good_ && element.has_value();
    return good_ ? *element : DerElement{};
  }

  BerReader reader_;
  bool good_ = true;
};

absl::StatusOr<std::vector<ByteSpan>> Elements(ByteSpan content, absl::string_view name) {
  std::vector<ByteSpan> elements;
  for (BerReader reader(content); !reader.AtEnd();) {
    const std::optional<DerElement> element = reader.TakeAny();
    if (!element.has_value()) return Malformed(absl::StrCat("holds broken ", name));
    if (elements.size() == kMostElements) {
      return MakeError(Reason::kLimitExceeded, absl::StrCat("the signature holds too many ", name));
    }
    elements.push_back(element->whole);
  }
  return elements;
}

absl::StatusOr<AttributeLayout> ReadAttribute(ByteSpan whole) {
  AttributeLayout attribute{.whole = whole};
  const std::optional<ByteSpan> content = OnlyBerElement(whole, der_tag::kSequence);
  if (!content.has_value()) return Malformed("holds an attribute that is none");
  Fields fields(*content);
  const DerElement type = fields.Next(der_tag::kObjectIdentifier);
  const DerElement values = fields.Next(der_tag::kSet);
  if (!fields.Complete() || !IsOid(type.content)) {
    return Malformed("holds an attribute that is none");
  }
  attribute.type = type.whole;
  ENKRAT_ASSIGN_OR_RETURN(attribute.values, Elements(values.content, "attribute values"));
  return attribute;
}

absl::Status ReadUnsignedAttributes(ByteSpan content, SignedDataLayout& layout) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<ByteSpan> elements,
                          Elements(content, "unsigned attributes"));
  size_t values = 0;
  for (const ByteSpan element : elements) {
    ENKRAT_ASSIGN_OR_RETURN(AttributeLayout attribute, ReadAttribute(element));
    values += attribute.values.size();
    layout.unsigned_attributes.push_back(std::move(attribute));
  }
  if (values > kMostElements) {
    return MakeError(Reason::kLimitExceeded, "the signature holds too many attribute values");
  }
  return absl::OkStatus();
}

absl::Status ReadSignerInfo(ByteSpan signer_info, SignedDataLayout& layout) {
  Fields fields(signer_info);
  layout.signer_version = fields.Next(der_tag::kInteger).whole;
  layout.signer_identifier = fields.NextAny().whole;
  layout.signer_digest_algorithm = fields.Next(der_tag::kSequence).whole;
  layout.signed_attributes = fields.NextIf(der_tag::Constructed(0)).whole;
  layout.signature_algorithm = fields.Next(der_tag::kSequence).whole;
  layout.signature = fields.NextAny().whole;
  const DerElement unsigned_attributes = fields.NextIf(der_tag::Constructed(1));
  std::optional<Bytes> value = OctetStringContent(layout.signature);
  if (!fields.Complete() || !value.has_value()) return Malformed("has a SignerInfo that is none");
  if (layout.signed_attributes.empty()) return Malformed("has no signed attributes");
  layout.signature_value = *std::move(value);
  return ReadUnsignedAttributes(unsigned_attributes.content, layout);
}

// The signer of that index, or the only one.
absl::Status ReadSigners(ByteSpan content, std::optional<size_t> index, SignedDataLayout& layout) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<ByteSpan> signers, Elements(content, "signers"));
  layout.only_signer = signers.size() == 1;
  if (!layout.only_signer && !index.has_value()) return Malformed("has not exactly one signer");
  const size_t chosen = index.value_or(0);
  if (chosen >= signers.size()) return Malformed("has no such signer");
  const std::optional<ByteSpan> signer = OnlyBerElement(signers[chosen], der_tag::kSequence);
  return signer.has_value() ? ReadSignerInfo(*signer, layout)
                            : Malformed("has a SignerInfo that is none");
}

absl::Status ReadEncapsulated(const DerElement& encapsulated, SignedDataLayout& layout) {
  layout.encapsulated = encapsulated.whole;
  Fields fields(encapsulated.content);
  const DerElement type = fields.Next(der_tag::kObjectIdentifier);
  const DerElement content = fields.NextIf(der_tag::Constructed(0));
  if (!fields.Complete() || !IsOid(type.content)) return Malformed("has broken encapContentInfo");
  layout.content_type = type.whole;
  if (content.whole.empty()) return absl::OkStatus();
  std::optional<Bytes> octets = OctetStringContent(content.content);
  if (!octets.has_value()) return Malformed("has broken content");
  layout.detached = false;
  layout.content = *std::move(octets);
  return absl::OkStatus();
}

// ContentInfo and its [0] around SignedData (RFC 5652 3).
std::optional<ByteSpan> SignedDataContent(ByteSpan cms) {
  const std::optional<ByteSpan> content_info = OnlyBerElement(cms, der_tag::kSequence);
  if (!content_info.has_value()) return std::nullopt;
  Fields fields(*content_info);
  const DerElement type = fields.Next(der_tag::kObjectIdentifier);
  const DerElement content = fields.Next(der_tag::Constructed(0));
  if (!fields.Complete() || type.content != ByteSpan(cms_oid::kSignedData)) return std::nullopt;
  return OnlyBerElement(content.content, der_tag::kSequence);
}

bool AnyHasTag(const std::vector<ByteSpan>& elements, uint8_t tag) {
  return std::any_of(elements.begin(), elements.end(),
                     [tag](ByteSpan element) { return element.front() == tag; });
}

// RFC 5652 5.1.
uint64_t LeastVersion(const SignedDataLayout& layout) {
  const bool other_certificate = AnyHasTag(layout.certificates, der_tag::Constructed(3));
  const bool other_revocation = AnyHasTag(layout.revocations, der_tag::Constructed(1));
  if (other_certificate || other_revocation) return 5;
  if (AnyHasTag(layout.certificates, der_tag::Constructed(2))) return 4;
  const bool data =
      OnlyBerElement(layout.content_type, der_tag::kObjectIdentifier) == ByteSpan(cms_oid::kData);
  const bool signer_by_key = layout.signer_identifier.front() != der_tag::kSequence;
  if (AnyHasTag(layout.certificates, der_tag::Constructed(1)) || signer_by_key || !data) return 3;
  return 1;
}

// Absent if it would be empty.
Bytes OptionalSet(uint8_t tag, const std::vector<ByteSpan>& elements) {
  if (elements.empty()) return {};
  std::vector<Bytes> copies;
  copies.reserve(elements.size());
  for (const ByteSpan element : elements) copies.push_back(ToBytes(element));
  return DerSetOf(tag, std::move(copies));
}

// Over all that stands in the SignedData in its order (TS 101 733 V2.2.1 6.4.1, 6.4.2, C.3.2).
bool IsOlderArchiveTimestamp(const AttributeLayout& attribute) {
  return attribute.IsOf(cms_oid::kArchiveTimestampV1) ||
         attribute.IsOf(cms_oid::kArchiveTimestampV2) ||
         attribute.IsOf(cms_oid::kLongTermValidation);
}

}  // namespace

bool AttributeLayout::IsOf(ByteSpan type_content) const {
  return OnlyBerElement(type, der_tag::kObjectIdentifier) == type_content;
}

AttributeLayout AttributeLayoutOf(ByteSpan attribute_der) {
  absl::StatusOr<AttributeLayout> attribute = ReadAttribute(attribute_der);
  return attribute.ok() ? *std::move(attribute) : AttributeLayout{};
}

absl::StatusOr<SignedDataLayout> SignedDataLayout::Read(ByteSpan cms,
                                                        std::optional<size_t> signer) {
  if (cms.size() > kMostOctets) {
    return MakeError(Reason::kLimitExceeded, "the signature is longer than 4 MiB");
  }
  const std::optional<ByteSpan> signed_data = SignedDataContent(cms);
  if (!signed_data.has_value()) return Malformed("is not one ContentInfo with a SignedData");
  SignedDataLayout layout;
  Fields fields(*signed_data);
  const std::optional<uint64_t> read_version = SmallInteger(fields.Next(der_tag::kInteger).content);
  layout.digest_algorithms = fields.Next(der_tag::kSet).whole;
  const DerElement encapsulated_element = fields.Next(der_tag::kSequence);
  const DerElement certificate_set = fields.NextIf(der_tag::Constructed(0));
  const DerElement revocation_set = fields.NextIf(der_tag::Constructed(1));
  const DerElement signers = fields.Next(der_tag::kSet);
  if (!fields.Complete() || !read_version.has_value()) return Malformed("has broken SignedData");
  layout.version = *read_version;
  ENKRAT_RETURN_IF_ERROR(ReadEncapsulated(encapsulated_element, layout));
  ENKRAT_ASSIGN_OR_RETURN(layout.certificates, Elements(certificate_set.content, "certificates"));
  ENKRAT_ASSIGN_OR_RETURN(layout.revocations, Elements(revocation_set.content, "revocation data"));
  ENKRAT_RETURN_IF_ERROR(ReadSigners(signers.content, signer, layout));
  return layout;
}

absl::StatusOr<Bytes> SignedDataLayout::Lay() const {
  if (!only_signer) return Malformed("has other signers, which would be lost");
  std::vector<ByteSpan> attributes;
  for (const AttributeLayout& attribute : unsigned_attributes) {
    if (IsOlderArchiveTimestamp(attribute)) {
      return Malformed("has an archive timestamp of an older kind, which an addition would break");
    }
    attributes.push_back(attribute.whole);
  }
  const Bytes signer_info =
      DerOf(der_tag::kSequence,
            {signer_version, signer_identifier, signer_digest_algorithm, signed_attributes,
             signature_algorithm, signature, OptionalSet(der_tag::Constructed(1), attributes)});
  const Bytes signed_data = DerOf(
      der_tag::kSequence,
      {DerInteger(std::max(version, LeastVersion(*this))), digest_algorithms, encapsulated,
       OptionalSet(der_tag::Constructed(0), certificates),
       OptionalSet(der_tag::Constructed(1), revocations), DerOf(der_tag::kSet, {signer_info})});
  Bytes cms = DerOf(der_tag::kSequence,
                    {DerOid(cms_oid::kSignedData), DerOf(der_tag::Constructed(0), {signed_data})});
  ENKRAT_RETURN_IF_ERROR(Read(cms).status());
  return cms;
}

absl::StatusOr<DigestAlgorithm> SignedDataLayout::SignerDigestAlgorithm() const {
  BerReader fields(
      OnlyBerElement(signer_digest_algorithm, der_tag::kSequence).value_or(ByteSpan()));
  const std::optional<DerElement> oid = fields.Take(der_tag::kObjectIdentifier);
  const std::optional<DigestAlgorithm> algorithm =
      DigestFromOid(oid.has_value() && IsOid(oid->content) ? DottedOid(oid->content) : "");
  if (!algorithm.has_value()) return Malformed("has a digest algorithm that is not believed");
  return *algorithm;
}

absl::StatusOr<Bytes> SignedDataLayout::MessageDigest() const {
  const std::optional<ByteSpan> set = OnlyBerElement(signed_attributes, der_tag::Constructed(0));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<ByteSpan> attributes,
                          Elements(set.value_or(ByteSpan()), "signed attributes"));
  std::optional<Bytes> digest;
  for (const ByteSpan element : attributes) {
    ENKRAT_ASSIGN_OR_RETURN(const AttributeLayout attribute, ReadAttribute(element));
    if (!attribute.IsOf(cms_oid::kMessageDigest)) continue;
    if (digest.has_value() || attribute.values.size() != 1) {
      return Malformed("has more than one message digest");
    }
    digest = OctetStringContent(attribute.values.front());
  }
  if (!digest.has_value()) return Malformed("has no message digest");
  return *std::move(digest);
}

}  // namespace enkrat::ades
