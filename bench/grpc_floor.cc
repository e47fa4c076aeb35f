// The other floor: what gRPC alone takes for one call of Sign, by messages as large as a session's
// and nothing in between. A service that answers at once in a process of its own, with enkratd's
// limits; the closed loop of `enkrat bench` against it. Says how much of a session's processor time
// no work on the service can save (docs/performance.md).
//
//   enkrat_bench_grpc [--seconds N] [--concurrency N] [--connections N] [--json]
//
// Prints {"grpc_ops_s":..,"grpc_server_cpu_us":..,"grpc_client_cpu_us":..}.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "common/mutex.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "server/grpc_listening.h"

namespace enkrat {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Octets of what one document, CAdES B-T and P-256, is asked and answered with.
constexpr size_t kAssertion = 900;
constexpr size_t kSignature = 4096;
constexpr size_t kToken = 2048;
constexpr size_t kCertificate = 1024;
constexpr uint32_t kMemoryLimitMb = 512;

[[noreturn]] void Fail(const char* why) {
  std::fprintf(stderr, "enkrat_bench_grpc: %s\n", why);
  std::exit(1);
}

double CpuMicroseconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) {
    return 1e6 * static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

v1::SignRequest MakeRequest() {
  v1::SignRequest request;
  v1::SigningIntent& intent = *request.mutable_intent();
  intent.set_request_id("123e4567-e89b-42d3-a456-426614174000");
  intent.set_level(v1::SIGNATURE_LEVEL_ADVANCED);
  intent.set_kind(v1::SIGNATURE_KIND_SIGNATURE);
  v1::Document& document = *intent.add_documents();
  document.set_digest(std::string(32, 'd'));
  document.set_label("document.pdf");
  request.set_assertion(std::string(kAssertion, 'a'));
  return request;
}

v1::SignResponse MakeResponse() {
  v1::SignResponse response;
  response.set_session_id(std::string(32, 's'));
  response.set_request_id("123e4567-e89b-42d3-a456-426614174000");
  v1::DocumentSignature& signature = *response.add_signatures();
  signature.set_label("document.pdf");
  signature.set_signature(std::string(kSignature, 's'));
  signature.mutable_timestamp()->set_token(std::string(kToken, 't'));
  response.mutable_certificate()->set_der(std::string(kCertificate, 'c'));
  for (int i = 0; i < 2; ++i) response.add_chain(std::string(kCertificate, 'i'));
  for (const char* name :
       {"always_sensitive", "extractable", "local", "never_extractable", "private", "sensitive"}) {
    (*response.mutable_destruction()->mutable_key_attributes())[name] = "true";
  }
  return response;
}

class EmptyService final : public v1::SigningService::CallbackService {
  grpc::ServerUnaryReactor* Sign(grpc::CallbackServerContext* context, const v1::SignRequest*,
                                 v1::SignResponse* response) override {
    *response = response_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const v1::SignResponse response_ = MakeResponse();
};

template <typename T>
void Tell(int pipe, const T& value) {
  if (write(pipe, &value, sizeof(value)) != sizeof(value)) Fail("the pipe broke");
}

template <typename T>
T Hear(int pipe) {
  T value = {};
  if (read(pipe, &value, sizeof(value)) != sizeof(value)) Fail("the other process is gone");
  return value;
}

// Tells its port; after a word of the parent's, the processor time since then; serves until the
// next.
[[noreturn]] void Serve(int to_parent, int from_parent) {
  EmptyService service;
  grpc::ServerBuilder builder;
  int port = 0;
  server::SetLimits(builder, kMemoryLimitMb);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) Fail("cannot listen");
  Tell(to_parent, port);
  Hear<char>(from_parent);
  const double before = CpuMicroseconds();
  Hear<char>(from_parent);
  Tell(to_parent, CpuMicroseconds() - before);
  server->Shutdown(std::chrono::system_clock::now());
  std::_Exit(0);
}

// So many calls at any time, the next when one ends.
class Load {
 public:
  Load(std::vector<std::unique_ptr<cli::Client>>& clients, SteadyClock::time_point end)
      : clients_(clients), end_(end) {}

  uint64_t Run(size_t concurrency) {
    for (size_t slot = 0; slot < concurrency; ++slot) {
      {
        const MutexLock lock(mutex_);
        ++running_;
      }
      Next(*clients_[slot % clients_.size()]);
    }
    const MutexLock lock(mutex_);
    while (running_ > 0) idle_.wait(mutex_);
    return done_;
  }

 private:
  void Next(cli::Client& client) {
    if (SteadyClock::now() >= end_) {
      const MutexLock lock(mutex_);
      if (--running_ == 0) idle_.notify_all();
      return;
    }
    client.StartSign(request_,
                     [this, &client](const absl::Status& status, const v1::SignResponse&) {
                       if (!status.ok()) Fail("a call failed");
                       ++done_;
                       Next(client);
                     });
  }

  std::vector<std::unique_ptr<cli::Client>>& clients_;
  const SteadyClock::time_point end_;
  const v1::SignRequest request_ = MakeRequest();
  std::atomic<uint64_t> done_ = 0;
  Mutex mutex_;
  CondVar idle_;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
};

struct Arguments {
  double seconds = 5;
  size_t concurrency = 64;
  size_t connections = 2;
  bool json = false;
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--json") {
      arguments.json = true;
    } else if (i + 1 < argc && name == "--seconds") {
      arguments.seconds = std::atof(argv[++i]);
    } else if (i + 1 < argc && name == "--concurrency") {
      arguments.concurrency = static_cast<size_t>(std::atoi(argv[++i]));
    } else if (i + 1 < argc && name == "--connections") {
      arguments.connections = static_cast<size_t>(std::atoi(argv[++i]));
    } else {
      Fail("usage: [--seconds N] [--concurrency N] [--connections N] [--json]");
    }
  }
  return arguments;
}

