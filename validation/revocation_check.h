// Whether a certificate was revoked, from all CRLs and OCSP responses at hand, and from those that
// may be fetched (EN 319 102-1 5.2.5, 5.2.6).
#ifndef ENKRAT_VALIDATION_REVOCATION_CHECK_H_
#define ENKRAT_VALIDATION_REVOCATION_CHECK_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "validation/certificate_path.h"
#include "validation/ocsp_check.h"
#include "validation/report.h"
#include "validation/status_statement.h"

namespace enkrat::validation {

inline constexpr size_t kMaxCrls = 64;
inline constexpr size_t kMaxOcspResponses = 256;

struct RevocationFinding {
  ChainElement::Revocation revocation = ChainElement::Revocation::kUnknown;
  std::string source;  // as of ChainElement::revocation_source
  std::optional<absl::Time> revoked_at;
  bool key_compromised = false;
  // Of kUnknown: kTryLater, kRevocationOutOfBoundsNoPoe or kCryptoConstraintsFailureNoPoe.
  SubIndication lacking = SubIndication::kTryLater;
  std::string why_unknown;
};

// For one request. Statements are believed if their signer was valid when they were signed and
// still is when they are proven to have existed, their algorithm is reliable then, and they are
// fresh: issued at or after poe.of_signature, or current at it (poe.of_signature <= nextUpdate),
// which is the freshness constraint of EN 319 102-1 5.2.5 with the issuer's own period as the
// longest age. A statement from before the signature is used only if nothing newer can be fetched.
// A revocation from before the signature, or of a CA whose key is compromised, is believed however
// old it and its signer are, a hold unless a later statement lifts it. Not thread-safe.
class RevocationCheck {
 public:
  // `certificates`: where OCSP delegates may be found. All outlive the check; `fetcher` may be
  // null.
  RevocationCheck(const PathRequest& request, std::vector<X509*> certificates,
                  RevocationFetcher* fetcher);

  // `issuer` is the next one of a path that fulfils its rules.
  RevocationFinding Of(X509* certificate, X509* issuer);

  // What the findings so far rest on; OCSP delegates among the certificates.
  const ValidationData& used() const { return used_; }

 private:
  struct Origin {
    bool fetched = false;
    absl::Time existed_at;  // known by proof; now if there is none
  };
  template <typename Ptr>
  struct Source {
    Ptr parsed;
    Bytes der;
    Origin origin;
  };
  using CrlSource = Source<X509CrlPtr>;
  using OcspSource = Source<OcspBasicResponsePtr>;
  // The best that was said so far about one certificate.
  struct Best {
    bool of_ca = false;  // the certificate in question is one
    StatusStatement good, revoked;
    const CrlSource* good_crl = nullptr;
    const OcspSource* good_ocsp = nullptr;
    const CrlSource* revoked_crl = nullptr;
    const OcspSource* revoked_ocsp = nullptr;
    RevocationFinding unknown;  // the best reason for knowing nothing
  };

  RevocationFinding Find(X509* certificate, X509* issuer, bool with_ocsp);
  void AskGiven(X509* certificate, X509* issuer, bool with_ocsp, Best& best);
  void AskNetwork(X509* certificate, X509* issuer, bool with_ocsp, Best& best);
  void FetchOcsp(const std::string& url, X509* certificate, X509* issuer, Best& best);
  void Consider(const StatusStatement& statement, const CrlSource* crl, const OcspSource* ocsp,
                X509* issuer, Best& best);
  Origin OriginOf(ByteSpan der) const;
  Origin Fetched() const { return {.fetched = true, .existed_at = request_.now}; }
  bool SpeaksAgainst(const StatusStatement& statement, bool of_ca) const;
  std::string Objection(const StatusStatement& statement, const Origin& origin, bool of_ca,
                        X509* issuer, SubIndication& lacking);
  bool Settled(const Best& best) const;
  RevocationFinding Conclude(const Best& best, X509* issuer);
  void Use(const CrlSource* crl, const OcspSource* ocsp, const StatusStatement& statement,
           X509* issuer);
  bool OutOfTime() const;

  const PathRequest& request_;
  const std::vector<X509*> certificates_;
  RevocationFetcher* const fetcher_;
  // Sources stay where they are: findings point to them.
  std::vector<std::unique_ptr<CrlSource>> crls_;
  std::vector<std::unique_ptr<OcspSource>> ocsp_;
  std::set<std::string> asked_crl_urls_;
  std::map<std::pair<X509*, X509*>, RevocationFinding> found_;
  ValidationData used_;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_REVOCATION_CHECK_H_
