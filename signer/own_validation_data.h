// The validation data of our own CA and timestamping units, made in the process: no validator has
// to ask anybody later.
#ifndef ENKRAT_SIGNER_OWN_VALIDATION_DATA_H_
#define ENKRAT_SIGNER_OWN_VALIDATION_DATA_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "signer/crl_publisher.h"
#include "signer/ocsp_responder.h"
#include "signer/revocation_status.h"
#include "signer/upper_crls.h"
#include "signer/validation_data_source.h"

namespace enkrat::signer {

// For certificates of our CAs an OCSP response of this very second, or where there is no responder
// the CRL of the hour; for the CAs themselves the CRL of whoever is above them. One caller makes
// it, at most once a second, and the others wait for it.
//
// The chain of a timestamping unit that was revoked is left out as long as another unit is in
// order: nothing new is stamped by it. Whoever asks about a moment before that, or just after, is
// told that there is none: it may have stamped for them. A revoked issuing CA, or no unit left,
// means no data.
class OwnValidationData final : public ValidationDataSource {
 public:
  struct Options {
    // Of the issuing CA, then of each timestamping unit: itself first, root last.
    std::vector<std::vector<Bytes>> chains_der;
    OcspResponder* responder = nullptr;          // optional
    std::vector<CrlPublisher*> publishers = {};  // of our CAs
    UpperCrls* upper = nullptr;                  // of the CAs above them
    RevocationStatus* status = nullptr;
    const Clock* clock = nullptr;
  };  // nothing is owned

  // kConfigurationInvalid for chains that cannot be read.
  static absl::StatusOr<std::unique_ptr<OwnValidationData>> Create(Options options);

  // A timestamping unit that was added while the service runs: from now on its chain is told of,
  // too. Waits for whoever is making the data. kConfigurationInvalid likewise.
  absl::Status AddUnit(const std::vector<Bytes>& chain_der) ABSL_LOCKS_EXCLUDED(mutex_);

  // While the HSM is away, what was made before is given out for as long as it is valid.
  absl::StatusOr<std::shared_ptr<const ValidationData>> Current(absl::Time not_before,
                                                                absl::Time deadline) override
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Subject {
    Bytes der;
    Bytes serial_number;
  };
  // Certificates by their issuer.
  struct Group {
    ca::StatusIssuer issuer;
    std::vector<Subject> subjects;
  };
  struct Made {
    std::shared_ptr<const ValidationData> data;
    RevocationSnapshot snapshot;
    absl::Time taken_at;     // whole seconds
    absl::Time valid_until;  // the earliest nextUpdate
    // When the last of the units was revoked that are left out.
    absl::Time left_out_since = absl::InfinitePast();
  };
  explicit OwnValidationData(Options options) : options_(std::move(options)) {}

  // What there is for the snapshot, made now if need be.
  absl::StatusOr<Made> Take(const RevocationSnapshot& snapshot, absl::Time not_before,
                            absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status AddChain(const std::vector<Bytes>& chain_der);
  absl::StatusOr<Made> Make(const RevocationSnapshot& snapshot, absl::Time deadline) const;
  // Since when a certificate of the chain is revoked, as far as is known here; nullopt: none is.
  std::optional<absl::Time> RevokedSince(const std::vector<Bytes>& chain_der,
                                         const RevocationSnapshot& snapshot) const;
  // The certificates of the issuing CA's chain and of the units' that are in order.
  absl::StatusOr<std::vector<Bytes>> Wanted(const RevocationSnapshot& snapshot,
                                            absl::Time& left_out_since) const;
  absl::Status AddGroup(const Group& group, const RevocationSnapshot& snapshot, absl::Time deadline,
                        ValidationData& data, absl::Time& valid_until) const;
  absl::Status AddCrl(const Group& group, const PublishedCrlPtr& crl, ValidationData& data,
                      absl::Time& valid_until) const;
  PublishedCrlPtr CrlOf(const Group& group) const;
  // What may be given out as it is.
  bool Serves(const Made& made, const RevocationSnapshot& snapshot, absl::Time not_before) const;
  bool StillValid(const Made& made, const RevocationSnapshot& snapshot) const;

  const Options options_;
  // Of whoever is making the data; changed while nobody is.
  std::vector<std::vector<Bytes>> chains_;
  std::vector<Bytes> certificates_der_;  // of all chains, each once
  std::vector<Group> groups_;
  Mutex mutex_;
  CondVar changed_;
  bool making_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Made> made_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_OWN_VALIDATION_DATA_H_