int Main(const Arguments& arguments) {
  int to_parent[2];
  int to_child[2];
  if (pipe(to_parent) != 0 || pipe(to_child) != 0) Fail("no pipe");
  const pid_t child = fork();  // before gRPC has any thread
  if (child < 0) Fail("no process");
  if (child == 0) {
    close(to_child[1]);  // or it would never hear that the parent is gone
    Serve(to_parent[1], to_child[0]);
  }
  close(to_parent[1]);
  const std::string address = absl::StrCat("127.0.0.1:", Hear<int>(to_parent[0]));
  std::vector<std::unique_ptr<cli::Client>> clients;
  for (size_t i = 0; i < arguments.connections; ++i) {
    auto client = cli::Client::Create({.server = address, .plaintext = true});
    if (!client.ok()) Fail("no client");
    clients.push_back(*std::move(client));
  }
  const auto length = std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(arguments.seconds));
  Tell(to_child[1], 'b');
  const double cpu_before = CpuMicroseconds();
  const auto start = SteadyClock::now();
  const auto calls = static_cast<double>(Load(clients, start + length).Run(arguments.concurrency));
  const double elapsed = std::chrono::duration<double>(SteadyClock::now() - start).count();
  const double client_cpu = CpuMicroseconds() - cpu_before;
  Tell(to_child[1], 'e');
  const double server_cpu = Hear<double>(to_parent[0]);
  clients.clear();
  waitpid(child, nullptr, 0);
  std::printf(
      arguments.json
          ? "{\"grpc_ops_s\":%.1f,\"grpc_server_cpu_us\":%.1f,\"grpc_client_cpu_us\":%.1f}\n"
          : "gRPC alone: %.1f calls/s, server %.1f us of CPU each, client %.1f us\n",
      calls / elapsed, server_cpu / calls, client_cpu / calls);
  return 0;
}

}  // namespace
}  // namespace enkrat

int main(int argc, char** argv) { return enkrat::Main(enkrat::ReadArguments(argc, argv)); }
