// enkratd: the service as a program.
#include <grpc/support/log.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "common/clock.h"
#include "common/log.h"
#include "common/reason.h"
#include "server/daemon.h"
#include "server/settings.h"
#include "server/stop_signals.h"

namespace enkrat::server {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;  // could not start, or not drain
constexpr int kExitDeaf = 3;    // the watchdog's: start me again
constexpr int kExitPin = 4;     // a person must look: a token locks after a few wrong PINs
constexpr int kExitUsage = 64;

// For what gRPC and the HSM need after the last call.
constexpr absl::Duration kGraceAfterDrain = absl::Seconds(5);

LogLevel LevelFrom(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

// A listener that runs out of descriptors goes deaf for good (docs/stack.md, CVE-2023-4785).
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// glibc would keep what large answers took: give it back when it is freed. Few arenas, because
// hundreds of threads take turns on few processors.
void KeepMemorySmall() {
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_ARENA_MAX, 4);
}

// A core file or a debugger would show PINs and assertions.
void KeepMemoryPrivate() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

// gRPC writes lines of its own, one for each handshake that failed: whoever can connect could fill
// the log with them.
void SilenceGrpc() {
  gpr_set_log_function([](gpr_log_func_args*) {});
}

[[noreturn]] void EndNow(StopSignals::Ending ending, Logger& logger) {
  switch (ending) {
    case StopSignals::Ending::kBeforeServing:
      logger.Info("stopped before serving");
      _exit(kExitOk);
    case StopSignals::Ending::kSecondSignal:
      logger.Warning("told twice to stop; ending without draining");
      _exit(kExitFailed);
    case StopSignals::Ending::kTooLate:
      break;
  }
  logger.Error("draining takes too long; ending");
  _exit(kExitFailed);
}

int CheckConfiguration(const std::string& path) {
  const absl::StatusOr<Config> config = LoadSettings(path);
  const absl::Status checked = config.ok()
                                   ? WithContext(CheckSettings(*config, SystemClock().Now()), path)
                                   : config.status();
  if (!checked.ok()) {
    std::cerr << checked.message() << "\n";
    return kExitFailed;
  }
  std::cout << path << ": OK\n";
  return kExitOk;
}

int Serve(const std::string& path) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a ledger at RLIMIT_FSIZE is a full disk: the write fails, no more

  absl::StatusOr<Config> config = LoadSettings(path);
  if (!config.ok()) {
    std::cerr << config.status().message() << "\n";
    return kExitFailed;
  }
  const absl::Duration drain = DurationFrom(config->server().drain());
  const SystemClock clock;
  Logger logger(std::cerr, clock, LevelFrom(config->log().level()));
  StopSignals signals([&logger](StopSignals::Ending ending) { EndNow(ending, logger); });
  signals.SetGrace(drain + kGraceAfterDrain);
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  absl::StatusOr<std::unique_ptr<Daemon>> daemon = Daemon::Start(
      {.config = *std::move(config),
       .credentials_directory = credentials == nullptr ? "" : credentials,
       .clock = &clock,
       .logger = &logger,
       .deaf = [&logger] {
         logger.Error("the listener has gone deaf; ending so that it is started anew");
         _exit(kExitDeaf);
       }});
  if (!daemon.ok()) {
    logger.Error("cannot start", {{"reason", ReasonName(ReasonOf(daemon.status()))},
                                  {"why", daemon.status().message()}});
    return ReasonOf(daemon.status()) == Reason::kPinRejected ? kExitPin : kExitFailed;
  }
  logger.Info("listening", {{"grpc_port", static_cast<int>((*daemon)->grpc_port())},
                            {"http_port", static_cast<int>((*daemon)->http_port())}});
  signals.OnHangUp([&daemon] { (*daemon)->ReloadRelyingParties(); });
  const int caught = signals.Wait();
  logger.Info("draining", {{"signal", caught}});
  (*daemon)->Drain();
  logger.Info("stopped");
  return kExitOk;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Enkrat's signing service. One authenticated act, one key, one certificate, one "
      "destruction.",
      "enkratd");
  std::string path = "/etc/enkrat/config.yaml";
  bool check = false;
  app.add_option("--config", path, "Configuration file")->capture_default_str();
  app.add_flag("--check-config", check, "Check the configuration and exit");
  app.set_version_flag("--version", ENKRAT_VERSION);
  app.footer(
      "Example: enkratd --config config/example.yaml --check-config\n"
      "Logs one JSON object a line to standard error. SIGTERM drains and stops, SIGHUP reads "
      "relying_parties_folder now.\n"
      "Exit status: 0 stopped, 1 cannot start or drain, 3 deaf listener, 4 PIN refused, 64 usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (check) return CheckConfiguration(path);
  KeepMemoryPrivate();
  KeepMemorySmall();
  RaiseDescriptorLimit();
  SilenceGrpc();
  return Serve(path);
}

}  // namespace
}  // namespace enkrat::server

int main(int argc, char** argv) { return enkrat::server::Main(argc, argv); }
