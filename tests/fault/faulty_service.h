// The real service in a scratch folder, made to be hurt: its requests need no identity provider,
// its token is counted, its ledger audited, its metrics read.
#ifndef ENKRAT_TESTS_FAULT_FAULTY_SERVICE_H_
#define ENKRAT_TESTS_FAULT_FAULTY_SERVICE_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/http_fetcher.h"
#include "hsm/module.h"
#include "tests/fault/ledger_audit.h"
#include "tests/fault/request_maker.h"
#include "tests/fault/signing_client.h"
#include "tests/support/service_environment.h"

namespace enkrat::testing {

inline constexpr char kRelyingParty[] = "demo";

// One in a process (SOFTHSM2_CONF). Not thread-safe, but for requests().
class FaultyService {
 public:
  struct Options {
    ServiceSettings settings = {};  // on top of RequestMaker's
    bool fault_module = false;      // put libenkrat_fault_pkcs11.so before SoftHSM; see Plan
  };
  explicit FaultyService(Options options);
  FaultyService() : FaultyService(Options{}) {}
  ~FaultyService();

  ServiceEnvironment& environment() { return *environment_; }
  const RequestMaker& requests() const { return requests_; }
  absl::Status Start() { return environment_->Start(); }
  SigningClient Connect() const { return SigningClient(environment_->grpc_target()); }
  LedgerAudit Audit() const;

  // What the HSM does from now on: the lines of tests/fault/pkcs11_fault_module.cc.
  void Plan(const std::string& lines) const;

  // Names of the files that are the token's objects.
  std::set<std::string> TokenFiles() const;
  // Every object that a login sees: "private key issuing-ca 0a1b token".
  std::vector<std::string> TokenObjects();
  // kNotFound if the metric is not there.
  absl::StatusOr<double> Metric(const std::string& name) const;
  // Asks again and again until the metric is `value`. False: not within the timeout.
  bool WaitForMetric(const std::string& name, double value,
                     absl::Duration timeout = absl::Seconds(20)) const;

 private:
  std::unique_ptr<ServiceEnvironment> environment_;
  RequestMaker requests_;
  std::unique_ptr<HttpFetcher> http_;
  std::unique_ptr<hsm::Module> module_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_FAULTY_SERVICE_H_
