// Where an operator asks what is held on a person, and has it erased: a person is named by their
// provider and its name for them; the ledger knows keyed hashes only.
#ifndef ENKRAT_SIGNER_PERSONAL_DATA_DESK_H_
#define ENKRAT_SIGNER_PERSONAL_DATA_DESK_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "hsm/session_pool.h"
#include "store/personal_data.h"

namespace enkrat::signer {

// All texts are of the operator's making.
struct PersonQuery {
  std::string issuer;              // of the provider, as configured
  std::string subject;             // its name for the person, octet by octet
  std::string relying_party = {};  // empty: all that ever began a session
  std::string page_token = {};     // of the page before; empty for the first
};

// Thread-safe. Errors beside the ledger's: kRequestMalformed, with the field, for a query without
// issuer or subject, texts over 1024 octets, a token that is not ours; the HSM's.
class PersonalDataDesk {
 public:
  // Nothing is owned.
  struct Options {
    hsm::SessionPool* pool = nullptr;
    const hsm::MacKey* person_key = nullptr;  // of the hashes (certificate_subject.h)
    store::PersonalDataLedger* ledger = nullptr;
    const Clock* clock = nullptr;
  };
  explicit PersonalDataDesk(Options options) : options_(options) {}

  // What is due at `before`; nullopt: now.
  absl::StatusOr<store::DuePage> ListDue(std::optional<absl::Time> before, size_t page_size,
                                         absl::string_view page_token);
  // Erases what is due now.
  absl::StatusOr<store::ErasurePage> EraseDue(const std::string& reason, size_t limit);

  // `page_size` sessions of one relying party; next_page_token leads on through the others.
  absl::StatusOr<store::HeldPage> Export(const PersonQuery& person, size_t page_size);
  absl::StatusOr<store::ErasurePage> Erase(const PersonQuery& person, const std::string& reason,
                                           bool including_certificates);

 private:
  // Asks `page_of(subject_key, inner_token)` for one relying party after the other, until one has
  // something to say.
  template <typename Page, typename PageOf>
  absl::StatusOr<Page> Walk(const PersonQuery& person, PageOf page_of);
  absl::StatusOr<Bytes> SubjectKey(const PersonQuery& person, const std::string& relying_party);

  const Options options_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_PERSONAL_DATA_DESK_H_
