#include "tsa/tst_info.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tsa/qualified_statement.h"

namespace enkrat::tsa {
namespace {

constexpr uint8_t kVersion1 = 1;
constexpr size_t kWholeSecondsSize = 14;  // YYYYMMDDhhmmss
constexpr size_t kMaxFractionDigits = 9;
constexpr size_t kMaxSerialSize = 21;  // 160 bits and a sign (RFC 3161 2.4.2)
constexpr uint8_t kMillisTag = der_tag::Primitive(0);
constexpr uint8_t kMicrosTag = der_tag::Primitive(1);
constexpr uint8_t kTsaTag = der_tag::Constructed(0);
constexpr uint8_t kExtensionsTag = der_tag::Constructed(1);

Bytes EncodeAccuracy(absl::Duration accuracy) {
  const uint64_t milliseconds = static_cast<uint64_t>(absl::ToInt64Milliseconds(accuracy));
  Bytes seconds;
  Bytes millis;
  if (milliseconds >= 1000) seconds = DerInteger(milliseconds / 1000);
  if (milliseconds % 1000 != 0) millis = DerInteger(milliseconds % 1000, kMillisTag);
  return DerOf(der_tag::kSequence, {seconds, millis});
}

// A number from 0 to `most` of at most four octets, if the tag is there; 0 if not.
std::optional<int64_t> TakeNumber(DerReader& fields, uint8_t tag, int64_t most) {
  if (!fields.NextIs(tag)) return 0;
  const std::optional<DerElement> element = fields.Take(tag);
  if (!element || !IsInteger(element->content)) return std::nullopt;
  if (element->content.size() > 4 || element->content[0] >= 0x80) return std::nullopt;
  int64_t value = 0;
  for (const uint8_t octet : element->content) value = value << 8 | octet;
  if (value > most) return std::nullopt;
  return value;
}

std::optional<absl::Duration> ParseAccuracy(ByteSpan content) {
  constexpr int64_t kMostSeconds = 24 * 60 * 60;  // a bound on nonsense
  DerReader fields(content);
  const std::optional<int64_t> seconds = TakeNumber(fields, der_tag::kInteger, kMostSeconds);
  const std::optional<int64_t> millis =
      seconds ? TakeNumber(fields, kMillisTag, 999) : std::nullopt;
  const std::optional<int64_t> micros = millis ? TakeNumber(fields, kMicrosTag, 999) : std::nullopt;
  if (!micros || !fields.AtEnd()) return std::nullopt;
  return absl::Seconds(*seconds) + absl::Milliseconds(*millis) + absl::Microseconds(*micros);
}

// Well-formed and none critical.
bool ReadExtensions(ByteSpan content, TstInfo& info) {
  DerReader extensions(content);
  while (!extensions.AtEnd()) {
    const std::optional<DerElement> extension = extensions.Take(der_tag::kSequence);
    if (!extension) return false;
    DerReader fields(extension->content);
    const std::optional<DerElement> id = fields.Take(der_tag::kObjectIdentifier);
    const auto value = id ? fields.Take(der_tag::kOctetString) : std::nullopt;
    if (!value || !fields.AtEnd()) return false;
    if (id->content == ByteSpan(kQcStatementsOid)) {
      info.qualified = HasQualifiedTimestampStatement(value->content);
    }
  }
  return true;
}

bool ParseRequired(DerReader& fields, TstInfo& info) {
  const std::optional<DerElement> version = fields.Take(der_tag::kInteger);
  if (!version || version->content != ByteSpan(&kVersion1, 1)) return false;
  const std::optional<DerElement> policy = fields.Take(der_tag::kObjectIdentifier);
  if (!policy || !IsOid(policy->content)) return false;
  info.policy = ToBytes(policy->content);
  const std::optional<DerElement> imprint = fields.Take(der_tag::kSequence);
  if (!imprint) return false;
  info.imprint_der = ToBytes(imprint->whole);
  const std::optional<DerElement> serial = fields.Take(der_tag::kInteger);
  if (!serial || !IsInteger(serial->content) || serial->content.size() > kMaxSerialSize) {
    return false;
  }
  info.serial_number = ToBytes(serial->content);
  const std::optional<DerElement> gen_time = fields.Take(der_tag::kGeneralizedTime);
  const std::optional<absl::Time> time = gen_time ? ParseGenTime(gen_time->content) : std::nullopt;
  if (!time) return false;
  info.gen_time = *time;
  return true;
}

bool ParseOptional(DerReader& fields, TstInfo& info) {
  if (fields.NextIs(der_tag::kSequence)) {
    const std::optional<DerElement> element = fields.Take(der_tag::kSequence);
    const auto accuracy = element ? ParseAccuracy(element->content) : std::nullopt;
    if (!accuracy) return false;
    info.accuracy = *accuracy;
  }
  if (fields.NextIs(der_tag::kBoolean)) {
    const std::optional<DerElement> ordering = fields.Take(der_tag::kBoolean);
    if (!ordering || ordering->content.size() != 1) return false;
    info.ordering = ordering->content[0] != 0;
  }
  if (fields.NextIs(der_tag::kInteger)) {
    const std::optional<DerElement> nonce = fields.Take(der_tag::kInteger);
    if (!nonce || !IsInteger(nonce->content)) return false;
    info.nonce = ToBytes(nonce->content);
  }
  if (fields.NextIs(kTsaTag) && !fields.Take(kTsaTag)) return false;
  if (fields.NextIs(kExtensionsTag)) {
    const std::optional<DerElement> extensions = fields.Take(kExtensionsTag);
    if (!extensions || !ReadExtensions(extensions->content, info)) return false;
  }
  return fields.AtEnd();
}

}  // namespace

std::string EncodeGenTime(absl::Time time) {
  const absl::TimeZone::CivilInfo utc = absl::UTCTimeZone().At(time);
  std::string text = absl::StrFormat("%04d%02d%02d%02d%02d%02d", utc.cs.year(), utc.cs.month(),
                                     utc.cs.day(), utc.cs.hour(), utc.cs.minute(), utc.cs.second());
  const int64_t milliseconds = absl::ToInt64Milliseconds(utc.subsecond);
  if (milliseconds != 0) {
    absl::StrAppendFormat(&text, ".%03d", milliseconds);
    while (text.back() == '0') text.pop_back();
  }
  text.push_back('Z');
  return text;
}

std::optional<absl::Time> ParseGenTime(ByteSpan octets) {
  const std::string text = ToString(octets);
  if (text.size() <= kWholeSecondsSize || text.back() != 'Z') return std::nullopt;
  int parts[6] = {};  // year, month, day, hour, minute, second
  size_t at = 0;
  for (int& part : parts) {
    const size_t digits = at == 0 ? 4 : 2;
    for (size_t end = at + digits; at < end; ++at) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) return std::nullopt;
      part = part * 10 + (text[at] - '0');
    }
  }
  const absl::CivilSecond civil(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  // CivilSecond carries over: the 30th of February comes out as another day.
  const bool exists = civil.year() == parts[0] && civil.month() == parts[1] &&
                      civil.day() == parts[2] && civil.hour() == parts[3] &&
                      civil.minute() == parts[4] && civil.second() == parts[5];
  if (!exists) return std::nullopt;
  const std::string fraction = text.substr(kWholeSecondsSize, text.size() - kWholeSecondsSize - 1);
  int64_t nanoseconds = 0;
  if (!fraction.empty()) {
    if (fraction[0] != '.' || fraction.size() < 2 || fraction.size() > kMaxFractionDigits + 1 ||
        fraction.back() == '0') {
      return std::nullopt;
    }
    for (size_t i = 1; i <= kMaxFractionDigits; ++i) {
      const char digit = i < fraction.size() ? fraction[i] : '0';
      if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
      nanoseconds = nanoseconds * 10 + (digit - '0');
    }
  }
  return absl::FromCivil(civil, absl::UTCTimeZone()) + absl::Nanoseconds(nanoseconds);
}

