#include "server/front.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/loopback.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/activation_service.h"
#include "server/certificate_service.h"
#include "server/document_spool.h"
#include "server/grpc_listening.h"
#include "server/hsm_gauges.h"
#include "server/reflection.h"
#include "server/signing_service.h"
#include "server/timestamp_service.h"
#include "server/validation_service.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kHealthInterval = absl::Seconds(5);
constexpr absl::Duration kVerdictInterval = absl::Seconds(1);
constexpr absl::Duration kExpiryInterval = absl::Minutes(5);
constexpr absl::Duration kHttpTimestampTime = absl::Seconds(10);
constexpr absl::Duration kOcspTime = absl::Seconds(5);
constexpr absl::Duration kDeliveryInterval = absl::Seconds(1);
constexpr absl::Duration kReloadInterval = absl::Seconds(1);
constexpr char kHttpCallers[] = "";  // together; no relying party has this id

// Whoever waits for the file finds it whole.
absl::Status WritePortFile(const std::string& path, int grpc_port, int http_port) {
  if (path.empty()) return absl::OkStatus();
  const std::string text = absl::StrCat("{\"grpc\": ", grpc_port, ", \"http\": ", http_port, "}\n");
  return WriteFile(path, AsSpan(text), {.overwrite = true}).status();
}

// Connecting to a wildcard address means connecting to oneself.
std::string SelfAddress(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

}  // namespace

Front::Front(Options options)
    : options_(std::move(options)),
      server_(options_.config->server()),
      core_(*options_.core),
      metrics_(*options_.metrics),
      rates_(*options_.clock),
      access_(core_.ledger(), *options_.clock, options_.logger),
      signing_limit_(server_.max_in_flight()),
      timestamp_limit_(server_.max_timestamps_in_flight()),
      peer_rates_({.per_second = options_.config->timestamping().own().http_requests_per_second(),
                   .clock = options_.clock}),
      validation_limit_(options_.config->validation().max_in_flight()),
      responses_(ResponseBudget::Options{}),
      spooled_({.total = size_t{server_.max_spooled_mb()} << 20,
                .for_each = size_t{server_.max_spooled_mb()} << 19}),
      calls_({.clock = options_.clock}),
      session_pool_({.threads = server_.session_threads(), .queue_limit = server_.max_in_flight()}),
      timestamp_pool_({.threads = 2 * options_.config->hsm().sessions(),
                       .queue_limit = server_.max_timestamps_in_flight()}),
      validation_pool_({.threads = options_.config->validation().max_in_flight(),
                        .queue_limit = options_.config->validation().max_in_flight()}),
      hsm_probe_(
          {.check = [this] { return core_.CheckHsm(options_.clock->Now() + kHealthInterval); },
           .interval = kHealthInterval,
           .clock = options_.clock}),
      ledger_probe_({.check = [this] { return CheckLedger(); },
                     .interval = kHealthInterval,
                     .clock = options_.clock}) {}

Front::~Front() { Stop(absl::ZeroDuration()); }

absl::Status Front::Start() {
  ENKRAT_RETURN_IF_ERROR(OpenCallers());
  MakeGates();
  AddGauges();
  if (core_.own_timestamper() != nullptr) {
    queries_ =
        std::make_unique<TimestampQueries>(*core_.own_timestamper(), metrics_, *options_.logger);
  }
  ENKRAT_RETURN_IF_ERROR(OpenValidation());
  ENKRAT_RETURN_IF_ERROR(StartGrpc());
  ENKRAT_RETURN_IF_ERROR(StartHttp());
  StartTasks();
  return WritePortFile(server_.port_file(), grpc_port_, http_->port());
}

void Front::Stop(absl::Duration patience) {
  if (grpc_ == nullptr) return;
  health_task_.reset();  // first: nothing may say SERVING again
  SetHealthy(false);
  watchdog_.reset();
  expiry_task_.reset();
  reload_task_.reset();
  const PeriodicTask give_up(patience, [this] {
    calls_.StopWork();
    return false;
  });
  grpc_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(patience));
  grpc_->Wait();
  delivery_task_.reset();
  hsm_task_.reset();
  ledger_task_.reset();
  grpc_.reset();
  http_.reset();
}

absl::Status Front::OpenCallers() {
  const std::string& folder = options_.config->relying_parties_folder();
  std::vector<FileFacts> seen;
  if (!folder.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(seen, LookAtRelyingPartyFolder(folder));
    ENKRAT_RETURN_IF_ERROR(ReadRelyingPartyFolder(folder, FolderOwner::kMyself).status());
  }
  ENKRAT_ASSIGN_OR_RETURN(callers_, CallersFrom(*options_.config));
  reload_ =
      std::make_unique<RelyingPartyReload>(RelyingPartyReload::Options{.config = options_.config,
                                                                       .callers = callers_.get(),
                                                                       .rates = &rates_,
                                                                       .logger = options_.logger},
                                           std::move(seen));
  return absl::OkStatus();
}

