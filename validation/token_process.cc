#include "validation/token_process.h"

#include <utility>

#include "common/der.h"
#include "validation/certificate_text.h"
#include "validation/timestamp_process.h"

namespace enkrat::validation {

SignatureReport AsSignature(const std::string& id, TimestampReport timestamp) {
  SignatureReport report;
  report.id = id;
  report.format = "RFC 3161";
  report.conclusion = timestamp.conclusion;
  report.proven_by_timestamp = timestamp.conclusion.passed();
  // What is not believed proves no time.
  if (report.proven_by_timestamp) report.proven_at = timestamp.gen_time;
  if (!timestamp.chain.empty()) {
    const absl::StatusOr<X509Ptr> signer = ParseCertificate(timestamp.chain.front().der);
    if (signer.ok()) report.signer_name = SignerNameOf(signer->get());
  }
  report.timestamps.push_back(std::move(timestamp));
  return report;
}

SignatureReport JudgeToken(const TokenRequest& request, Run& run) {
  return AsSignature(request.id, JudgeTimestamp({.token_der = request.token_der,
                                                 .kind = request.kind,
                                                 .stamped = request.stamped,
                                                 .given = nullptr,
                                                 .known_since = run.now()},
                                                run));
}

}  // namespace enkrat::validation
