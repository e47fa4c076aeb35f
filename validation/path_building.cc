#include "validation/path_building.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/der.h"
#include "validation/certificate_reading.h"

namespace enkrat::validation {
namespace {

bool SameKeyAndName(const X509* left, const X509* right) {
  return X509_NAME_cmp(X509_get_subject_name(left), X509_get_subject_name(right)) == 0 &&
         EVP_PKEY_eq(X509_get0_pubkey(left), X509_get0_pubkey(right)) == 1;
}

// A certificate that is there already, or that is another one of the same CA and key, leads in a
// circle.
bool Circles(const CertificatePath& path, X509* issuer) {
  return std::any_of(path.begin(), path.end(),
                     [&](X509* member) { return SameKeyAndName(member, issuer); });
}

}  // namespace

PathBuilder::PathBuilder(Options options) : options_(options) {
  if (options_.given_der == nullptr) return;
  for (const Bytes& der : *options_.given_der) {
    if (pool_.size() >= kMaxGivenCertificates) {
      cut_short_ = true;
      break;
    }
    if (auto certificate = ParseCertificate(der); certificate.ok()) {
      pool_.push_back(*std::move(certificate));
    }
  }
}

std::vector<X509*> PathBuilder::given() const {
  std::vector<X509*> certificates;
  for (const X509Ptr& certificate : pool_) certificates.push_back(certificate.get());
  return certificates;
}

void PathBuilder::ForEachPath(X509* certificate, Visit visit) {
  CertificatePath path = {certificate};
  Extend(path, visit);
  DrainOpenSslErrors();
}

// Depth first. False: the search is over.
bool PathBuilder::Extend(CertificatePath& path, Visit visit) {
  if (path.size() > longest_.size()) longest_ = path;
  if (IsAnchor(path.back())) return visit(path) && --paths_left_ > 0;
  if (path.size() >= kMaxPathLength) {
    cut_short_ = true;
    return true;
  }
  for (X509* issuer : IssuersOf(path.back())) {
    if (checks_left_ <= 0 || absl::Now() >= options_.stop_at) {
      cut_short_ = true;
      return false;
    }
    if (Circles(path, issuer) || !Signed(path.back(), issuer)) continue;
    path.push_back(issuer);
    const bool go_on = Extend(path, visit);
    path.pop_back();
    if (!go_on) return false;
  }
  return true;
}

std::vector<X509*> PathBuilder::IssuersOf(X509* certificate) {
  const X509_NAME* name = X509_get_issuer_name(certificate);
  const auto collect = [&] {
    std::vector<X509*> issuers = options_.trust->AnchorsNamed(name);
    for (const X509Ptr& candidate : pool_) {
      if (X509_NAME_cmp(X509_get_subject_name(candidate.get()), name) == 0) {
        issuers.push_back(candidate.get());
      }
    }
    // Names and authorityKeyIdentifier (RFC 5280 4.2.1.1); the key usage is judged with the path.
    std::erase_if(issuers, [&](X509* issuer) {
      const int verdict = X509_check_issued(issuer, certificate);
      return verdict != X509_V_OK && verdict != X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
    });
    return issuers;
  };
  std::vector<X509*> issuers = collect();
  if (issuers.empty() && options_.fetcher != nullptr) {
    FetchIssuersOf(certificate);
    issuers = collect();
  }
  return issuers;
}

bool PathBuilder::Signed(X509* certificate, X509* issuer) {
  const auto known = signed_.find({certificate, issuer});
  if (known != signed_.end()) return known->second;
  --checks_left_;
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const bool good = key != nullptr && X509_verify(certificate, key) == 1;
  if (!good) DrainOpenSslErrors();
  signed_[{certificate, issuer}] = good;
  return good;
}

bool PathBuilder::IsAnchor(X509* certificate) const {
  const auto anchors = options_.trust->AnchorsNamed(X509_get_subject_name(certificate));
  return std::any_of(anchors.begin(), anchors.end(),
                     [&](X509* anchor) { return SameCertificate(anchor, certificate); });
}

void PathBuilder::FetchIssuersOf(X509* certificate) {
  for (const std::string& url : IssuerUrls(certificate)) {
    if (!asked_urls_.insert(url).second || absl::Now() >= options_.stop_at) continue;
    const auto issuers = options_.fetcher->FetchIssuers(url, options_.stop_at);
    if (!issuers.ok()) continue;
    for (const Bytes& der : *issuers) {
      if (fetched_ >= kMaxFetchedCertificates) return;
      if (auto parsed = ParseCertificate(der); parsed.ok()) {
        pool_.push_back(*std::move(parsed));
        ++fetched_;
      }
    }
  }
}

}  // namespace enkrat::validation
