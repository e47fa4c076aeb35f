#include "validation/path_status.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "validation/certificate_reading.h"
#include "validation/crl_check.h"
#include "validation/ocsp_check.h"
#include "validation/path_building.h"

namespace enkrat::validation {
namespace {

// Passes on, and keeps what came: also what was not needed in the end.
class RecordingFetcher final : public RevocationFetcher {
 public:
  explicit RecordingFetcher(RevocationFetcher& fetcher) : fetcher_(fetcher) {}

  absl::StatusOr<std::vector<Bytes>> FetchIssuers(const std::string& url,
                                                  absl::Time deadline) override {
    return fetcher_.FetchIssuers(url, deadline);
  }
  absl::StatusOr<Bytes> FetchCrl(const std::string& url, absl::Time deadline) override {
    return fetcher_.FetchCrl(url, deadline);
  }
  absl::StatusOr<Bytes> FetchOcsp(const std::string& url, ByteSpan request_der,
                                  absl::Time deadline) override {
    absl::StatusOr<Bytes> response = fetcher_.FetchOcsp(url, request_der, deadline);
    if (response.ok()) responses.push_back(*response);
    return response;
  }

  std::vector<Bytes> responses;

 private:
  RevocationFetcher& fetcher_;
};

PathResult Judge(const PathStatusRequest& request, const ValidationData& given,
                 const TrustStore& trust, RevocationFetcher* fetcher) {
  // Responders tell whole seconds: what was made on request is not from before the question.
  const absl::Time at = absl::FromUnixSeconds(absl::ToUnixSeconds(request.now));
  return ValidatePath({.certificate_der = request.certificate_der,
                       .purpose = request.purpose,
                       .rule = RevocationRule::kWholePath,
                       .given = &given,
                       .poe = {.of_signature = at, .of_validation_data = request.now},
                       .now = request.now,
                       .stop_at = request.stop_at},
                      trust, fetcher);
}

// What came later than `at` is a revocation for whoever is asked now.
bool IsRevoked(const PathResult& result) {
  return std::any_of(result.chain.begin(), result.chain.end(), [](const ChainElement& element) {
    return element.revocation == ChainElement::Revocation::kRevoked;
  });
}

std::string Why(const PathResult& result) {
  for (const Check& check : result.checks) {
    if (check.result == Check::Result::kFailed) return absl::StrCat(check.name, ": ", check.detail);
  }
  return std::string(SubIndicationName(result.conclusion.sub_indication));
}

// A CRL that OCSP makes unnecessary would only make signatures larger. It has said nothing bad: the
// whole of it has been judged.
ValidationData WithoutNeedlessCrls(const PathStatusRequest& request, const TrustStore& trust,
                                   ValidationData data, const std::vector<Bytes>& responses) {
  if (responses.empty()) return data;
  const std::vector<Bytes> crls = data.crls_der;
  for (const Bytes& crl : crls) {
    ValidationData less = data;
    std::erase(less.crls_der, crl);
    less.ocsp_responses_der = responses;
    PathResult result = Judge(request, less, trust, nullptr);
    if (result.conclusion.passed() && !IsRevoked(result)) data = std::move(result.used);
  }
  return data;
}

absl::Time EndOfResponse(ByteSpan response_der, absl::Time now) {
  const auto response = ParseOcspResponse(response_der);
  if (!response.ok()) return now;
  absl::Time end = absl::InfiniteFuture();
  for (int i = 0; i < OCSP_resp_count(response->get()); ++i) {
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    OCSP_single_get0_status(OCSP_resp_get0(response->get(), i), nullptr, nullptr, nullptr,
                            &next_update);
    end = std::min(end, TimeFromAsn1(next_update).value_or(now));
  }
  return end;
}

absl::Time EndOf(const ValidationData& data, absl::Time now) {
  absl::Time end = absl::InfiniteFuture();
  for (const Bytes& der : data.certificates_der) {
    const auto certificate = ParseCertificate(der);
    if (certificate.ok()) end = std::min(end, ValidityOf(certificate->get()).not_after);
  }
  for (const Bytes& der : data.crls_der) {
    const auto crl = ParseCrl(der);
    const auto next = crl.ok() ? TimeFromAsn1(X509_CRL_get0_nextUpdate(crl->get())) : std::nullopt;
    end = std::min(end, next.value_or(now));
  }
  for (const Bytes& der : data.ocsp_responses_der) end = std::min(end, EndOfResponse(der, now));
  DrainOpenSslErrors();
  return end;
}

}  // namespace

PathStatus AskPathStatus(const PathStatusRequest& request, const TrustStore& trust,
                         RevocationFetcher& fetcher) {
  ValidationData given;
  if (request.certificates_der != nullptr) given.certificates_der = *request.certificates_der;
  RecordingFetcher recording(fetcher);
  PathResult result = Judge(request, given, trust, &recording);
  PathStatus status;
  if (IsRevoked(result)) {
    status.verdict = PathStatus::Verdict::kRevoked;
    status.why = result.conclusion.passed() ? "revoked a moment ago" : Why(result);
  } else if (!result.conclusion.passed()) {
    status.why = Why(result);
  } else {
    status.verdict = PathStatus::Verdict::kGood;
    status.data = WithoutNeedlessCrls(request, trust, std::move(result.used), recording.responses);
    status.valid_until = EndOf(status.data, request.now);
  }
  return status;
}

std::vector<Bytes> FindPath(const PathStatusRequest& request, const TrustStore& trust,
                            RevocationFetcher& fetcher) {
  const auto certificate = ParseCertificate(request.certificate_der);
  if (!certificate.ok()) return {};
  PathBuilder builder({.trust = &trust,
                       .given_der = request.certificates_der,
                       .fetcher = &fetcher,
                       .stop_at = request.stop_at});
  std::vector<Bytes> found;
  builder.ForEachPath(certificate->get(), [&found](const CertificatePath& path) {
    for (X509* member : path) found.push_back(CertificateDer(member));
    return false;
  });
  return found;
}

}  // namespace enkrat::validation
