#include "validation/certificate_path.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/der.h"
#include "common/time_text.h"
#include "validation/certificate_reading.h"
#include "validation/certificate_text.h"
#include "validation/path_building.h"
#include "validation/path_rules.h"
#include "validation/revocation_check.h"

namespace enkrat::validation {
namespace {

using Revocation = ChainElement::Revocation;

Conclusion Indeterminate(SubIndication sub_indication) {
  return {.indication = Indication::kIndeterminate, .sub_indication = sub_indication};
}

// Of several paths that all fail, the one that came farthest is reported.
int Progress(const Conclusion& conclusion) {
  switch (conclusion.sub_indication) {
    case SubIndication::kNone:
      return 10;
    case SubIndication::kRevoked:
    case SubIndication::kRevokedNoPoe:
      return 9;
    case SubIndication::kNotYetValid:
      return 8;
    case SubIndication::kOutOfBoundsNotRevoked:
      return 7;
    case SubIndication::kTryLater:
      return 6;
    case SubIndication::kRevocationOutOfBoundsNoPoe:
      return 5;
    case SubIndication::kOutOfBoundsNoPoe:
      return 4;
    case SubIndication::kRevokedCaNoPoe:
      return 3;
    case SubIndication::kCryptoConstraintsFailureNoPoe:
      return 2;
    case SubIndication::kChainConstraintsFailure:
      return 1;
    default:
      return 0;
  }
}

// EN 319 412-1 5.2: shorter than it may take to revoke, which is 24 h at most (EN 319 411-1
// REV-6.2.4-03A, Regulation (EU) 910/2014 article 24(3)).
bool IsShortTerm(X509* certificate) {
  const Validity validity = ValidityOf(certificate);
  return validity.not_after - validity.not_before <= absl::Hours(24);
}

// Why no revocation data is needed; empty: it is.
std::string Excuse(X509* certificate, PathPurpose purpose) {
  if (IsCa(certificate)) return "";
  if (HasExtension(certificate, kValassuredStCerts) && IsShortTerm(certificate)) {
    return "valassured-ST-certs";
  }
  if (HasExtension(certificate, kNoRevAvail)) return "noRevAvail";
  if (purpose == PathPurpose::kOcspSigning && HasExtension(certificate, kOcspNoCheck)) {
    return "ocsp-nocheck";
  }
  return "";
}

// One path under judgement.
class PathJudgement {
 public:
  PathJudgement(const PathRequest& request, const TrustStore& trust, const CertificatePath& path,
                RevocationCheck& revocation)
      : request_(request), trust_(trust), path_(path), revocation_(revocation) {}

  PathResult Judge() {
    for (X509* certificate : path_) result_.chain.push_back(Describe(certificate));
    result_.chain.back().trust_anchor = true;
    result_.conclusion = Conclude();
    return std::move(result_);
  }

 private:
  Conclusion Conclude() {
    const absl::Time at = request_.poe.of_signature;
    if (const auto verdict = CheckAnchor(path_, trust_, at, result_.checks); !verdict.passed()) {
      result_.chain.back().trust_anchor = false;
      return verdict;
    }
    if (const auto verdict = CheckConstraints(path_, result_.checks); !verdict.passed()) {
      return verdict;
    }
    if (const auto verdict = CheckPurpose(path_.front(), request_.purpose, result_.checks);
        !verdict.passed()) {
      return verdict;
    }
    if (const auto verdict = CheckAlgorithms(path_, at, result_.checks); !verdict.passed()) {
      return verdict;
    }
    const Conclusion validity = CheckValidity(path_, at, result_.checks);
    if (validity.sub_indication == SubIndication::kNotYetValid) return validity;
    const Conclusion revocation = CheckRevocation();
    if (validity.passed()) return revocation;
    const bool revoked = revocation.sub_indication == SubIndication::kRevoked ||
                         revocation.sub_indication == SubIndication::kRevokedNoPoe ||
                         revocation.sub_indication == SubIndication::kRevokedCaNoPoe;
    if (revoked) return revocation;
    // EN 319 102-1 5.2.6.4: expired, but known not to have been revoked until then.
    const bool itself = !ValidityOf(path_.front()).Holds(at);
    const bool known = result_.chain.front().revocation != Revocation::kUnknown;
    return itself && known && revocation.passed()
               ? Indeterminate(SubIndication::kOutOfBoundsNotRevoked)
               : validity;
  }

  // From the anchor down: an issuer must be good before what it says about others counts.
  Conclusion CheckRevocation() {
    result_.chain.back().revocation = Revocation::kNotNeeded;
    result_.chain.back().revocation_source = "trust anchor";
    for (size_t i = path_.size() - 1; i-- > 0;) {
      const Conclusion verdict = CheckRevocationOf(i);
      if (!verdict.passed()) return verdict;
    }
    return {.indication = Indication::kTotalPassed};
  }

