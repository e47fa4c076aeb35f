// enkrat.v1.CertificateService over the ledger.
#ifndef ENKRAT_SERVER_CERTIFICATE_SERVICE_H_
#define ENKRAT_SERVER_CERTIFICATE_SERVICE_H_

#include <memory>
#include <vector>

#include "common/bytes.h"
#include "server/call_gate.h"
#include "server/problem_desk.h"
#include "signer/access_evidence.h"
#include "store/ledger.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

struct ServiceChains {
  std::vector<Bytes> issuing;       // issuing CA first, root last
  std::vector<Bytes> timestamping;  // own unit first, root last; empty with an outside TSA
};

// Gate, ledger, evidence and problems are not owned; all outlive the service.
std::unique_ptr<grpc::Service> MakeCertificateService(CallGate& gate, store::Ledger& ledger,
                                                      signer::AccessEvidence& access,
                                                      ProblemDesk& problems, ServiceChains chains);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CERTIFICATE_SERVICE_H_
