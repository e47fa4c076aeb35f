#include "ca/crl.h"

#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include "ca/extension.h"
#include "ca/object_identifiers.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxSerial = 20;  // RFC 5280 4.1.2.2
constexpr uint8_t kEnumerated = 0x0a;

absl::Status Broken(absl::string_view message) {
  DrainOpenSslErrors();
  return MakeError(Reason::kRequestMalformed, message);
}

bool SerialLess(ByteSpan left, ByteSpan right) {
  left = SerialMagnitude(left);
  right = SerialMagnitude(right);
  if (left.size() != right.size()) return left.size() < right.size();
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
}

bool IsReason(int reason) { return reason >= 0 && reason <= 10 && reason != 7 && reason != 8; }

absl::Status CheckContent(const CrlContent& content) {
  if (content.number == 0 || content.next_update <= content.this_update) {
    return MakeError(Reason::kInternal, "a CRL needs a number and a nextUpdate after thisUpdate");
  }
  std::vector<ByteSpan> serials;
  for (const RevokedCertificate& each : content.revoked) {
    const ByteSpan serial = SerialMagnitude(each.serial_number);
    if (serial.empty() || serial.size() > kMaxSerial || !IsReason(each.reason)) {
      return MakeError(Reason::kInternal, "not an entry that a CRL can hold");
    }
    serials.push_back(serial);
  }
  std::sort(serials.begin(), serials.end(), SerialLess);
  if (std::adjacent_find(serials.begin(), serials.end()) != serials.end()) {
    return MakeError(Reason::kInternal, "a serial number is twice in a CRL");
  }
  return absl::OkStatus();
}

void WriteEntry(const RevokedCertificate& entry, DerWriter& writer) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.UnsignedInteger(entry.serial_number);
    writer.Time(entry.revoked_at);
    if (entry.reason == kUnspecifiedReason) return;
    writer.Nested(der_tag::kSequence, [&] {
      WriteExtension(writer, oid::kReasonCode, Criticality::kNonCritical, [&] {
        const uint8_t reason = static_cast<uint8_t>(entry.reason);
        writer.Element(kEnumerated, ByteSpan(&reason, 1));
      });
    });
  });
}

void WriteExtensions(const StatusIssuer& issuer, const CrlContent& content, DerWriter& writer) {
  WriteExtension(writer, oid::kAuthorityKeyIdentifier, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence,
                  [&] { writer.Element(der_tag::Primitive(0), issuer.key_identifier); });
  });
  WriteExtension(writer, oid::kCrlNumber, Criticality::kNonCritical,
                 [&] { writer.Raw(DerInteger(content.number)); });
  if (content.expired_since == absl::InfinitePast()) return;
  WriteExtension(writer, oid::kExpiredCertsOnCrl, Criticality::kNonCritical, [&] {
    writer.Element(der_tag::kGeneralizedTime,
                   absl::FormatTime("%Y%m%d%H%M%SZ", content.expired_since, absl::UTCTimeZone()));
  });
}

Bytes AlgorithmOf(const StatusIssuer& issuer) {
  const KeyAlgorithm key = issuer.public_key.algorithm();
  return SignatureAlgorithmIdentifier(key, DefaultDigest(key));
}

absl::Status CheckScope(X509_CRL* crl) {
  int critical = -1;
  const void* distribution_point =
      X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical, nullptr);
  if (distribution_point != nullptr || critical != -1) {
    ISSUING_DIST_POINT_free(
        static_cast<ISSUING_DIST_POINT*>(const_cast<void*>(distribution_point)));
    return Broken("the CRL has an issuingDistributionPoint: it may not be a complete one");
  }
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)) != 0) {
      return Broken("the CRL has a critical extension that is not understood");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> NumberOf(X509_CRL* crl) {
  int critical = -1;
  const Asn1IntegerPtr number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, &critical, nullptr)));
  if (number == nullptr && critical == -1) return 0;
  uint64_t value = 0;
  if (number == nullptr || ASN1_INTEGER_get_uint64(&value, number.get()) != 1) {
    return Broken("the CRL's number cannot be read");
  }
  return value;
}

std::vector<Bytes> SerialsOf(X509_CRL* crl) {
  std::vector<Bytes> serials;
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i));
    serials.push_back(ToBytes(SerialMagnitude(
        ByteSpan(ASN1_STRING_get0_data(serial), static_cast<size_t>(ASN1_STRING_length(serial))))));
  }
  std::sort(serials.begin(), serials.end());
  return serials;
}

}  // namespace

ByteSpan SerialMagnitude(ByteSpan serial_number) {
  while (!serial_number.empty() && serial_number.front() == 0) serial_number.remove_prefix(1);
  return serial_number;
}

