// One CAdES signature raised to a higher level, with timestamps and revocation data from the
// service.
#ifndef ENKRAT_CLI_CADES_RAISING_H_
#define ENKRAT_CLI_CADES_RAISING_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "ades/cades_augmentation.h"
#include "cli/client.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"
#include "validation/report.h"

namespace enkrat::cli {

struct CadesRaising {
  ades::CadesLevel level = ades::CadesLevel::kBLTA;
  const validation::SignatureReport* judged = nullptr;  // not owned
  const ValidationData* used = nullptr;                 // by that judgement; not owned
  // Of what a detached signature is over; asked for B-LTA.
  absl::FunctionRef<absl::StatusOr<Bytes>(DigestAlgorithm)> content_digest;
};

// What a signature has of the levels below is not added again, an archive timestamp always is.
// Errors of ades/cades_augmentation.h, of `content_digest` and of the client.
absl::StatusOr<Bytes> RaiseCades(Bytes cms_der, const CadesRaising& raising, Client& client);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CADES_RAISING_H_
