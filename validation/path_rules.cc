#include "validation/path_rules.h"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/time_text.h"
#include "validation/algorithm_policy.h"
#include "validation/certificate_reading.h"
#include "validation/certificate_text.h"

namespace enkrat::validation {
namespace {

using CertificateStackPtr =
    std::unique_ptr<STACK_OF(X509), OpenSslDeleter<[](STACK_OF(X509) * s) { sk_X509_free(s); }>>;

constexpr Conclusion kPassed = {.indication = Indication::kTotalPassed};

Conclusion Indeterminate(SubIndication sub_indication) {
  return {.indication = Indication::kIndeterminate, .sub_indication = sub_indication};
}

Conclusion Fail(std::vector<Check>& checks, absl::string_view name, SubIndication sub_indication,
                std::string detail) {
  checks.push_back(
      {.name = std::string(name), .result = Check::Result::kFailed, .detail = std::move(detail)});
  return Indeterminate(sub_indication);
}

Conclusion Pass(std::vector<Check>& checks, absl::string_view name, std::string detail) {
  checks.push_back({.name = std::string(name), .detail = std::move(detail)});
  return kPassed;
}

void Warn(std::vector<Check>& checks, absl::string_view name, std::string detail) {
  checks.push_back(
      {.name = std::string(name), .result = Check::Result::kWarning, .detail = std::move(detail)});
}

// OpenSSL's mathematics over exactly these certificates: without times and revocation, which need
// more than it knows. Empty: it holds.
std::string OpenSslObjection(const CertificatePath& path) {
  const X509StorePtr store(X509_STORE_new());
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  const CertificateStackPtr between(sk_X509_new_null());
  if (store == nullptr || context == nullptr || between == nullptr) return "out of memory";
  for (size_t i = 1; i + 1 < path.size(); ++i) sk_X509_push(between.get(), path[i]);
  X509_STORE_add_cert(store.get(), path.back());
  if (X509_STORE_CTX_init(context.get(), store.get(), path.front(), between.get()) != 1) {
    return "out of memory";
  }
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(
      rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_POLICY_CHECK);
  // user-initial-policy-set (RFC 5280 6.1.1 (c)); without it OpenSSL accepts none where one is
  // required.
  X509_VERIFY_PARAM_add0_policy(rules, OBJ_nid2obj(NID_any_policy));
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(kMaxPathLength));
  if (X509_verify_cert(context.get()) == 1) return "";
  const int error = X509_STORE_CTX_get_error(context.get());
  DrainOpenSslErrors();
  return absl::StrCat(X509_verify_cert_error_string(error), ", at depth ",
                      X509_STORE_CTX_get_error_depth(context.get()));
}

std::string CaObjection(const CertificatePath& path) {
  for (size_t i = 1; i < path.size(); ++i) {
    // A root of the days before extensions has no basicConstraints: its trust was given by hand.
    if (i + 1 < path.size() && !IsCa(path[i])) return "an issuer is not a CA (basicConstraints)";
    if (!MayUseKeyFor(path[i], KU_KEY_CERT_SIGN)) return "an issuer may not sign certificates";
    if (HasExtension(path[i], kNoRevAvail)) return "a CA certificate has noRevAvail";
  }
  if (IsCa(path.front()) && HasExtension(path.front(), kNoRevAvail)) {
    return "a CA certificate has noRevAvail";
  }
  return "";
}

bool SaysWhereToAsk(const X509* certificate) {
  return X509_get_ext_by_NID(certificate, NID_crl_distribution_points, -1) >= 0 ||
         X509_get_ext_by_NID(certificate, NID_freshest_crl, -1) >= 0 ||
         !OcspUrls(certificate).empty();
}

bool IsCritical(const X509* certificate, int nid) {
  const int index = X509_get_ext_by_NID(certificate, nid, -1);
  return index >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate, index)) == 1;
}

bool Contains(const std::vector<std::string>& list, absl::string_view element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

constexpr absl::string_view kTimeStamping = "1.3.6.1.5.5.7.3.8";
constexpr absl::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";
// Purposes that no signature over a document can have: of TLS servers, timestamps and OCSP. Beside
// one of them that of TLS clients says nothing for documents either: servers have both.
constexpr absl::string_view kElsewhere[] = {"1.3.6.1.5.5.7.3.1", kTimeStamping, kOcspSigning};
constexpr absl::string_view kTlsClient = "1.3.6.1.5.5.7.3.2";

bool IsForSomethingElse(const std::vector<std::string>& usages) {
  const auto elsewhere = [](const std::string& usage) {
    return std::find(std::begin(kElsewhere), std::end(kElsewhere), usage) != std::end(kElsewhere);
  };
  return std::any_of(usages.begin(), usages.end(), elsewhere) &&
         std::all_of(usages.begin(), usages.end(), [&](const std::string& usage) {
           return elsewhere(usage) || usage == kTlsClient;
         });
}

std::string PurposeObjection(X509* certificate, PathPurpose purpose) {
  const std::vector<std::string> usages = ExtendedKeyUsages(certificate);
  switch (purpose) {
    case PathPurpose::kTimestamping:
      if (usages.size() != 1 || usages[0] != kTimeStamping) {
        return "extendedKeyUsage is not timeStamping alone";
      }
      if (!IsCritical(certificate, NID_ext_key_usage)) return "extendedKeyUsage is not critical";
      break;
    case PathPurpose::kOcspSigning:
      if (!Contains(usages, kOcspSigning)) return "extendedKeyUsage lacks OCSPSigning";
      return MayUseKeyFor(certificate, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)
                 ? ""
                 : "keyUsage is for no signature";
    case PathPurpose::kSigning:
      if (IsForSomethingElse(usages)) {
        return "extendedKeyUsage is for something else";
      }
      break;
  }
  return MayUseKeyFor(certificate, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)
             ? ""
             : "keyUsage allows neither digitalSignature nor nonRepudiation";
}

}  // namespace

