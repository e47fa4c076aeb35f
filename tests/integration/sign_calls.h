// Sign requests as a relying party makes them, with ID tokens of the demo's provider; and what a
// refusal looks like.
#ifndef ENKRAT_TESTS_INTEGRATION_SIGN_CALLS_H_
#define ENKRAT_TESTS_INTEGRATION_SIGN_CALLS_H_

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "enkrat/v1/signing_service.pb.h"
#include "tests/integration/grpc_caller.h"
#include "tests/support/service_environment.h"

namespace enkrat::testing {

inline constexpr char kSign[] = "/enkrat.v1.SigningService/Sign";
inline constexpr char kComputeBinding[] = "/enkrat.v1.SigningService/ComputeBinding";
inline constexpr char kGetSession[] = "/enkrat.v1.SigningService/GetSession";
inline constexpr char kGetCertificate[] = "/enkrat.v1.CertificateService/GetCertificate";
inline constexpr char kListCertificates[] = "/enkrat.v1.CertificateService/ListCertificates";
inline constexpr char kGetChain[] = "/enkrat.v1.CertificateService/GetChain";
inline constexpr char kTimestamp[] = "/enkrat.v1.TimestampService/Timestamp";

// A new lower-case UUID.
std::string NewRequestId();

// Documents with SHA-256 digests; level ADVANCED, a person's signature, no assertion, RAW, P-256.
v1::SignRequest UnboundRequest(int documents = 1);

// The nonce that the service computes for it; fails the test if it does not.
std::string NonceOf(const GrpcCaller& caller, const v1::SignRequest& request);

// UnboundRequest with a token that is bound to it; `claims` change the token.
v1::SignRequest BoundRequest(const ServiceEnvironment& service, const GrpcCaller& caller,
                             const std::map<std::string, std::string>& claims = {});

// Requests that stay in the house for long enough to meet each other: the service generates an RSA
// key for each.
std::vector<std::string> LongRequests(const ServiceEnvironment& service, const GrpcCaller& caller,
                                      int count);

// "code 3, REQUEST_MALFORMED": code by the table of README.md, ErrorInfo, and a constant text.
MATCHER_P2(Refuses, code, reason,
           "refuses with " + ::testing::PrintToString(code) + " and " + reason) {
  *result_listener << "code " << arg.code << ", reason " << arg.reason << ", \"" << arg.message
                   << "\"";
  return arg.code == code && arg.reason == reason && arg.domain == "enkrat";
}

MATCHER(IsGranted, "is answered") {
  *result_listener << "code " << arg.code << ", reason " << arg.reason << ", \"" << arg.message
                   << "\"";
  return arg.ok();
}

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_SIGN_CALLS_H_
