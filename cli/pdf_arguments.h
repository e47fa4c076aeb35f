// How a signature stands in a PDF, from the command line's words.
#ifndef ENKRAT_CLI_PDF_ARGUMENTS_H_
#define ENKRAT_CLI_PDF_ARGUMENTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pades/pdf_signing.h"

namespace CLI {
class App;
}

namespace enkrat::v1 {
class PdfSignatureOptions;
}

namespace enkrat::cli {

struct PdfArguments {
  std::string field = {};
  std::string reason = {};
  std::string location = {};
  std::string contact = {};
  std::string certify = {};  // "none", "forms", "annotations": what is allowed afterwards
  std::string visible = {};  // "PAGE,LEFT,BOTTOM,WIDTH,HEIGHT", or "field": where the field is
  std::string text = {};
  std::string image_file = {};
  std::string signer_name = {};
  std::string font_file = {};
  bool upload = false;

  bool given() const {
    return upload || !field.empty() || !reason.empty() || !location.empty() || !contact.empty() ||
           !certify.empty() || !visible.empty() || !text.empty() || !image_file.empty() ||
           !signer_name.empty() || !font_file.empty();
  }
};

// --field, --reason, --location, --contact, --certify, --visible, --text, --image, --signer-name,
// --font, --upload.
void AddPdfOptions(CLI::App& command, PdfArguments& arguments);

// The text of an appearance may still hold placeholders. Usage errors for words that are none of
// these, --text or --image without --visible; Unavailable for an image that cannot be read.
absl::StatusOr<pades::SignatureOptions> PdfOptionsOf(const PdfArguments& arguments);

// For a document that is prepared here: the text as it will stand there. A usage error if it needs
// the signer's name and there is none.
absl::Status FillText(absl::Time now, pades::SignatureOptions& options);

// For a document that the service prepares.
void ToMessage(const pades::SignatureOptions& options, v1::PdfSignatureOptions* message);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PDF_ARGUMENTS_H_
