// Which files a signing will write, decided and checked before the assertion is spent.
#ifndef ENKRAT_CLI_OUTPUT_PLAN_H_
#define ENKRAT_CLI_OUTPUT_PLAN_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "signer/signature_level.h"

namespace enkrat::cli {

struct OutputArguments {
  std::string folder = {};            // empty: beside each document
  bool parts = false;                 // CAdES B-T: also signature value and timestamp as files
  bool force = false;                 // existing files may be replaced
  std::string session_file = {};      // empty: none
  std::string chain_file = {};        // empty: none
  std::string certificate_file = {};  // empty: FIRST.cert.pem with RAW, none with CAdES
};

// Paths for one document; empty: not written.
struct DocumentOutputs {
  std::string cms = {};        // FILE.p7s
  std::string signature = {};  // FILE.sig: the signature value
  std::string timestamp = {};  // FILE.tst: DER TimeStampToken over the signature value
};

struct OutputPlan {
  std::vector<DocumentOutputs> documents = {};  // in the order of the files
  std::string session_file = {};
  std::string chain_file = {};
  std::string certificate_file = {};
};

// Usage errors: two outputs with one path, an output that would replace a document, an output that
// exists (unless `force`), `parts` without a CAdES timestamp.
absl::StatusOr<OutputPlan> PlanOutputs(const std::vector<std::string>& files,
                                       signer::SignatureFormat format,
                                       const OutputArguments& arguments,
                                       absl::FunctionRef<bool(const std::string&)> exists);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_OUTPUT_PLAN_H_
