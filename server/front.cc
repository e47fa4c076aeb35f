#include "server/front.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/loopback.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/activation_service.h"
#include "server/certificate_service.h"
#include "server/reflection.h"
#include "server/signing_service.h"
#include "server/timestamp_service.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kHealthInterval = absl::Seconds(5);
constexpr absl::Duration kVerdictInterval = absl::Seconds(1);
constexpr absl::Duration kExpiryInterval = absl::Minutes(5);
constexpr absl::Duration kHttpTimestampTime = absl::Seconds(10);
constexpr absl::Duration kDeliveryInterval = absl::Seconds(1);
constexpr absl::Duration kReloadInterval = absl::Seconds(1);
constexpr char kHttpCallers[] = "";  // together; no relying party has this id

// A Sign request of 1000 documents (request_rules.h) whose labels have 256 characters of four
// octets each, SHA-512 digests and the longest SAML response is 1.4 MiB; of two octets and with the
// longest ID token 602 KiB; with ASCII labels it is 360 KiB.
constexpr int kLargestRequest = 1536 * 1024;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsFrom(
    const config::v1::ServerConfig& config) {
  if (config.plaintext_on_loopback()) return grpc::InsecureServerCredentials();
  ENKRAT_ASSIGN_OR_RETURN(const std::string certificate,
                          ConfiguredFile(config.tls().certificate_file()));
  ENKRAT_ASSIGN_OR_RETURN(const std::string client_ca,
                          ConfiguredFile(config.tls().client_ca_file()));
  ENKRAT_ASSIGN_OR_RETURN(const Secret key, ReadSecretFile(config.tls().private_key_file()));
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = client_ca;
  options.pem_key_cert_pairs.push_back({ToString(key.Reveal()), certificate});
  return grpc::SslServerCredentials(options);
}

// docs/stack.md, gRPC 1.51.1: what an outsider controls is bounded here, because gRPC's defaults
// are not.
void SetLimits(grpc::ServerBuilder& builder, uint32_t memory_limit_mb) {
  // gRPC reads a request before the gate sees its call: this quota, not the gate's limit, bounds
  // the memory of requests that are half sent or will be refused.
  grpc::ResourceQuota quota("enkrat");
  quota.Resize(size_t{memory_limit_mb} << 20);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kLargestRequest);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 * 1024);
  builder.AddChannelArgument("grpc.server_handshake_timeout_ms", 10'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 128);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 10 * 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second service is refused the port
}

std::string GrpcAddress(const ListenAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", address.host, "]:", address.port)
            : absl::StrCat(address.host, ":", address.port);
}

// Why gRPC cannot listen there, which it tells its log only; "" if the address is not to blame.
std::string WhyNotListen(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = absl::StrCat(address.port);
  if (getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found) != 0) return "no address";
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> holder(found, &freeaddrinfo);
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::strerror(errno);
  const int reuse = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  const bool bound = bind(fd, found->ai_addr, found->ai_addrlen) == 0;
  const std::string why = bound ? "" : std::strerror(errno);
  close(fd);
  return why;
}

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
      responses_(ResponseBudget::Options{}),
      calls_({.clock = options_.clock}),
      session_pool_({.threads = server_.session_threads(), .queue_limit = server_.max_in_flight()}),
      timestamp_pool_({.threads = 2 * options_.config->hsm().sessions(),
                       .queue_limit = server_.max_timestamps_in_flight()}),
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
}

