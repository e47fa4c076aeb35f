#include "validation/revocation_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/time_text.h"
#include "validation/algorithm_policy.h"
#include "validation/certificate_reading.h"
#include "validation/crl_check.h"

namespace enkrat::validation {
namespace {

// How far the clocks of others may be ahead.
constexpr absl::Duration kClockSkew = absl::Minutes(5);

void AddOnce(std::vector<Bytes>& list, const Bytes& der) {
  if (std::find(list.begin(), list.end(), der) == list.end()) list.push_back(der);
}

// The more telling reason of two for knowing nothing.
int Weight(SubIndication lacking) {
  switch (lacking) {
    case SubIndication::kCryptoConstraintsFailureNoPoe:
      return 2;
    case SubIndication::kRevocationOutOfBoundsNoPoe:
      return 1;
    default:
      return 0;
  }
}

// Empty: signature, key and, of an OCSP delegate, the signature of its certificate are reliable.
std::string WeakAlgorithm(const StatusStatement& statement, const X509* issuer, absl::Time at) {
  const EVP_PKEY* key = X509_get0_pubkey(statement.signer);
  if (at >= SignatureAlgorithmAcceptableUntil(statement.algorithm) ||
      at >= KeyAcceptableUntil(key)) {
    return absl::StrCat("its ", SignatureAlgorithmText(statement.algorithm), " with ", KeyText(key),
                        " is not reliable");
  }
  if (statement.signer == issuer) return "";  // judged with the path
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, statement.signer);
  if (at < SignatureAlgorithmAcceptableUntil(algorithm)) return "";
  return absl::StrCat("its responder's certificate has ", SignatureAlgorithmText(algorithm),
                      ", which is not reliable");
}

}  // namespace

RevocationCheck::RevocationCheck(const PathRequest& request, std::vector<X509*> certificates,
                                 RevocationFetcher* fetcher)
    : request_(request), certificates_(std::move(certificates)), fetcher_(fetcher) {
  if (request.given == nullptr) return;
  for (const Bytes& der : request.given->crls_der) {
    if (crls_.size() >= kMaxCrls || OutOfTime()) break;
    if (auto crl = ParseCrl(der); crl.ok()) {
      crls_.push_back(std::make_unique<CrlSource>(CrlSource{*std::move(crl), der, OriginOf(der)}));
    }
  }
  for (const Bytes& der : request.given->ocsp_responses_der) {
    if (ocsp_.size() >= kMaxOcspResponses || OutOfTime()) break;
    if (auto response = ParseOcspResponse(der); response.ok()) {
      ocsp_.push_back(
          std::make_unique<OcspSource>(OcspSource{*std::move(response), der, OriginOf(der)}));
    }
  }
}

RevocationCheck::Origin RevocationCheck::OriginOf(ByteSpan der) const {
  absl::Time known = std::min(request_.poe.of_validation_data, request_.now);
  if (request_.poe.of_each != nullptr) known = std::min(known, request_.poe.of_each->Since(der));
  return {.fetched = false, .existed_at = known};
}

bool RevocationCheck::OutOfTime() const { return absl::Now() >= request_.stop_at; }

RevocationFinding RevocationCheck::Of(X509* certificate, X509* issuer) {
  return Find(certificate, issuer, true);
}

RevocationFinding RevocationCheck::Find(X509* certificate, X509* issuer, bool with_ocsp) {
  const auto known = found_.find({certificate, issuer});
  if (known != found_.end()) return known->second;
  Best best;
  best.of_ca = IsCa(certificate);
  AskGiven(certificate, issuer, with_ocsp, best);
  if (!Settled(best)) AskNetwork(certificate, issuer, with_ocsp, best);
  const RevocationFinding finding = Conclude(best, issuer);
  found_[{certificate, issuer}] = finding;
  return finding;
}

