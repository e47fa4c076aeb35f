#include "validation/timestamp_process.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/certificate_facts.h"
#include "ades/embedded_validation_data.h"
#include "ades/signer_checks.h"
#include "ades/signing_certificate.h"
#include "common/der.h"
#include "common/time_text.h"
#include "validation/judgement.h"
#include "validation/qualification.h"
#include "validation/timestamp_token.h"

namespace enkrat::validation {
namespace {

// How far a timestamping unit's clock may be ahead of the validator's.
constexpr absl::Duration kFutureTolerance = absl::Minutes(5);

void CheckTime(const TimestampToken& token, absl::Time known_since, Judgement& judgement) {
  const std::string time = TimeTextOfSecond(token.gen_time);
  if (token.gen_time > known_since + kFutureTolerance) {
    judgement.Fail("timestamp", SubIndication::kTimestampOrderFailure,
                   absl::StrCat("The timestamp's time ", time,
                                " is later than the time by which the timestamp existed."));
    return;
  }
  judgement.Pass("timestamp",
                 absl::StrCat("The timestamp says that what it is over existed at ", time, "."));
}

void CheckImprint(const TimestampToken& token, ContentDigests& stamped, Judgement& judgement) {
  constexpr char kName[] = "timestamp-imprint";
  if (!token.imprint_algorithm.has_value()) {
    judgement.Fail(kName, SubIndication::kCryptoConstraintsFailureNoPoe,
                   "The timestamp's digest algorithm is weak or unknown.");
    return;
  }
  const ContentDigests::Candidates& candidates = stamped.Get(*token.imprint_algorithm);
  if (!candidates.ok()) {
    judgement.Fail(kName, SubIndication::kHashFailure,
                   absl::StrCat("What the timestamp is over is not in order: ",
                                candidates.status().message(), "."));
  } else if (candidates->empty()) {
    judgement.Fail(kName, SubIndication::kSignedDataNotFound,
                   "What the timestamp is over is not at hand.");
  } else if (std::find(candidates->begin(), candidates->end(), token.imprint) ==
             candidates->end()) {
    judgement.Fail(kName, SubIndication::kHashFailure, "The timestamp is over something else.");
  } else {
    stamped.Take(token.imprint);
    judgement.Pass(kName, "The timestamp is over these octets.");
  }
}

// All that concerns the token's own signature; the first thing that is wrong.
void CheckSignature(const TimestampToken& token, Judgement& judgement) {
  constexpr char kName[] = "timestamp-signature";
  const ades::SignedMessage& message = token.message;
  const std::optional<DigestAlgorithm> digest = message.digest_algorithm();
  if (!digest.has_value()) {
    judgement.Fail(kName, SubIndication::kCryptoConstraintsFailureNoPoe,
                   "The timestamp is signed with a weak or unknown digest.");
    return;
  }
  const std::pair<SubIndication, ades::Finding> findings[] = {
      {SubIndication::kFormatFailure, ades::CheckSingleSigner(message)},
      {SubIndication::kFormatFailure, ades::CheckContentType(message, NID_id_smime_ct_TSTInfo)},
      {SubIndication::kFormatFailure, ades::CheckAttributesOccurOnce(message)},
      {SubIndication::kHashFailure,
       ades::CheckMessageDigest(message, ComputeDigest(*digest, *message.content()))},
      {message.signer_certificate() == nullptr ? SubIndication::kNoSigningCertificateFound
                                               : SubIndication::kSigCryptoFailure,
       ades::CheckSignatureValue(message)},
  };
  for (const auto& [why, finding] : findings) {
    if (finding.passed) continue;
    judgement.Fail(kName, why, absl::StrCat("Of the timestamp itself: ", finding.detail));
    return;
  }
  judgement.Pass(kName, "The timestamp was made with the key of its certificate.");
}

void CheckNaming(const ades::SignedMessage& message, Judgement& judgement) {
  constexpr char kName[] = "timestamp-certificate";
  switch (ades::NamingOf(message.signer(), message.signer_certificate())) {
    case ades::CertificateNaming::kByStrongDigest:
      judgement.Pass(kName, "The timestamp names its certificate, with its digest.");
      return;
    case ades::CertificateNaming::kBySha1:
      judgement.Warn(kName, "The timestamp names its certificate by SHA-1 only.");
      return;
    case ades::CertificateNaming::kNotAtAll:
      judgement.Fail(kName, SubIndication::kSigConstraintsFailure,
                     "The timestamp does not say which certificate it was made with.");
      return;
    case ades::CertificateNaming::kAnother:
      judgement.Fail(kName, SubIndication::kNoSigningCertificateFound,
                     "The timestamp names another certificate than the one it brings.");
      return;
  }
}

// A unit does not stamp before or after its own time (RFC 3161 4): a token
// that is dated so was dated by somebody else's wish, or by a clock that was astray.
void CheckUnitWasThere(const TimestampToken& token, Judgement& judgement) {
  if (ades::IsValidAt(token.message.signer_certificate(), token.gen_time)) return;
  judgement.Fail("timestamp", SubIndication::kTimestampOrderFailure,
                 "The timestamp's time is outside the validity of its certificate.");
}

void CheckAlgorithm(const ades::SignedMessage& message, Judgement& judgement) {
  constexpr char kName[] = "timestamp-algorithm";
  if (judgement.Require(kName, SubIndication::kCryptoConstraintsFailureNoPoe,
                        ades::CheckSignatureAlgorithm(message, ades::kLegacySecurityBits)) &&
      !ades::CheckSignatureAlgorithm(message).passed) {
    judgement.Warn(kName, "The timestamp's key is weaker than what is used today (128 bits).");
  }
}

void CheckPath(const TimestampToken& token, const TimestampRequest& request, Run& run,
               Judgement& judgement, TimestampReport& report) {
  ValidationData given = ades::EmbeddedValidationData(token.message);
  ValidationDataProofs known;
  known.Add(given, request.known_since);
  if (request.given_known != nullptr) known.Add(*request.given_known);
  if (request.given != nullptr) ades::Merge(given, *request.given);
  const absl::StatusOr<Bytes> certificate = EncodeDer<i2d_X509>(token.message.signer_certificate());
  PathResult path = run.Path(
      certificate.value_or(Bytes{}), PathPurpose::kTimestamping, given,
      {.of_signature = request.known_since, .of_validation_data = run.now(), .of_each = &known});
  judgement.Adopt("timestamp-", path.checks, path.conclusion);
  report.chain = std::move(path.chain);
  report.qualified_by_list =
      path.conclusion.passed() &&
      IsQualifiedTimestampChain(report.chain,
                                {.gen_time = token.gen_time, .proven_at = request.known_since},
                                run.trust());
}

}  // namespace

TimestampReport JudgeTimestamp(const TimestampRequest& request, Run& run) {
  TimestampReport report;
  report.kind = request.kind;
  Judgement judgement;
  const absl::StatusOr<TimestampToken> token = OpenTimestampToken(request.token_der);
  if (!token.ok()) {
    judgement.Fail("timestamp", SubIndication::kFormatFailure,
                   "The timestamp is not an RFC 3161 token that can be understood.");
  } else {
    report.gen_time = token->gen_time;
    report.serial_number = token->serial_number;
    report.policy_oid = token->policy_oid;
    report.qualified_claim = token->qualified_claim;
    CheckTime(*token, request.known_since, judgement);
    CheckImprint(*token, *request.stamped, judgement);
    CheckSignature(*token, judgement);
    if (token->message.signer_certificate() != nullptr) {
      CheckNaming(token->message, judgement);
      CheckUnitWasThere(*token, judgement);
      CheckAlgorithm(token->message, judgement);
      CheckPath(*token, request, run, judgement, report);
    }
  }
  report.conclusion = judgement.conclusion();
  report.checks = std::move(judgement).TakeChecks();
  return report;
}

}  // namespace enkrat::validation
