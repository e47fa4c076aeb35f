#include "validation/revocation_fetcher.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/crl_check.h"

namespace enkrat::validation {
namespace {

constexpr size_t kMaxIssuersOctets = 256 * 1024;
constexpr size_t kMaxFetchedOcspOctets = 128 * 1024;
constexpr size_t kMaxIssuers = 32;

void FreeCertificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), OpenSslDeleter<FreeCertificates>>;

// RFC 5280 4.2.2.1: one certificate, or a certs-only CMS message; in practice also PEM.
absl::StatusOr<std::vector<Bytes>> ReadIssuers(const Bytes& body) {
  if (ParseCertificate(body).ok()) return std::vector<Bytes>{body};
  if (auto pem = CertificatesFromPem(ToString(body)); pem.ok()) {
    if (pem->size() > kMaxIssuers) pem->resize(kMaxIssuers);
    return pem;
  }
  ENKRAT_ASSIGN_OR_RETURN(const CmsPtr message, (DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(body)));
  const CertificatesPtr certificates(CMS_get1_certs(message.get()));
  std::vector<Bytes> issuers;
  for (int i = 0; i < sk_X509_num(certificates.get()) && issuers.size() < kMaxIssuers; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(Bytes der, EncodeDer<i2d_X509>(sk_X509_value(certificates.get(), i)));
    issuers.push_back(std::move(der));
  }
  DrainOpenSslErrors();
  if (issuers.empty()) return MakeError(Reason::kRequestMalformed, "no certificate in the answer");
  return issuers;
}

class HttpRevocationFetcher final : public RevocationFetcher {
 public:
  explicit HttpRevocationFetcher(Options options)
      : options_(options), fetches_left_(options.max_fetches) {}

  absl::StatusOr<std::vector<Bytes>> FetchIssuers(const std::string& url,
                                                  absl::Time deadline) override {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes body,
                            Fetch({.url = url, .max_response_size = kMaxIssuersOctets}, deadline));
    return ReadIssuers(body);
  }

  absl::StatusOr<Bytes> FetchCrl(const std::string& url, absl::Time deadline) override {
    return Fetch({.url = url, .max_response_size = kMaxCrlOctets}, deadline);
  }

  absl::StatusOr<Bytes> FetchOcsp(const std::string& url, ByteSpan request_der,
                                  absl::Time deadline) override {
    return Fetch({.url = url,
                  .content_type = "application/ocsp-request",
                  .body = ToBytes(request_der),
                  .max_response_size = kMaxFetchedOcspOctets},
                 deadline);
  }

 private:
  absl::StatusOr<Bytes> Fetch(HttpRequest request, absl::Time deadline) {
    if (fetches_left_ <= 0 || fetches_left_.fetch_sub(1) <= 0) {
      return MakeError(Reason::kLimitExceeded, "too many fetches for one validation");
    }
    request.timeout = std::min(options_.longest_fetch, deadline - absl::Now());
    // What comes is signed: TLS adds nothing to it (RFC 5280 8).
    request.plain_http = PlainHttp::kAnywhere;
    request.public_addresses_only = options_.public_addresses_only;
    ENKRAT_ASSIGN_OR_RETURN(HttpResponse response, options_.http->Fetch(request));
    if (response.status != 200) {
      return MakeError(Reason::kValidationDataUnavailable,
                       absl::StrCat("HTTP status ", response.status));
    }
    return std::move(response.body);
  }

  const Options options_;
  std::atomic<int> fetches_left_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RevocationFetcher>> RevocationFetcher::Create(Options options) {
  if (options.http == nullptr || options.max_fetches < 0 ||
      options.longest_fetch <= absl::ZeroDuration()) {
    return MakeError(Reason::kConfigurationInvalid, "a fetcher needs http, a number and a time");
  }
  return std::make_unique<HttpRevocationFetcher>(options);
}

}  // namespace enkrat::validation
