// What the service shows to the world: the gRPC and HTTP listeners, the threads behind them, and
// the tasks that watch over them.
#ifndef ENKRAT_SERVER_FRONT_H_
#define ENKRAT_SERVER_FRONT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/thread_pool.h"
#include "hsm/session_pool.h"
#include "server/call_gate.h"
#include "server/call_rates.h"
#include "server/caller_identity.h"
#include "server/core.h"
#include "server/health_probe.h"
#include "server/http_endpoints.h"
#include "server/http_server.h"
#include "server/metrics.h"
#include "server/open_calls.h"
#include "server/peer_rates.h"
#include "server/periodic_task.h"
#include "server/problem_desk.h"
#include "server/relying_party_reload.h"
#include "server/response_budget.h"
#include "server/settings.h"
#include "server/timestamp_queries.h"
#include "server/validation_core.h"
#include "server/watchdog.h"
#include "signer/access_evidence.h"
#include "signer/in_flight_limit.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace enkrat::server {

// Not thread-safe: one thread starts and stops it.
class Front {
 public:
  struct Options {
    const Config* config = nullptr;  // of LoadSettings; not owned
    Core* core = nullptr;            // not owned
    Metrics* metrics = nullptr;      // not owned
    const Clock* clock = nullptr;    // not owned
    Logger* logger = nullptr;        // not owned
    // Called once, on a thread of the front, when its gRPC listener has gone deaf.
    std::function<void()> deaf = {};
  };

  explicit Front(Options options);
  ~Front();  // stops at once what Stop has not stopped

  // Listens, starts the tasks, and writes the port file. kConfigurationInvalid, naming the field.
  absl::Status Start();
  // Says NOT_SERVING, lets running calls finish within `patience`, cancels the rest.
  void Stop(absl::Duration patience);

  // Reads the relying parties' folder now. Thread-safe between Start and Stop.
  void ReloadRelyingParties() { reload_->Read(); }

  uint16_t grpc_port() const { return static_cast<uint16_t>(grpc_port_); }
  uint16_t http_port() const { return http_ == nullptr ? 0 : http_->port(); }

 private:
  absl::Status OpenCallers();
  void MakeGates();
  void AddGauges();
  void AddLedgerGauges();
  absl::Status CheckLedger() ABSL_LOCKS_EXCLUDED(ledger_mutex_);
  absl::Status OpenValidation();
  absl::Status StartGrpc();
  absl::Status StartHttp();
  absl::StatusOr<Bytes> AnswerHttpTimestamp(ByteSpan request_der);
  absl::StatusOr<signer::OcspResponder::Reply> AnswerOcsp(ByteSpan request_der);
  void StartTasks();
  // OK if HSM and ledger would serve a call now, with certificates that may be used.
  absl::Status Health() const;
  void UpdateHealth();
  void SetHealthy(bool healthy);

  const Options options_;
  const config::v1::ServerConfig& server_;
  Core& core_;
  Metrics& metrics_;
  std::unique_ptr<CallerDirectory> callers_;
  CallRates rates_;
  std::unique_ptr<RelyingPartyReload> reload_;
  signer::AccessEvidence access_;
  std::unique_ptr<ProblemDesk> problems_;
  signer::InFlightLimit signing_limit_;
  signer::InFlightLimit timestamp_limit_;
  PeerRates peer_rates_;
  signer::InFlightLimit validation_limit_;
  ResponseBudget responses_;
  ResponseBudget spooled_;  // documents on the disk
  OpenCalls calls_;
  std::unique_ptr<CallGate> signing_gate_;
  std::unique_ptr<CallGate> timestamp_gate_;
  std::unique_ptr<CallGate> validation_gate_;
  std::unique_ptr<ValidationCore> validation_;
  std::unique_ptr<grpc::Service> signing_service_;
  std::unique_ptr<grpc::Service> certificate_service_;
  std::unique_ptr<grpc::Service> timestamp_service_;
  std::unique_ptr<grpc::Service> validation_service_;
  std::unique_ptr<grpc::Service> activation_service_;  // null unless enabled
  std::unique_ptr<TimestampQueries> queries_;          // null with an outside TSA
  std::unique_ptr<HttpEndpoints> endpoints_;
  ThreadPool session_pool_;
  ThreadPool timestamp_pool_;
  ThreadPool validation_pool_;  // of its own: strangers' documents hold up no signature
  std::unique_ptr<grpc::Server> grpc_;
  std::string grpc_host_;
  int grpc_port_ = 0;
  std::unique_ptr<HttpServer> http_;
  Mutex ledger_mutex_;
  store::LedgerStatistics ledger_statistics_ ABSL_GUARDED_BY(ledger_mutex_);
  HealthProbe hsm_probe_;
  HealthProbe ledger_probe_;
  std::atomic<bool> healthy_ = false;
  std::unique_ptr<PeriodicTask> hsm_task_;
  std::unique_ptr<PeriodicTask> ledger_task_;
  std::unique_ptr<PeriodicTask> delivery_task_;
  std::unique_ptr<PeriodicTask> health_task_;
  std::unique_ptr<PeriodicTask> expiry_task_;
  std::unique_ptr<PeriodicTask> reload_task_;  // null without a relying_parties_folder
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_FRONT_H_
