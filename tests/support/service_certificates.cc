// TLS certificates for a service and its callers.
#include "tests/support/service_certificates.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "tests/support/subprocess.h"

namespace enkrat::testing {
namespace {

void MakeCertificate(const std::string& folder, const std::string& name,
                     const std::vector<std::string>& more) {
  std::vector<std::string> argv = {"openssl",
                                   "req",
                                   "-x509",
                                   "-newkey",
                                   "ec",
                                   "-pkeyopt",
                                   "ec_paramgen_curve:P-256",
                                   "-nodes",
                                   "-days",
                                   "2",
                                   "-subj",
                                   "/CN=" + name,
                                   "-out",
                                   folder + "/" + name + ".pem",
                                   "-keyout",
                                   folder + "/" + name + ".key"};
  argv.insert(argv.end(), more.begin(), more.end());
  const ProgramOutcome outcome = RunProgram({.argv = argv});
  if (outcome.exit_code == 0) return;
  std::fputs(outcome.err.c_str(), stderr);
  std::abort();
}

}  // namespace

ServiceCertificates::ServiceCertificates(std::string folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  MakeCertificate(folder_, "ca", {"-addext", "keyUsage=critical,keyCertSign"});
}

void ServiceCertificates::Issue(const std::string& name,
                                const std::string& subject_alternative_name) const {
  MakeCertificate(
      folder_, name,
      {"-CA", CaFile(), "-CAkey", KeyFile("ca"), "-addext", "basicConstraints=critical,CA:FALSE",
       "-addext", "subjectAltName=" + subject_alternative_name});
}

}  // namespace enkrat::testing
