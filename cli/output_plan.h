// Which files a signing will write, decided and checked before the assertion is spent.
#ifndef ENKRAT_CLI_OUTPUT_PLAN_H_
#define ENKRAT_CLI_OUTPUT_PLAN_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "signer/signature_level.h"

namespace enkrat::cli {

struct OutputArguments {
  std::string folder = {};            // empty: beside each document
  bool documents_are_here = true;     // otherwise the files are names only, and no file to spare
  bool enveloping = false;            // the documents go into the CMS
  bool parts = false;                 // CAdES B-T: also signature value and timestamp as files
  bool force = false;                 // existing files may be replaced
  std::string session_file = {};      // empty: none
  std::string chain_file = {};        // empty: none
  std::string certificate_file = {};  // empty: FIRST.cert.pem with RAW, none with CAdES
  std::string container_file = {};    // empty: no container; else all documents go into it
};

// Paths for one document; empty: not written.
struct DocumentOutputs {
  std::string cms = {};        // FILE.p7s; FILE.p7m if the document is inside
  std::string pdf = {};        // NAME-signed.pdf
  std::string signature = {};  // FILE.sig: the signature value
  std::string timestamp = {};  // FILE.tst: DER TimeStampToken over the signature value
};

struct OutputPlan {
  std::vector<DocumentOutputs> documents = {};  // in the order of the files
  std::string session_file = {};
  std::string chain_file = {};
  std::string certificate_file = {};
  std::string container_file = {};
};

// Every path of the plan, in the order of writing.
std::vector<std::string> PathsOf(const OutputPlan& plan);

// Usage errors: two outputs with one path, an output that would replace a document, an output that
// exists (unless `force`), `parts` without a CAdES timestamp.
absl::StatusOr<OutputPlan> PlanOutputs(const std::vector<std::string>& files,
                                       signer::SignatureFormat format,
                                       const OutputArguments& arguments,
                                       absl::FunctionRef<bool(const std::string&)> exists);

// Whether every file of the plan can be made: its folder is there and may be written, its name is
// short enough and no folder has it. Unavailable if not. To be asked before an assertion is spent.
absl::Status CheckPlaces(const OutputPlan& plan);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_OUTPUT_PLAN_H_
