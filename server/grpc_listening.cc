#include "server/grpc_listening.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/secret.h"
#include "common/status_macros.h"

namespace enkrat::server {
namespace {

// A Sign request of 1000 documents (request_rules.h) whose labels have 256 characters of four
// octets each, SHA-512 digests and the longest SAML response is 1.4 MiB; of two octets and with the
// longest ID token 602 KiB; with ASCII labels it is 360 KiB.
constexpr int kLargestRequest = 1536 * 1024;

}  // namespace

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

}  // namespace enkrat::server
