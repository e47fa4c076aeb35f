// One SignPdf call: the document comes in pieces and goes to the disk, is signed there, and goes
// back in pieces.
#ifndef ENKRAT_SERVER_SIGN_PDF_CALL_H_
#define ENKRAT_SERVER_SIGN_PDF_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <functional>
#include <string>

#include "server/call_gate.h"
#include "server/response_budget.h"
#include "signer/signing_workflow.h"

namespace enkrat::v1 {
class SignPdfRequest;
class SignPdfResponse;
}  // namespace enkrat::v1

namespace enkrat::server {

// What all of them share. Nothing is owned; all outlives the calls.
struct PdfSigning {
  CallGate* gate = nullptr;
  signer::SigningWorkflow* workflow = nullptr;
  ResponseBudget* spooled = nullptr;  // octets on the disk
  std::string spool_folder;
  uint64_t most_octets = uint64_t{100} << 20;
  std::string font_file;  // of visible signatures
  // Room for the CMS in the document: units come and go.
  std::function<size_t()> contents_octets = [] { return size_t{16} * 1024; };
};

using SignPdfReactor = grpc::ServerBidiReactor<v1::SignPdfRequest, v1::SignPdfResponse>;

// Lets the call in, or ends it. Answers its reactor, which owns itself.
SignPdfReactor* StartSignPdf(grpc::CallbackServerContext& context, const PdfSigning& signing);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SIGN_PDF_CALL_H_