void RevocationCheck::AskGiven(X509* certificate, X509* issuer, bool with_ocsp, Best& best) {
  // By number: asking about a delegate may fetch CRLs, which come to the end.
  for (size_t i = 0; with_ocsp && i < ocsp_.size() && !OutOfTime(); ++i) {
    const OcspSource* source = ocsp_[i].get();
    Consider(StatusFromOcsp(source->parsed.get(), certificate, issuer, certificates_), nullptr,
             source, issuer, best);
  }
  for (size_t i = 0; i < crls_.size() && !OutOfTime(); ++i) {
    const CrlSource* source = crls_[i].get();
    Consider(StatusFromCrl(source->parsed.get(), certificate, issuer), source, nullptr, issuer,
             best);
  }
}

void RevocationCheck::AskNetwork(X509* certificate, X509* issuer, bool with_ocsp, Best& best) {
  if (fetcher_ == nullptr) return;
  if (with_ocsp) {
    for (const std::string& url : OcspUrls(certificate)) {
      if (OutOfTime() || Settled(best)) return;
      FetchOcsp(url, certificate, issuer, best);
    }
  }
  for (const std::string& url : CrlUrls(certificate)) {
    if (OutOfTime() || Settled(best) || crls_.size() >= 2 * kMaxCrls) return;
    if (!asked_crl_urls_.insert(url).second) continue;  // has been considered with the given ones
    const auto der = fetcher_->FetchCrl(url, request_.stop_at);
    if (!der.ok()) continue;
    auto crl = ParseCrl(*der);
    if (!crl.ok()) continue;
    crls_.push_back(std::make_unique<CrlSource>(CrlSource{*std::move(crl), *der, Fetched()}));
    const CrlSource* source = crls_.back().get();
    Consider(StatusFromCrl(source->parsed.get(), certificate, issuer), source, nullptr, issuer,
             best);
  }
}

void RevocationCheck::FetchOcsp(const std::string& url, X509* certificate, X509* issuer,
                                Best& best) {
  if (ocsp_.size() >= 2 * kMaxOcspResponses) return;
  const auto request = MakeOcspRequest(certificate, issuer);
  if (!request.ok()) return;
  const auto der = fetcher_->FetchOcsp(url, *request, request_.stop_at);
  if (!der.ok()) return;
  auto response = ParseOcspResponse(*der);
  if (!response.ok() || !NonceFits(*request, response->get())) return;
  ocsp_.push_back(std::make_unique<OcspSource>(OcspSource{*std::move(response), *der, Fetched()}));
  const OcspSource* source = ocsp_.back().get();
  Consider(StatusFromOcsp(source->parsed.get(), certificate, issuer, certificates_), nullptr,
           source, issuer, best);
}

// A revocation that came after the signature says that all was well before: that is believed for
// the reasons only for which "good" would be.
bool RevocationCheck::SpeaksAgainst(const StatusStatement& statement, bool of_ca) const {
  if (statement.says != StatusStatement::Says::kRevoked) return false;
  return *statement.revoked_at <= request_.poe.of_signature || (of_ca && statement.key_compromised);
}

// Empty: the statement may be believed.
std::string RevocationCheck::Objection(const StatusStatement& statement, const Origin& origin,
                                       bool of_ca, X509* issuer, SubIndication& lacking) {
  lacking = SubIndication::kTryLater;
  if (!statement.why_not.empty()) return statement.why_not;
  if (std::max(statement.this_update, statement.signed_at) > request_.now + kClockSkew) {
    return "it is from the future";
  }
  // What came with the signature existed when that was proven, unless it says that it is newer.
  const absl::Time existed =
      statement.signed_at <= origin.existed_at ? origin.existed_at : request_.now;
  const Validity signer = ValidityOf(statement.signer);
  if (!signer.Holds(statement.signed_at)) return "its signer was not valid when it was signed";
  if (SpeaksAgainst(statement, of_ca)) return "";
  if (std::string weak = WeakAlgorithm(statement, issuer, existed); !weak.empty()) {
    lacking = SubIndication::kCryptoConstraintsFailureNoPoe;
    return weak;
  }
  if (existed > signer.not_after) {
    lacking = SubIndication::kRevocationOutOfBoundsNoPoe;
    return "its signer has expired, and nothing proves that it existed before";
  }
  if (statement.signer != issuer && !HasExtension(statement.signer, kOcspNoCheck)) {
    const RevocationFinding delegate = Find(statement.signer, issuer, false);
    if (delegate.revocation != ChainElement::Revocation::kGood) {
      return "nothing says that its responder's certificate is not revoked";
    }
  }
  if (statement.this_update < request_.poe.of_signature &&
      !(statement.next_update && request_.poe.of_signature <= *statement.next_update)) {
    return absl::StrCat("it is too old, of ", TimeTextOfSecond(statement.this_update));
  }
  return "";
}