void Front::MakeGates() {
  CallGate::Options gate = {.callers = callers_.get(),
                            .rates = &rates_,
                            .limit = &signing_limit_,
                            .responses = &responses_,
                            .calls = &calls_,
                            .pool = &session_pool_,
                            .metrics = &metrics_,
                            .logger = options_.logger,
                            .clock = options_.clock,
                            .default_deadline = DurationFrom(server_.default_deadline())};
  signing_gate_ = std::make_unique<CallGate>(gate);
  gate.limit = &timestamp_limit_;
  gate.pool = &timestamp_pool_;
  timestamp_gate_ = std::make_unique<CallGate>(gate);
  gate.limit = &validation_limit_;
  gate.pool = &validation_pool_;
  gate.most_of_one = std::max(2U, options_.config->validation().max_in_flight()) - 1;
  validation_gate_ = std::make_unique<CallGate>(gate);
}

void Front::AddGauges() {
  metrics_.AddGauge("enkrat_calls_in_flight", "Signing and certificate calls in the house.",
                    [this] { return static_cast<double>(signing_limit_.inside()); });
  metrics_.AddGauge("enkrat_response_octets", "Octets of answers made or promised, not delivered.",
                    [this] { return static_cast<double>(responses_.reserved()); });
  AddHsmGauges(core_.hsm(), metrics_);
  metrics_.AddGauge("enkrat_session_jobs_waiting", "Calls that wait for a thread.",
                    [this] { return static_cast<double>(session_pool_.waiting()); });
  metrics_.AddGauge("enkrat_timestamp_jobs_waiting", "Timestamp requests that wait for a thread.",
                    [this] { return static_cast<double>(timestamp_pool_.waiting()); });
  AddLedgerGauges();
  metrics_.AddGauge("enkrat_relying_parties_reload_failed",
                    "1 while the relying parties' folder is not as the service knows it.",
                    [this] { return reload_->failed() ? 1.0 : 0.0; });
  metrics_.AddGauge("enkrat_serving", "1 while the service says SERVING.",
                    [this] { return healthy_ ? 1.0 : 0.0; });
}

// Of the last check: whoever reads the figures does not wait for the disk.
void Front::AddLedgerGauges() {
  const auto add = [this](const std::string& name, const std::string& help,
                          uint64_t store::LedgerStatistics::*figure) {
    metrics_.AddGauge(name, help, [this, figure] {
      MutexLock lock(ledger_mutex_);
      return static_cast<double>(ledger_statistics_.*figure);
    });
  };
  using Statistics = store::LedgerStatistics;
  add("enkrat_ledger_sessions_completed", "Sessions in the ledger that ended well.",
      &Statistics::sessions_completed);
  add("enkrat_ledger_sessions_failed", "Sessions in the ledger that failed.",
      &Statistics::sessions_failed);
  add("enkrat_ledger_sessions_abandoned", "Sessions in the ledger that were cut off.",
      &Statistics::sessions_abandoned);
  add("enkrat_ledger_sessions_open", "Sessions in the ledger that run.",
      &Statistics::sessions_open);
  add("enkrat_ledger_writes", "Writes that are on disk.", &Statistics::writes);
  add("enkrat_ledger_commits", "Commits that put them there.", &Statistics::commits);
  add("enkrat_ledger_writes_waiting", "Writes that wait for the disk.",
      &Statistics::writes_waiting);
}

absl::Status Front::CheckLedger() {
  if (const auto statistics = core_.ledger().Statistics(); statistics.ok()) {
    MutexLock lock(ledger_mutex_);
    ledger_statistics_ = *statistics;
  }
  return core_.CheckLedger();
}

// Our own signatures are good by our own roots.
absl::Status Front::OpenValidation() {
  std::vector<Bytes> roots = {core_.issuing_chain().back()};
  if (core_.own_timestamper() != nullptr) {
    roots.push_back(core_.timestamping_chain().back());
  } else {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> outside,
                            ChainFrom(options_.config->timestamping().outside().trust_file()));
    roots.insert(roots.end(), outside.begin(), outside.end());
  }
  ENKRAT_ASSIGN_OR_RETURN(
      validation_,
      ValidationCore::Create({.config = options_.config,
                              .own_roots_der = std::move(roots),
                              .own = &core_.revocation().validation_data(),
                              .own_crls = [this] { return core_.revocation().CrlsDer(); },
                              .http = &core_.http(),
                              .clock = options_.clock,
                              .logger = options_.logger}));
  const uint64_t most_octets = uint64_t{options_.config->validation().max_document_mb()} << 20;
  validation_service_ = MakeValidationService({.gate = validation_gate_.get(),
                                               .core = validation_.get(),
                                               .spooled = &spooled_,
                                               .spool_folder = server_.spool_folder(),
                                               .most_octets = most_octets});
  return absl::OkStatus();
}