Bytes EncodeTstInfo(const TstInfo& info) {
  constexpr uint8_t kTrue = 0xff;
  Bytes accuracy;
  Bytes ordering;
  Bytes nonce;
  if (info.accuracy > absl::ZeroDuration()) accuracy = EncodeAccuracy(info.accuracy);
  if (info.ordering) ordering = DerOf(der_tag::kBoolean, {ByteSpan(&kTrue, 1)});
  if (!info.nonce.empty()) nonce = DerOf(der_tag::kInteger, {info.nonce});
  Bytes extensions;
  if (info.qualified) {
    const Bytes value = DerOf(der_tag::kOctetString, {QualifiedTimestampStatements()});
    extensions =
        DerOf(kExtensionsTag, {DerOf(der_tag::kSequence, {DerOid(kQcStatementsOid), value})});
  }
  const std::string gen_time = EncodeGenTime(info.gen_time);
  return DerOf(der_tag::kSequence, {DerInteger(kVersion1), DerOid(info.policy), info.imprint_der,
                                    DerOf(der_tag::kInteger, {info.serial_number}),
                                    DerOf(der_tag::kGeneralizedTime, {AsSpan(gen_time)}), accuracy,
                                    ordering, nonce, extensions});
}

std::optional<TstInfo> ParseTstInfo(ByteSpan tst_info_der) {
  const std::optional<ByteSpan> content = OnlyElement(tst_info_der, der_tag::kSequence);
  if (!content) return std::nullopt;
  DerReader fields(*content);
  TstInfo info;
  if (!ParseRequired(fields, info) || !ParseOptional(fields, info)) return std::nullopt;
  return info;
}

}  // namespace enkrat::tsa
