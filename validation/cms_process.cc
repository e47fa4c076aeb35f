#include "validation/cms_process.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/judgement.h"
#include "validation/signature_process.h"
#include "validation/timestamp_token.h"
#include "validation/token_process.h"

namespace enkrat::validation {
namespace {

std::string IdOf(const CmsRequest& request, int signer) {
  if (request.alone) return absl::StrCat(request.name, " ", signer + 1);
  return signer == 0 ? request.name : absl::StrCat(request.name, " #", signer + 1);
}

std::string CoverOf(bool encapsulated, bool alone) {
  if (encapsulated) return "the content inside the signature";
  return alone ? "the detached content" : "";
}

// The content inside; if there is a detached one as well, the two have to be the same.
ContentDigests InsideAndDetached(ByteSpan inside, ContentDigests* detached) {
  return ContentDigests(
      [inside, detached](DigestAlgorithm algorithm) -> ContentDigests::Candidates {
        const Bytes digest = ComputeDigest(algorithm, inside);
        const ContentDigests::Candidates& given = detached->Get(algorithm);
        if (!given.ok()) return given.status();
        if (!detached->given()) return std::vector<Bytes>{digest};
        // Digests by another algorithm alone: it cannot be said whether they are the same.
        if (given->empty()) return std::vector<Bytes>();
        const bool same = std::find(given->begin(), given->end(), digest) != given->end();
        return std::vector<Bytes>{same ? digest : Bytes{}};  // no digest is empty
      });
}

}  // namespace

SignatureReport NotLookedAt(const std::string& id) {
  Judgement judgement;
  judgement.Fail("time-limit", SubIndication::kTryLater,
                 "The validation had to end before it came to this signature.");
  SignatureReport report;
  report.id = id;
  report.conclusion = judgement.conclusion();
  report.checks = std::move(judgement).TakeChecks();
  return report;
}

absl::StatusOr<std::vector<SignatureReport>> JudgeCms(const CmsRequest& request, Run& run) {
  if (request.cms_der.size() > run.limits().max_signature_octets) {
    return MakeError(Reason::kLimitExceeded, "a signature that is too long");
  }
  ENKRAT_ASSIGN_OR_RETURN(ades::SignedMessage message, ades::SignedMessage::Parse(request.cms_der));
  std::vector<SignatureReport> reports;
  if (IsTimestampToken(message)) {
    // Anybody can get a timestamp: it is no signature where one has to be.
    if (!request.alone) {
      return MakeError(Reason::kRequestMalformed, "a timestamp in place of a signature");
    }
    reports.push_back(JudgeToken({.id = IdOf(request, 0),
                                  .token_der = request.cms_der,
                                  .kind = TimestampReport::Kind::kAlone,
                                  .stamped = request.detached},
                                 run));
    return reports;
  }
  const bool encapsulated = message.content().has_value();
  ContentDigests inside =
      InsideAndDetached(message.content().value_or(ByteSpan()), request.detached);
  for (int i = 0; i < message.signer_count(); ++i) {
    message.SelectSigner(i);
    if (run.OutOfTime()) {
      reports.push_back(NotLookedAt(IdOf(request, i)));
      continue;
    }
    reports.push_back(
        JudgeSignature({.id = IdOf(request, i),
                        .carrier = SignatureCarrier::kCms,
                        .message = &message,
                        .cms_der = request.cms_der,
                        .content = encapsulated ? &inside : request.detached,
                        .document_data = nullptr,
                        .claimed_time = std::nullopt,
                        .poe = {.of_signature = run.now(), .of_validation_data = run.now()},
                        .document_timestamps = {},
                        .judgement = {}},
                       run));
    if (encapsulated) request.detached->TakeFrom(inside);
    reports.back().covers = CoverOf(encapsulated, request.alone);
  }
  return reports;
}

}  // namespace enkrat::validation