absl::Status Front::StartGrpc() {
  ENKRAT_RETURN_IF_ERROR(DocumentSpool::CheckFolder(server_.spool_folder()));
  ENKRAT_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(server_.grpc_listen()));
  ENKRAT_ASSIGN_OR_RETURN(const auto credentials, CredentialsFrom(server_));
  const uint64_t most_pdf_octets = uint64_t{options_.config->pdf().max_document_mb()} << 20;
  signing_service_ = MakeSigningService(*signing_gate_, core_.workflow(), access_,
                                        {.gate = signing_gate_.get(),
                                         .workflow = &core_.workflow(),
                                         .spooled = &spooled_,
                                         .spool_folder = server_.spool_folder(),
                                         .most_octets = most_pdf_octets,
                                         .font_file = options_.config->pdf().font_file(),
                                         .contents_octets = [this] { return core_.CmsOctets(); }},
                                        [this] { return core_.OutsideStatusOctets(); });
  problems_ =
      std::make_unique<ProblemDesk>(ProblemDesk::Options{.ledger = &core_.ledger(),
                                                         .reports = &core_.problem_reports(),
                                                         .access = &access_,
                                                         .logger = options_.logger,
                                                         .clock = options_.clock});
  certificate_service_ = MakeCertificateService(
      *signing_gate_, core_.ledger(), access_, *problems_,
      {.own = &core_.revocation().validation_data(), .outside = core_.outside_validation_data()},
      {.issuing = core_.issuing_chain(),
       .timestamping = [this] { return core_.timestamping_chain(); }});
  timestamp_service_ = MakeTimestampService(*timestamp_gate_, core_.timestamper(), queries_.get());
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetReflection(builder, server_.reflection());
  SetLimits(builder, server_.memory_limit_mb());
  builder.AddListeningPort(GrpcAddress(address), credentials, &grpc_port_);
  builder.RegisterService(signing_service_.get());
  builder.RegisterService(certificate_service_.get());
  builder.RegisterService(timestamp_service_.get());
  builder.RegisterService(validation_service_.get());
  if (ActivationCore* pins = core_.activation(); pins != nullptr) {
    activation_service_ = MakeActivationService(*signing_gate_, pins->activation());
    builder.RegisterService(activation_service_.get());
  }
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || grpc_port_ == 0) {
    const std::string why = WhyNotListen(address);
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("server.grpc_listen: cannot listen on ", server_.grpc_listen(),
                                  ": ", why.empty() ? "the TLS files do not fit" : why));
  }
  grpc_host_ = SelfAddress(address.host);
  return absl::OkStatus();
}

absl::Status Front::StartHttp() {
  ENKRAT_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(server_.http_listen()));
  HttpEndpoints::Parts parts;
  if (queries_ != nullptr) {
    parts.timestamp = [this](ByteSpan request) { return AnswerHttpTimestamp(request); };
    parts.unit_certificate = [this] { return core_.timestamping_chain().front(); };
  }
  parts.ocsp = [this](ByteSpan request) { return AnswerOcsp(request); };
  parts.crl = [this](const std::string& name) { return core_.revocation().Crl(name); };
  parts.certificates["issuing-ca"] = core_.issuing_chain().front();
  parts.certificates["root"] = core_.issuing_chain().back();
  parts.metrics = [this] { return metrics_.Text(); };
  parts.healthy = [this] { return healthy_.load(); };
  parts.timestamps_available = [this] { return core_.CheckTimestamping().ok(); };
  parts.admit = [this](const std::string& peer) { return peer_rates_.Admit(peer); };
  endpoints_ = std::make_unique<HttpEndpoints>(std::move(parts));
  HttpServer::Options http = {.host = address.host, .port = address.port};
  http.quick = [this](const HttpRequest& request) { return endpoints_->AnswerQuickly(request); };
  // Behind a proxy of this host there is one peer, and counting is the proxy's.
  if (IsLoopbackHost(address.host)) http.max_connections_of_a_peer = http.max_connections;
  ENKRAT_ASSIGN_OR_RETURN(
      http_, HttpServer::Start(http, timestamp_pool_, [this](const HttpRequest& request) {
        return endpoints_->Answer(request);
      }));
  return absl::OkStatus();
}

