// How the service listens for gRPC: its address, its TLS, and what an outsider controls, bounded.
#ifndef ENKRAT_SERVER_GRPC_LISTENING_H_
#define ENKRAT_SERVER_GRPC_LISTENING_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/settings.h"

namespace grpc {
class ServerBuilder;
class ServerCredentials;
}  // namespace grpc

namespace enkrat::server {

// Mutual TLS, or none where the configuration says plaintext_on_loopback. kConfigurationInvalid.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsFrom(
    const config::v1::ServerConfig& config);

// Sizes, times and counts (docs/stack.md, gRPC 1.51.1: its defaults bound nothing).
void SetLimits(grpc::ServerBuilder& builder, uint32_t memory_limit_mb);

// As gRPC wants it: "127.0.0.1:7443", "[::1]:7443".
std::string GrpcAddress(const ListenAddress& address);

// Why gRPC cannot listen there, which it tells its log only; "" if the address is not to blame.
std::string WhyNotListen(const ListenAddress& address);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_GRPC_LISTENING_H_
