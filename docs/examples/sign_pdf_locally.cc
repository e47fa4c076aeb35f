// Signs a PDF whose octets stay on this machine: only the digest goes out to whoever signs.
#include "docs/examples/sign_pdf_locally.h"

#include "common/status_macros.h"
#include "pades/pdf_levels.h"
#include "pades/pdf_signing.h"

namespace enkrat::examples {

absl::Status SignPdfLocally(const std::string& path, const RemoteSigner& remote) {
  ENKRAT_ASSIGN_OR_RETURN(
      const pades::SignatureUpdate update,
      pades::PrepareSignature(path, {.signing_time = absl::Now(), .reason = "I agree"}));

  // SigningService.Sign with this digest and format PADES_B_LT.
  ENKRAT_ASSIGN_OR_RETURN(const RemoteAnswer answer,
                          remote(update.digest_algorithm(), update.digest()));

  // The signature and what a stranger needs to validate it; all of it, or the file as it was.
  return pades::FinishPdf(
      path, update, answer.cms_der,
      {.level = pades::PadesLevel::kBaselineLt, .validation_data = &answer.validation_data});
}

}  // namespace enkrat::examples
