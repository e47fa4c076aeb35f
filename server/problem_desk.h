// ReportProblem, GetProblem and ListProblems of CertificateService (EN 319 411-1 REV-6.3.9-17 to
// -19: problems can be reported, are looked at, and the reports are kept).
#ifndef ENKRAT_SERVER_PROBLEM_DESK_H_
#define ENKRAT_SERVER_PROBLEM_DESK_H_

#include <string>

#include "absl/status/status.h"
#include "common/clock.h"
#include "common/log.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "signer/access_evidence.h"
#include "signer/relying_party.h"
#include "store/ledger.h"
#include "store/problem_reports.h"

namespace enkrat::server {

// Thread-safe. What a relying party says is checked before anything is written.
class ProblemDesk {
 public:
  // Nothing is owned.
  struct Options {
    store::Ledger* ledger = nullptr;
    store::ProblemReports* reports = nullptr;
    signer::AccessEvidence* access = nullptr;
    store::ProblemLimits limits = {};
    Logger* logger = nullptr;
    const Clock* clock = nullptr;
  };
  explicit ProblemDesk(Options options) : options_(std::move(options)) {}

  // All block on the disk. kRequestMalformed or kLimitExceeded with the field; kNotFound; what is
  // another's is kNotPermitted, with evidence; kPersonalDataErased; kRateLimited with a retry
  // delay; kStoreUnavailable.
  absl::Status Report(const signer::RelyingParty& caller, const v1::ReportProblemRequest& request,
                      v1::ReportProblemResponse* response);
  absl::Status Get(const signer::RelyingParty& caller, const v1::GetProblemRequest& request,
                   v1::GetProblemResponse* response);
  absl::Status List(const signer::RelyingParty& caller, const v1::ListProblemsRequest& request,
                    v1::ListProblemsResponse* response);

 private:
  const Options options_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_PROBLEM_DESK_H_