void Front::AddGauges() {
  metrics_.AddGauge("enkrat_calls_in_flight", "Signing and certificate calls in the house.",
                    [this] { return static_cast<double>(signing_limit_.inside()); });
  metrics_.AddGauge("enkrat_response_octets", "Octets of answers made or promised, not delivered.",
                    [this] { return static_cast<double>(responses_.reserved()); });
  metrics_.AddGauge("enkrat_hsm_keys_generated", "One-time keys generated since the start.",
                    [this] { return static_cast<double>(Hsm().keys_generated); });
  metrics_.AddGauge("enkrat_hsm_keys_destroyed", "One-time keys confirmed destroyed.",
                    [this] { return static_cast<double>(Hsm().keys_destroyed); });
  metrics_.AddGauge(
      "enkrat_hsm_one_time_keys_alive", "Generated, not yet confirmed destroyed.", [this] {
        const hsm::PoolStatistics hsm = Hsm();
        return static_cast<double>(hsm.keys_generated) - static_cast<double>(hsm.keys_destroyed);
      });
  metrics_.AddGauge("enkrat_hsm_destructions_unconfirmed", "ALARM if not 0.",
                    [this] { return static_cast<double>(Hsm().destructions_unconfirmed); });
  metrics_.AddGauge("enkrat_hsm_sessions_quarantined", "HSM sessions replaced after a fault.",
                    [this] { return static_cast<double>(Hsm().sessions_quarantined); });
  metrics_.AddGauge("enkrat_hsm_reconnects", "Connections to the token made anew.",
                    [this] { return static_cast<double>(Hsm().reconnects); });
  metrics_.AddGauge("enkrat_hsm_callers_waiting", "Calls that wait for an HSM session.",
                    [this] { return static_cast<double>(Hsm().callers_waiting); });
  metrics_.AddGauge("enkrat_hsm_signatures", "Signatures made in the HSM.",
                    [this] { return static_cast<double>(Hsm().signatures); });
  metrics_.AddGauge("enkrat_hsm_reconnects_failed", "Connections to the token that failed.",
                    [this] { return static_cast<double>(Hsm().reconnects_failed); });
  metrics_.AddGauge("enkrat_hsm_recycles", "Planned reloads of the module.",
                    [this] { return static_cast<double>(Hsm().recycles); });
  metrics_.AddGauge("enkrat_hsm_sessions_leased", "HSM sessions that are at work.",
                    [this] { return static_cast<double>(Hsm().sessions_leased); });
  metrics_.AddGauge("enkrat_hsm_available", "0 while the token is away or refused the PIN.",
                    [this] { return Hsm().available ? 1.0 : 0.0; });
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

absl::Status Front::StartGrpc() {
  ENKRAT_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(server_.grpc_listen()));
  ENKRAT_ASSIGN_OR_RETURN(const auto credentials, CredentialsFrom(server_));
  signing_service_ = MakeSigningService(*signing_gate_, core_.workflow(), access_);
  problems_ = std::make_unique<ProblemReports>(
      ProblemReports::Options{.ledger = &core_.ledger(),
                              .reports = &core_.problem_reports(),
                              .access = &access_,
                              .text_folder = ProblemTextFolder(options_.config->store().path()),
                              .logger = options_.logger,
                              .clock = options_.clock});
  certificate_service_ = MakeCertificateService(
      *signing_gate_, core_.ledger(), access_, *problems_,
      {.issuing = core_.issuing_chain(), .timestamping = core_.timestamping_chain()});
  timestamp_service_ = MakeTimestampService(*timestamp_gate_, core_.timestamper(), queries_.get());
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetReflection(builder, server_.reflection());
  SetLimits(builder, server_.memory_limit_mb());
  builder.AddListeningPort(GrpcAddress(address), credentials, &grpc_port_);
  builder.RegisterService(signing_service_.get());
  builder.RegisterService(certificate_service_.get());
  builder.RegisterService(timestamp_service_.get());
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
    parts.certificates["timestamping-unit"] = core_.timestamping_chain().front();
  }
  parts.certificates["issuing-ca"] = core_.issuing_chain().front();
  parts.certificates["root"] = core_.issuing_chain().back();
  parts.metrics = [this] { return metrics_.Text(); };
  parts.healthy = [this] { return healthy_.load(); };
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
    // Documents can be signed without timestamps.
    service->SetServingStatus("enkrat.v1.TimestampService",
                              healthy && core_.certificates().Timestamping().ok());
  }
}

}  // namespace enkrat::server
