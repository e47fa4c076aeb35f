// enkrat.v1.CertificateService over the ledger.
#ifndef ENKRAT_SERVER_CERTIFICATE_SERVICE_H_
#define ENKRAT_SERVER_CERTIFICATE_SERVICE_H_

#include <functional>
#include <memory>
#include <vector>

#include "common/bytes.h"
#include "server/call_gate.h"
#include "server/problem_desk.h"
#include "signer/access_evidence.h"
#include "signer/outside_validation_data.h"
#include "signer/validation_data_source.h"
#include "store/ledger.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

struct ServiceChains {
  std::vector<Bytes> issuing;  // issuing CA first, root last
  // Of the own unit that answers now, root last; empty with an outside TSA.
  std::function<std::vector<Bytes>()> timestamping;
};

struct ValidationDataSources {
  signer::ValidationDataSource* own = nullptr;
  signer::OutsideValidationData* outside = nullptr;  // null without an outside TSA
};

// Gate, ledger, evidence, problems and sources are not owned; all outlive the service.
std::unique_ptr<grpc::Service> MakeCertificateService(CallGate& gate, store::Ledger& ledger,
                                                      signer::AccessEvidence& access,
                                                      ProblemDesk& problems,
                                                      ValidationDataSources validation_data,
                                                      ServiceChains chains);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CERTIFICATE_SERVICE_H_