Conclusion CheckAnchor(const CertificatePath& path, const TrustStore& trust, absl::Time at,
                       std::vector<Check>& checks) {
  if (trust.BelievedAt(CertificateDer(path.back()), at)) return kPassed;
  return Fail(checks, "trust-anchor", SubIndication::kNoCertificateChainFound,
              absl::StrCat("the trusted list says that \"", SignerNameOf(path.back()),
                           "\" was not granted, or no more, at ", TimeTextOfSecond(at)));
}

Conclusion CheckConstraints(const CertificatePath& path, std::vector<Check>& checks) {
  std::string objection = CaObjection(path);
  if (objection.empty()) objection = OpenSslObjection(path);
  if (!objection.empty()) {
    return Fail(checks, "path-constraints", SubIndication::kChainConstraintsFailure, objection);
  }
  if (HasExtension(path.front(), kNoRevAvail) && SaysWhereToAsk(path.front())) {
    Warn(checks, "no-rev-avail", "noRevAvail stands beside a place to ask for revocation");
  }
  return Pass(checks, "path-constraints",
              absl::StrCat("the path of ", path.size(), " certificates fulfils RFC 5280 6.1"));
}

Conclusion CheckPurpose(X509* certificate, PathPurpose purpose, std::vector<Check>& checks) {
  const std::string objection = PurposeObjection(certificate, purpose);
  if (!objection.empty()) {
    return Fail(checks, "key-purpose", SubIndication::kChainConstraintsFailure, objection);
  }
  if (purpose == PathPurpose::kSigning && !MayUseKeyFor(certificate, KU_NON_REPUDIATION)) {
    Warn(checks, "key-purpose", "keyUsage lacks nonRepudiation (EN 319 412-2 4.3.2)");
    return kPassed;
  }
  return Pass(checks, "key-purpose", "the key may be used so");
}

Conclusion CheckAlgorithms(const CertificatePath& path, absl::Time at, std::vector<Check>& checks) {
  for (size_t i = 0; i < path.size(); ++i) {
    const EVP_PKEY* key = X509_get0_pubkey(path[i]);
    if (at >= KeyAcceptableUntil(key)) {
      return Fail(checks, "algorithms", SubIndication::kCryptoConstraintsFailureNoPoe,
                  absl::StrCat(KeyText(key), " of certificate ", i, " is not reliable at ",
                               TimeTextOfSecond(at)));
    }
    if (i + 1 == path.size()) break;  // an anchor is trusted for itself, not for its signature
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, path[i]);
    if (at >= SignatureAlgorithmAcceptableUntil(algorithm)) {
      return Fail(checks, "algorithms", SubIndication::kCryptoConstraintsFailureNoPoe,
                  absl::StrCat(SignatureAlgorithmText(algorithm), " of certificate ", i,
                               " is not reliable at ", TimeTextOfSecond(at)));
    }
  }
  return Pass(checks, "algorithms", "keys and signatures of the path are reliable");
}

Conclusion CheckValidity(const CertificatePath& path, absl::Time at, std::vector<Check>& checks) {
  if (ValidityOf(path.front()).not_before > at) {
    Conclusion conclusion =
        Fail(checks, "validity", SubIndication::kNotYetValid,
             absl::StrCat("the certificate is not valid yet at ", TimeTextOfSecond(at)));
    conclusion.indication = Indication::kTotalFailed;
    return conclusion;
  }
  for (size_t i = 0; i < path.size(); ++i) {
    if (ValidityOf(path[i]).Holds(at)) continue;
    return Fail(
        checks, "validity", SubIndication::kOutOfBoundsNoPoe,
        absl::StrCat(i == 0 ? "the certificate" : "an issuer's certificate", " is not valid at ",
                     TimeTextOfSecond(at), ", and nothing proves an earlier time"));
  }
  return Pass(checks, "validity",
              absl::StrCat("every certificate is valid at ", TimeTextOfSecond(at)));
}

}  // namespace enkrat::validation