// Strangers share one place among the relying parties, and never take the half that is theirs.
absl::StatusOr<Bytes> Front::AnswerHttpTimestamp(ByteSpan request_der) {
  const absl::StatusOr<signer::InFlightLimit::Ticket> ticket =
      timestamp_limit_.Enter(kHttpCallers, std::max(1U, server_.max_timestamps_in_flight() / 2));
  if (!ticket.ok()) {
    metrics_.CountTimestamp("http", ReasonName(ReasonOf(ticket.status())));
    return ticket.status();
  }
  return queries_->Answer(request_der, options_.clock->Now() + kHttpTimestampTime, "http");
}

// In the strangers' place too.
absl::StatusOr<signer::OcspResponder::Reply> Front::AnswerOcsp(ByteSpan request_der) {
  signer::OcspResponder& ocsp = core_.revocation().ocsp();
  if (!ocsp.HasDesk()) return MakeError(Reason::kNotFound, "there is no OCSP responder");
  const absl::StatusOr<signer::InFlightLimit::Ticket> ticket =
      timestamp_limit_.Enter(kHttpCallers, std::max(1U, server_.max_timestamps_in_flight() / 2));
  if (!ticket.ok()) {
    metrics_.CountOcsp(ReasonName(ReasonOf(ticket.status())));
    return ticket.status();
  }
  signer::OcspResponder::Reply reply = ocsp.Answer(request_der, options_.clock->Now() + kOcspTime);
  metrics_.CountOcsp(reply.status.ok() ? "OK" : ReasonName(ReasonOf(reply.status)));
  return reply;
}

void Front::StartTasks() {
  delivery_task_ = std::make_unique<PeriodicTask>(kDeliveryInterval, [this] {
    if (const size_t cancelled = calls_.CancelUndelivered(); cancelled > 0) {
      options_.logger->Warning("answers were not taken in time", {{"calls", cancelled}});
    }
    return true;
  });
  const auto ask_again = [](HealthProbe& probe) {
    probe.Ask();
    return std::make_unique<PeriodicTask>(kHealthInterval, [&probe] {
      probe.Ask();
      return true;
    });
  };
  hsm_task_ = ask_again(hsm_probe_);
  ledger_task_ = ask_again(ledger_probe_);
  UpdateHealth();
  health_task_ = std::make_unique<PeriodicTask>(kVerdictInterval, [this] {
    UpdateHealth();
    return true;
  });
  expiry_task_ = std::make_unique<PeriodicTask>(kExpiryInterval, [this] {
    const auto dropped = core_.ledger().DropExpired(options_.clock->Now());
    if (!dropped.ok()) {
      options_.logger->Error("expired records were not dropped",
                             {{"why", dropped.status().message()}});
    }
    return true;
  });
  if (!options_.config->relying_parties_folder().empty()) {
    reload_task_ = std::make_unique<PeriodicTask>(kReloadInterval, [this] {
      reload_->ReadIfChanged();
      return true;
    });
  }
  watchdog_ = std::make_unique<Watchdog>(
      Watchdog::Options{.interval = DurationFrom(server_.watchdog_interval())},
      [this] {
        return ListenerAnswers(grpc_host_, static_cast<uint16_t>(grpc_port_), absl::Seconds(2));
      },
      options_.deaf);
}

absl::Status Front::Health() const {
  ENKRAT_RETURN_IF_ERROR(WithContext(hsm_probe_.Verdict(), "HSM"));
  ENKRAT_RETURN_IF_ERROR(WithContext(ledger_probe_.Verdict(), "ledger"));
  return core_.certificates().Issuing();
}

void Front::UpdateHealth() {
  const absl::Status health = Health();
  if (health.ok() != healthy_ && !health.ok()) {
    options_.logger->Error("not serving", {{"why", health.message()}});
  } else if (health.ok() != healthy_) {
    options_.logger->Info("serving");
  }
  SetHealthy(health.ok());
}

void Front::SetHealthy(bool healthy) {
  healthy_ = healthy;
  if (auto* service = grpc_->GetHealthCheckService(); service != nullptr) {
    service->SetServingStatus(healthy);
    for (const char* name : {"enkrat.v1.SigningService", "enkrat.v1.CertificateService"}) {
      service->SetServingStatus(name, healthy);
    }
    if (activation_service_ != nullptr) {
      service->SetServingStatus("enkrat.v1.ActivationService", healthy);
    }
    service->SetServingStatus("enkrat.v1.ValidationService", healthy);
    // Documents can be signed without timestamps.
    service->SetServingStatus("enkrat.v1.TimestampService",
                              healthy && core_.CheckTimestamping().ok());
  }
}

}  // namespace enkrat::server
