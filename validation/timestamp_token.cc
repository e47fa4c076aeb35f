#include "validation/timestamp_token.h"

#include <openssl/ts.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/format_detection.h"

namespace enkrat::validation {
namespace {

constexpr int kLongestPolicy = 128;
constexpr int kLongestSerialNumber = 32;  // octets; RFC 3161 2.4.2 asks for up to 20

// esi4-qtstStatement-1 0.4.0.19422.1.1.
constexpr uint8_t kQualifiedTimestamp[] = {0x04, 0x00, 0x81, 0x97, 0x5e, 0x01, 0x01};

ByteSpan OctetsOf(const ASN1_STRING* string) {
  return ByteSpan(ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string)));
}

// "20260102030405.678Z", with any fraction or none (RFC 3161 2.4.2).
std::optional<absl::Time> ReadGenTime(const ASN1_GENERALIZEDTIME* gen_time) {
  const std::string text = ToString(OctetsOf(gen_time));
  const size_t plain = sizeof("20260102030405Z") - 1;
  if (text.size() < plain || text.size() > 32 || text.back() != 'Z') return std::nullopt;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const bool dot = i == plain - 1 && text[i] == '.' && text.size() > plain + 1;
    if (!dot && !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
  }
  if (text.size() > plain && text[plain - 1] != '.') return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%E4Y%m%d%H%M%E*SZ", text, absl::UTCTimeZone(), &time, &error)) {
    return std::nullopt;
  }
  return time;
}

std::string SerialText(const ASN1_INTEGER* serial_number) {
  const ByteSpan magnitude = OctetsOf(serial_number);
  if (magnitude.size() > kLongestSerialNumber) return "";
  return absl::StrCat(ASN1_STRING_type(serial_number) == V_ASN1_NEG_INTEGER ? "-" : "",
                      ToHex(magnitude));
}

std::string PolicyText(const ASN1_OBJECT* policy) {
  char text[kLongestPolicy];
  const int size = OBJ_obj2txt(text, sizeof(text), policy, /*no_name=*/1);
  return size > 0 && size < kLongestPolicy ? std::string(text) : "";
}

bool ClaimsQualified(TS_TST_INFO* info) {
  const int at = TS_TST_INFO_get_ext_by_NID(info, NID_qcStatements, -1);
  if (at < 0) return false;
  const std::optional<ByteSpan> statements = OnlyElement(
      OctetsOf(X509_EXTENSION_get_data(TS_TST_INFO_get_ext(info, at))), der_tag::kSequence);
  if (!statements.has_value()) return false;
  DerReader cursor(*statements);
  while (std::optional<DerElement> statement = cursor.Take(der_tag::kSequence)) {
    const auto oid = DerReader(statement->content).Take(der_tag::kObjectIdentifier);
    if (oid.has_value() && oid->content == ByteSpan(kQualifiedTimestamp)) return true;
  }
  return false;
}

}  // namespace

bool IsTimestampToken(const ades::SignedMessage& message) {
  return message.content_type_nid() == NID_id_smime_ct_TSTInfo;
}

bool HoldsTimestamp(ByteSpan file) {
  const absl::StatusOr<FileFormat> format = DetectFormat(file);
  if (!format.ok() || *format == FileFormat::kPdf || *format == FileFormat::kContainer) {
    return false;
  }
  const absl::StatusOr<Bytes> cms = SignedDataIn(*format, file);
  if (!cms.ok()) return false;
  const absl::StatusOr<ades::SignedMessage> message = ades::SignedMessage::Parse(*cms);
  return message.ok() && IsTimestampToken(*message);
}

absl::StatusOr<TimestampToken> OpenTimestampToken(ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(ades::SignedMessage message, ades::SignedMessage::Parse(token_der));
  if (!IsTimestampToken(message) || !message.content().has_value()) {
    return MakeError(Reason::kRequestMalformed, "a CMS, but not a timestamp");
  }
  ENKRAT_ASSIGN_OR_RETURN(const TsTstInfoPtr info,
                          (DecodeDer<TsTstInfoPtr, d2i_TS_TST_INFO>(*message.content())));
  if (TS_TST_INFO_get_version(info.get()) != 1 ||
      TS_TST_INFO_get_ext_by_critical(info.get(), 1, -1) >= 0) {
    return MakeError(Reason::kRequestMalformed, "a timestamp with something unknown in it");
  }
  const std::optional<absl::Time> gen_time = ReadGenTime(TS_TST_INFO_get_time(info.get()));
  if (!gen_time.has_value()) {
    return MakeError(Reason::kRequestMalformed, "a timestamp whose time cannot be read");
  }
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info.get());
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  TimestampToken token{
      .message = std::move(message),
      .gen_time = *gen_time,
      .serial_number = SerialText(TS_TST_INFO_get_serial(info.get())),
      .policy_oid = PolicyText(TS_TST_INFO_get_policy_id(info.get())),
      .imprint_algorithm = DigestFromNid(OBJ_obj2nid(algorithm)),
      .imprint = ToBytes(OctetsOf(TS_MSG_IMPRINT_get_msg(imprint))),
      .qualified_claim = ClaimsQualified(info.get()),
  };
  DrainOpenSslErrors();
  return token;
}

}  // namespace enkrat::validation
