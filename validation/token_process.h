// Judges an RFC 3161 token that came alone (EN 319 102-1 5.4).
#ifndef ENKRAT_VALIDATION_TOKEN_PROCESS_H_
#define ENKRAT_VALIDATION_TOKEN_PROCESS_H_

#include <string>

#include "validation/content_digests.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

struct TokenRequest {
  std::string id;
  ByteSpan token_der;
  TimestampReport::Kind kind = TimestampReport::Kind::kAlone;
  ContentDigests* stamped = nullptr;  // not owned
};

// As a signature of format "RFC 3161", with one timestamp whose conclusion is its own.
SignatureReport JudgeToken(const TokenRequest& request, Run& run);
// The same of a timestamp that was judged already.
SignatureReport AsSignature(const std::string& id, TimestampReport timestamp);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_TOKEN_PROCESS_H_
