// The README's example, as its reader would run it: against a service with mutual TLS.
#include <filesystem>
#include <regex>
#include <string>

#include "tests/integration/running_service.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

constexpr char kRequestId[] = "123e4567-e89b-42d3-a456-426614174000";

// What the example prints for its user to log the person in with.
std::string NonceOf(const ServiceEnvironment& service, const std::string& document) {
  const ProgramOutcome binding = RunProgram(
      {.argv = {BinaryPath("bin/enkrat"), "--json", "binding", document, "--relying-party", "alpha",
                "--request-id", kRequestId, "--label", "Contract 2026/17"},
       .folder = service.File("")});
  std::smatch match;
  if (!std::regex_search(binding.out, match, std::regex("\"nonce\":\"([^\"]+)\""))) return "";
  return match[1].str();
}

TEST(ReadmeExampleTest, SignsADocumentThatVerifies) {
  ServiceEnvironment service({.mutual_tls = true});
  ASSERT_THAT(service.Start(), IsOk());
  const std::string document = service.File("contract.pdf");
  WriteText(document, "I, the undersigned, agree.\n");
  // Under the names that the example reads.
  std::filesystem::copy_file(service.tls().CaFile(), service.File("service-ca.pem"));
  std::filesystem::copy_file(service.tls().CertificateFile("alpha"), service.File("portal.pem"));
  std::filesystem::copy_file(service.tls().KeyFile("alpha"), service.File("portal.key"));

  const std::string token = service.IdToken({{"nonce", NonceOf(service, document)}});
  const ProgramOutcome example = RunProgram(
      {.argv = {BinaryPath("bin/readme_example"), service.grpc_target(), document, kRequestId},
       .input = token + "\n",
       .folder = service.File("")});
  ASSERT_THAT(example, Succeeds());
  EXPECT_THAT(example.out, ::testing::HasSubstr("The key is gone: CKR_OBJECT_HANDLE_INVALID"));
  EXPECT_THAT(
      service.Enkrat({"verify", document, "--roots", service.ServiceFile("root.pem")}, "alpha"),
      Succeeds());
}

}  // namespace
}  // namespace enkrat::testing
