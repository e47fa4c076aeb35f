// The certificates and revocation data that go into a signature when it is raised to B-LT.
#ifndef ENKRAT_CLI_KNOWN_VALIDATION_DATA_H_
#define ENKRAT_CLI_KNOWN_VALIDATION_DATA_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cli/client.h"
#include "common/validation_data.h"
#include "validation/report.h"

namespace enkrat::cli {

// What the judgement of these signatures used, their chains, and what the service has about its own
// certificates. Errors of Client::GetValidationData.
absl::StatusOr<ValidationData> KnownValidationData(
    const ValidationData& used, absl::Span<const validation::SignatureReport> signatures,
    Client& client);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_KNOWN_VALIDATION_DATA_H_