void RevocationCheck::Consider(const StatusStatement& statement, const CrlSource* crl,
                               const OcspSource* ocsp, X509* issuer, Best& best) {
  if (!statement.concerns) return;
  const Origin& origin = crl != nullptr ? crl->origin : ocsp->origin;
  SubIndication lacking = SubIndication::kTryLater;
  std::string objection = Objection(statement, origin, best.of_ca, issuer, lacking);
  if (!objection.empty()) {
    if (best.unknown.why_unknown.empty() || Weight(lacking) > Weight(best.unknown.lacking)) {
      best.unknown.lacking = lacking;
      best.unknown.why_unknown = absl::StrCat(
          crl != nullptr ? "a CRL is of no use: " : "an OCSP response is of no use: ", objection);
    }
    return;
  }
  if (statement.says == StatusStatement::Says::kGood) {
    if (best.good.says == StatusStatement::Says::kNothing ||
        statement.this_update > best.good.this_update) {
      best.good = statement;
      best.good_crl = crl;
      best.good_ocsp = ocsp;
    }
    return;
  }
  // One for good prevails over a hold; of those for good the earliest time counts.
  const StatusStatement& old = best.revoked;
  const bool better = old.says == StatusStatement::Says::kNothing ||
                      (old.on_hold && !statement.on_hold) ||
                      (old.on_hold == statement.on_hold &&
                       (statement.on_hold ? statement.this_update > old.this_update
                                          : *statement.revoked_at < *old.revoked_at));
  if (!better) return;
  best.revoked = statement;
  best.revoked_crl = crl;
  best.revoked_ocsp = ocsp;
}

bool RevocationCheck::Settled(const Best& best) const {
  if (best.revoked.says == StatusStatement::Says::kRevoked && !best.revoked.on_hold) return true;
  return best.good.says == StatusStatement::Says::kGood &&
         best.good.this_update >= request_.poe.of_signature;
}

void RevocationCheck::Use(const CrlSource* crl, const OcspSource* ocsp,
                          const StatusStatement& statement, X509* issuer) {
  if (crl != nullptr) AddOnce(used_.crls_der, crl->der);
  if (ocsp != nullptr) AddOnce(used_.ocsp_responses_der, ocsp->der);
  if (statement.signer != issuer) {
    AddOnce(used_.certificates_der, CertificateDer(statement.signer));
  }
}

RevocationFinding RevocationCheck::Conclude(const Best& best, X509* issuer) {
  const bool held_no_more = best.revoked.on_hold &&
                            best.good.says == StatusStatement::Says::kGood &&
                            best.good.this_update > best.revoked.this_update;
  const bool revoked = best.revoked.says == StatusStatement::Says::kRevoked && !held_no_more;
  if (!revoked && best.good.says != StatusStatement::Says::kGood) {
    RevocationFinding unknown = best.unknown;
    if (unknown.why_unknown.empty()) unknown.why_unknown = "no revocation data is at hand";
    return unknown;
  }
  const StatusStatement& statement = revoked ? best.revoked : best.good;
  const CrlSource* crl = revoked ? best.revoked_crl : best.good_crl;
  const OcspSource* ocsp = revoked ? best.revoked_ocsp : best.good_ocsp;
  RevocationFinding finding;
  finding.source = absl::StrCat(
      crl != nullptr ? "CRL of " : "OCSP of ", TimeTextOfSecond(statement.this_update),
      (crl != nullptr ? crl->origin : ocsp->origin).fetched ? ", fetched" : ", embedded");
  finding.revocation =
      revoked ? ChainElement::Revocation::kRevoked : ChainElement::Revocation::kGood;
  finding.revoked_at = revoked ? statement.revoked_at : std::nullopt;
  finding.key_compromised = revoked && statement.key_compromised;
  Use(crl, ocsp, statement, issuer);
  return finding;
}

}  // namespace enkrat::validation