bool ReadCrl::Lists(ByteSpan serial_number) const {
  return std::binary_search(revoked_serial_numbers.begin(), revoked_serial_numbers.end(),
                            ToBytes(SerialMagnitude(serial_number)));
}

Bytes EncodeTbsCertList(const StatusIssuer& issuer, const CrlContent& content) {
  std::vector<const RevokedCertificate*> entries;
  for (const RevokedCertificate& each : content.revoked) entries.push_back(&each);
  std::sort(entries.begin(), entries.end(), [](const auto* left, const auto* right) {
    return SerialLess(left->serial_number, right->serial_number);
  });
  DerWriter writer(512 + 64 * entries.size());
  writer.Nested(der_tag::kSequence, [&] {
    writer.Raw(DerInteger(1));  // v2
    writer.Raw(AlgorithmOf(issuer));
    writer.Raw(issuer.subject_der);
    writer.Time(content.this_update);
    writer.Time(content.next_update);
    if (!entries.empty()) {
      writer.Nested(der_tag::kSequence, [&] {
        for (const RevokedCertificate* each : entries) WriteEntry(*each, writer);
      });
    }
    writer.Nested(der_tag::Constructed(0), [&] {
      writer.Nested(der_tag::kSequence, [&] { WriteExtensions(issuer, content, writer); });
    });
  });
  return std::move(writer).Take();
}

absl::StatusOr<Bytes> MakeCrl(const StatusIssuer& issuer, const CrlContent& content,
                              SigningKey& issuer_key) {
  ENKRAT_RETURN_IF_ERROR(CheckContent(content));
  if (issuer_key.public_key().spki_der() != issuer.public_key.spki_der()) {
    return MakeError(Reason::kConfigurationInvalid, "the key is not the one of the CRL's issuer");
  }
  const Bytes tbs = EncodeTbsCertList(issuer, content);
  const DigestAlgorithm digest = DefaultDigest(issuer.public_key.algorithm());
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signature,
                          issuer_key.SignDigest(digest, ComputeDigest(digest, tbs)));
  DerWriter writer(tbs.size() + signature.size() + 64);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Raw(tbs);
    writer.Raw(AlgorithmOf(issuer));
    writer.BitString(signature);
  });
  Bytes der = std::move(writer).Take();
  const absl::StatusOr<ReadCrl> read = ParseCrl(der, issuer);
  if (!read.ok() || read->number != content.number ||
      read->revoked_serial_numbers.size() != content.revoked.size()) {
    return MakeError(Reason::kSignatureSelfCheckFailed, "the new CRL does not verify");
  }
  return der;
}

absl::StatusOr<ReadCrl> ParseCrl(ByteSpan crl_der, const StatusIssuer& issuer) {
  if (crl_der.size() > kMaxCrl) return Broken("the CRL is too large");
  const absl::StatusOr<X509CrlPtr> parsed = DecodeDer<X509CrlPtr, d2i_X509_CRL>(crl_der);
  if (!parsed.ok()) return Broken("not a CRL");
  X509_CRL* const crl = parsed->get();
  ENKRAT_ASSIGN_OR_RETURN(const Bytes name, EncodeDer<i2d_X509_NAME>(X509_CRL_get_issuer(crl)));
  if (name != issuer.subject_der) return Broken("the CRL is of another issuer");
  if (X509_CRL_verify(crl, issuer.public_key.evp_pkey()) != 1) {
    return Broken("the CRL has no valid signature of its issuer");
  }
  ENKRAT_RETURN_IF_ERROR(CheckScope(crl));
  const std::optional<absl::Time> this_update = TimeFromAsn1(X509_CRL_get0_lastUpdate(crl));
  const std::optional<absl::Time> next_update = TimeFromAsn1(X509_CRL_get0_nextUpdate(crl));
  if (!this_update.has_value() || !next_update.has_value()) {
    return Broken("the CRL has no thisUpdate and nextUpdate that can be read");
  }
  ENKRAT_ASSIGN_OR_RETURN(const uint64_t number, NumberOf(crl));
  return ReadCrl{.number = number,
                 .this_update = *this_update,
                 .next_update = *next_update,
                 .revoked_serial_numbers = SerialsOf(crl)};
}

absl::StatusOr<Bytes> CrlDerOf(ByteSpan file_content) {
  if (!file_content.empty() && file_content.front() == der_tag::kSequence) {
    return ToBytes(file_content);
  }
  const BioPtr bio(BIO_new_mem_buf(file_content.data(), static_cast<int>(file_content.size())));
  const X509CrlPtr crl(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (crl == nullptr) return Broken("neither DER nor PEM of a CRL");
  return EncodeDer<i2d_X509_CRL>(crl.get());
}

}  // namespace enkrat::ca