  Conclusion CheckRevocationOf(size_t i) {
    ChainElement& element = result_.chain[i];
    if (i == 0) {
      element.revocation_source = Excuse(path_[0], request_.purpose);
      if (!element.revocation_source.empty()) {
        element.revocation = Revocation::kNotNeeded;
        return Tell(i, Check::Result::kPassed,
                    absl::StrCat("no revocation data is needed: ", element.revocation_source));
      }
    }
    const RevocationFinding finding = revocation_.Of(path_[i], path_[i + 1]);
    element.revocation = finding.revocation;
    element.revocation_source = finding.source;
    element.revoked_at = finding.revoked_at;
    switch (finding.revocation) {
      case Revocation::kNotNeeded:
      case Revocation::kGood:
        return Tell(i, Check::Result::kPassed, absl::StrCat("not revoked: ", finding.source));
      case Revocation::kRevoked:
        return ConcludeRevoked(i, finding);
      case Revocation::kUnknown:
        break;
    }
    const bool may_be_unknown = request_.rule == RevocationRule::kSigningCertificate &&
                                (i > 0 || request_.purpose != PathPurpose::kSigning);
    if (may_be_unknown) return Tell(i, Check::Result::kWarning, finding.why_unknown);
    Tell(i, Check::Result::kFailed, finding.why_unknown);
    return Indeterminate(finding.lacking);
  }

  Conclusion ConcludeRevoked(size_t i, const RevocationFinding& finding) {
    const absl::Time at = *finding.revoked_at;
    const std::string when =
        absl::StrCat("revoked at ", TimeTextOfSecond(at), ": ", finding.source);
    // A CA whose key others may have can have issued anything, dated as they please.
    const bool compromised_ca = IsCa(path_[i]) && finding.key_compromised;
    if (at > request_.poe.of_signature && !compromised_ca) {
      return Tell(i, Check::Result::kPassed, absl::StrCat("good at the time, later ", when));
    }
    Tell(i, Check::Result::kFailed, when);
    if (i > 0) return Indeterminate(SubIndication::kRevokedCaNoPoe);
    // Revoked before it was valid: no signature with it can be older than its revocation.
    if (at <= ValidityOf(path_[0]).not_before) {
      return {.indication = Indication::kTotalFailed, .sub_indication = SubIndication::kRevoked};
    }
    return Indeterminate(SubIndication::kRevokedNoPoe);
  }

  Conclusion Tell(size_t i, Check::Result check_result, std::string detail) {
    result_.checks.push_back(
        {.name = "revocation",
         .result = check_result,
         .detail = absl::StrCat("certificate ", i, " (", SignerNameOf(path_[i]), "): ", detail)});
    return {.indication = Indication::kTotalPassed};
  }

  const PathRequest& request_;
  const TrustStore& trust_;
  const CertificatePath& path_;
  RevocationCheck& revocation_;
  PathResult result_;
};

PathResult Failed(SubIndication sub_indication, std::string detail) {
  PathResult result;
  result.conclusion = Indeterminate(sub_indication);
  result.checks.push_back(
      {.name = "path", .result = Check::Result::kFailed, .detail = std::move(detail)});
  return result;
}

PathResult NoPath(const PathBuilder& builder, bool out_of_time) {
  PathResult result =
      out_of_time ? Failed(SubIndication::kTryLater, "the time for the validation is over")
                  : Failed(SubIndication::kNoCertificateChainFound,
                           builder.cut_short()
                               ? "no path to a trust anchor was found within the bounds of a search"
                               : "no path leads to a trust anchor");
  for (X509* certificate : builder.longest()) result.chain.push_back(Describe(certificate));
  return result;
}

void AddUsed(const CertificatePath& path, const ValidationData& revocation, ValidationData& used) {
  used = revocation;
  for (X509* certificate : path) {
    Bytes der = CertificateDer(certificate);
    if (std::find(used.certificates_der.begin(), used.certificates_der.end(), der) ==
        used.certificates_der.end()) {
      used.certificates_der.push_back(std::move(der));
    }
  }
}

}  // namespace

PathResult ValidatePath(const PathRequest& given_request, const TrustStore& trust,
                        RevocationFetcher* fetcher) {
  PathRequest request = given_request;
  request.poe.of_signature = std::min(request.poe.of_signature, request.now);
  request.poe.of_validation_data = std::min(request.poe.of_validation_data, request.now);
  const auto certificate = ParseCertificate(request.certificate_der);
  if (!certificate.ok()) {
    return Failed(SubIndication::kCertificateChainGeneralFailure, "the certificate is damaged");
  }
  PathBuilder builder({.trust = &trust,
                       .given_der = request.given ? &request.given->certificates_der : nullptr,
                       .fetcher = fetcher,
                       .stop_at = request.stop_at});
  RevocationCheck revocation(request, builder.given(), fetcher);
  std::optional<PathResult> best;
  builder.ForEachPath(certificate->get(), [&](const CertificatePath& path) {
    PathResult result = PathJudgement(request, trust, path, revocation).Judge();
    if (!best || Progress(result.conclusion) > Progress(best->conclusion)) {
      best = std::move(result);
      AddUsed(path, revocation.used(), best->used);
    }
    return !best->conclusion.passed() && absl::Now() < request.stop_at;
  });
  if (!best) return NoPath(builder, absl::Now() >= request.stop_at);
  return *std::move(best);
}

}  // namespace enkrat::validation
