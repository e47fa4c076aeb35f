#include "tsa/unit_certificate.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/status_macros.h"
#include "tsa/certificate_rules.h"
#include "tsa/qualified_statement.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kMaxChain = 8;

using KeyUsagePeriodPtr =
    std::unique_ptr<PKEY_USAGE_PERIOD, OpenSslDeleter<PKEY_USAGE_PERIOD_free>>;

absl::Status Invalid(absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, why);
}

absl::StatusOr<std::vector<X509Ptr>> ParseChain(const std::vector<Bytes>& chain_der) {
  if (chain_der.empty() || chain_der.size() > kMaxChain) {
    return Invalid("a unit's chain has 1 to 8 certificates");
  }
  std::vector<X509Ptr> chain;
  for (const Bytes& certificate_der : chain_der) {
    absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_der);
    if (!certificate.ok()) return Invalid("a certificate of the unit's chain cannot be parsed");
    chain.push_back(*std::move(certificate));
  }
  return chain;
}

// RFC 5280 path validation with the chain's last certificate as the trust anchor.
absl::Status VerifyChain(const std::vector<X509Ptr>& chain, absl::Time now) {
  X509StorePtr store(X509_STORE_new());
  if (store == nullptr || X509_STORE_add_cert(store.get(), chain.back().get()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot make a trust store");
  }
  std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>
      untrusted(sk_X509_new_null());
  for (size_t i = 1; i + 1 < chain.size(); ++i) sk_X509_push(untrusted.get(), chain[i].get());
  X509StoreCtxPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), untrusted.get()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot start to verify the unit's chain");
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(param, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_TIMESTAMP_SIGN);
  if (X509_verify_cert(context.get()) != 1) {
    const int error = X509_STORE_CTX_get_error(context.get());
    DrainOpenSslErrors();
    return Invalid(
        absl::StrCat("the unit's chain does not hold: ", X509_verify_cert_error_string(error)));
  }
  if (sk_X509_num(X509_STORE_CTX_get0_chain(context.get())) != static_cast<int>(chain.size())) {
    return Invalid("the unit's chain has certificates that do not belong to it");
  }
  return absl::OkStatus();
}

// Cuts the validity by privateKeyUsagePeriod (EN 319 421 TIS-7.6.7).
absl::Status ApplyKeyUsagePeriod(X509* certificate, UnitCertificate& unit) {
  int critical = -1;
  KeyUsagePeriodPtr period(static_cast<PKEY_USAGE_PERIOD*>(
      X509_get_ext_d2i(certificate, NID_private_key_usage_period, &critical, nullptr)));
  if (period == nullptr) {
    if (critical == -1) return absl::OkStatus();
    DrainOpenSslErrors();
    return Invalid("the unit's privateKeyUsagePeriod cannot be read");
  }
  if (period->notBefore != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_before, ToTime(period->notBefore));
    unit.usable_from = std::max(unit.usable_from, not_before);
  }
  if (period->notAfter != nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(const absl::Time not_after, ToTime(period->notAfter));
    if (not_after > unit.usable_until) {
      return Invalid("the unit's key period ends after its certificate");
    }
    unit.usable_until = not_after;
  }
  return absl::OkStatus();
}

// What is stamped after the end of a CA of the chain would verify for nobody.
absl::Status ApplyEndsOfAuthorities(const std::vector<X509Ptr>& chain, UnitCertificate& unit) {
  for (size_t i = 1; i < chain.size(); ++i) {
    ENKRAT_ASSIGN_OR_RETURN(const absl::Time end, ToTime(X509_get0_notAfter(chain[i].get())));
    unit.usable_until = std::min(unit.usable_until, end);
  }
  return absl::OkStatus();
}

bool ClaimsQualifiedTimestamps(X509* certificate) {
  const int at = X509_get_ext_by_NID(certificate, NID_qcStatements, -1);
  if (at < 0) return false;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
  return HasQualifiedTimestampStatement(
      ByteSpan(ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value))));
}

absl::StatusOr<PublicKey> PublicKeyOf(X509* certificate) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes spki_der,
                          EncodeDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate)));
  absl::StatusOr<PublicKey> key = PublicKey::FromSpki(spki_der);
  if (!key.ok()) return Invalid("the unit's key is of no accepted algorithm");
  return key;
}

// Which `now` may be asked about.
enum class Period { kIncludesNow, kAny };

absl::StatusOr<UnitCertificate> Load(std::vector<Bytes> chain_der, absl::Time now, Period period) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<X509Ptr> chain, ParseChain(chain_der));
  X509* certificate = chain.front().get();
  ENKRAT_RETURN_IF_ERROR(CheckUnitCertificate(certificate, Reason::kConfigurationInvalid));
  ENKRAT_ASSIGN_OR_RETURN(PublicKey public_key, PublicKeyOf(certificate));
  ENKRAT_ASSIGN_OR_RETURN(Bytes issuer_der,
                          EncodeDer<i2d_X509_NAME>(X509_get_issuer_name(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(Bytes serial_number_der,
                          EncodeDer<i2d_ASN1_INTEGER>(X509_get_serialNumber(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time from, ToTime(X509_get0_notBefore(certificate)));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time until, ToTime(X509_get0_notAfter(certificate)));
  UnitCertificate unit{.chain_der = std::move(chain_der),
                       .public_key = std::move(public_key),
                       .issuer_der = std::move(issuer_der),
                       .serial_number_der = std::move(serial_number_der),
                       .usable_from = from,
                       .usable_until = until,
                       .qualified_claim = ClaimsQualifiedTimestamps(certificate)};
  ENKRAT_RETURN_IF_ERROR(ApplyKeyUsagePeriod(certificate, unit));
  ENKRAT_RETURN_IF_ERROR(ApplyEndsOfAuthorities(chain, unit));
  if (period == Period::kAny) {
    // In its last second a certificate is no longer valid to OpenSSL.
    const absl::Time last = unit.usable_until - absl::Seconds(1);
    now = std::max(unit.usable_from, std::min(now, last));
  }
  ENKRAT_RETURN_IF_ERROR(VerifyChain(chain, now));
  if (now < unit.usable_from || now > unit.usable_until) {
    return Invalid("the unit's key is not within its period of use");
  }
  return unit;
}

}  // namespace

absl::StatusOr<UnitCertificate> LoadUnitCertificate(std::vector<Bytes> chain_der, absl::Time now) {
  return Load(std::move(chain_der), now, Period::kIncludesNow);
}

absl::StatusOr<UnitCertificate> LoadUnitCertificateOfAnyPeriod(std::vector<Bytes> chain_der,
                                                               absl::Time now) {
  return Load(std::move(chain_der), now, Period::kAny);
}

}  // namespace enkrat::tsa
