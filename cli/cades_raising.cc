#include "cli/cades_raising.h"

#include <utility>

#include "cli/known_validation_data.h"
#include "cli/service_timestamp.h"
#include "common/status_macros.h"

namespace enkrat::cli {

absl::StatusOr<Bytes> RaiseCades(Bytes cms_der, const CadesRaising& raising, Client& client) {
  constexpr DigestAlgorithm kAlgorithm = DigestAlgorithm::kSha256;
  if (raising.judged->timestamps.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes value, ades::SignatureValueOf(cms_der));
    ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                            ServiceTimestamp(client, kAlgorithm, ComputeDigest(kAlgorithm, value)));
    ENKRAT_ASSIGN_OR_RETURN(cms_der, ades::AddSignatureTimestamp(cms_der, token));
  }
  if (raising.level == ades::CadesLevel::kBT) return cms_der;
  ENKRAT_ASSIGN_OR_RETURN(
      const ValidationData data,
      KnownValidationData(*raising.used, absl::MakeConstSpan(raising.judged, 1), client));
  ENKRAT_ASSIGN_OR_RETURN(cms_der, ades::AddValidationData(cms_der, data));
  if (raising.level == ades::CadesLevel::kBLT) return cms_der;
  ENKRAT_ASSIGN_OR_RETURN(
      const ades::ArchiveTimestamp archive,
      ades::ArchiveTimestamp::Prepare(cms_der, kAlgorithm, raising.content_digest));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                          ServiceTimestamp(client, archive.digest_algorithm(), archive.digest()));
  return archive.Complete(token);
}

}  // namespace enkrat::cli
