#include "signer/personal_data_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_subject.h"

namespace enkrat::signer {
namespace {

constexpr size_t kLongestText = 1024;  // store/bounds.h, idp_client
constexpr absl::Duration kLongestWait = absl::Seconds(10);
constexpr size_t kSessionsPerErasure = 100;

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return WithField(MakeError(Reason::kRequestMalformed, what), field);
}

absl::Status CheckText(absl::string_view text, absl::string_view field) {
  if (text.empty()) return Malformed(field, "is empty");
  if (text.size() > kLongestText) return Malformed(field, "is longer than 1024 octets");
  return absl::OkStatus();
}

// "<relying party in hex>:<the ledger's own token>": where the next page begins.
struct Place {
  std::string relying_party;
  std::string token;
};

std::string AsToken(const Place& place) {
  return absl::StrCat(ToHex(AsSpan(place.relying_party)), ":", place.token);
}

absl::StatusOr<Place> ReadToken(const std::string& token) {
  const size_t colon = token.find(':');
  const std::optional<Bytes> name =
      colon == std::string::npos ? std::nullopt : FromHex(token.substr(0, colon));
  if (!name.has_value() || name->empty()) return Malformed("page_token", "is not one of ours");
  return Place{ToString(*name), token.substr(colon + 1)};
}

}  // namespace

absl::StatusOr<store::DuePage> PersonalDataDesk::ListDue(std::optional<absl::Time> before,
                                                         size_t page_size,
                                                         absl::string_view page_token) {
  return options_.ledger->ListDue(before.value_or(options_.clock->Now()), page_size, page_token);
}

absl::StatusOr<store::ErasurePage> PersonalDataDesk::EraseDue(const std::string& reason,
                                                              size_t limit) {
  return options_.ledger->EraseDue({.reason = reason, .now = options_.clock->Now()}, limit);
}

absl::StatusOr<Bytes> PersonalDataDesk::SubjectKey(const PersonQuery& person,
                                                   const std::string& relying_party) {
  idp_client::VerifiedIdentity identity;
  identity.issuer = person.issuer;
  identity.subject = person.subject;
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease,
                          options_.pool->Acquire(options_.clock->Now() + kLongestWait));
  return lease.Mac(*options_.person_key, PersonOctets(identity, relying_party));
}

template <typename Page, typename PageOf>
absl::StatusOr<Page> PersonalDataDesk::Walk(const PersonQuery& person, PageOf page_of) {
  ENKRAT_RETURN_IF_ERROR(CheckText(person.issuer, "issuer"));
  ENKRAT_RETURN_IF_ERROR(CheckText(person.subject, "subject"));
  if (person.relying_party.size() > kLongestText) return Malformed("relying_party", "is too long");
  std::vector<std::string> names = {person.relying_party};
  if (person.relying_party.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(names, options_.ledger->RelyingParties());
  }
  Place place;
  if (!person.page_token.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(place, ReadToken(person.page_token));
  }
  // The names are in order, and so one that appears meanwhile changes no place.
  auto name = std::lower_bound(names.begin(), names.end(), place.relying_party);
  Page page;
  for (; name != names.end() && page.sessions.empty(); ++name) {
    const bool goes_on = *name == place.relying_party;
    ENKRAT_ASSIGN_OR_RETURN(const Bytes subject_key, SubjectKey(person, *name));
    ENKRAT_ASSIGN_OR_RETURN(page, page_of(subject_key, goes_on ? place.token : ""));
    if (!page.next_page_token.empty()) {
      page.next_page_token = AsToken({*name, page.next_page_token});
      return page;
    }
  }
  if (name != names.end()) page.next_page_token = AsToken({*name, ""});
  return page;
}

absl::StatusOr<store::HeldPage> PersonalDataDesk::Export(const PersonQuery& person,
                                                         size_t page_size) {
  return Walk<store::HeldPage>(person, [&](const Bytes& subject_key, const std::string& token) {
    return options_.ledger->ExportSubject(subject_key, page_size, token);
  });
}

absl::StatusOr<store::ErasurePage> PersonalDataDesk::Erase(const PersonQuery& person,
                                                           const std::string& reason,
                                                           bool including_certificates) {
  return Walk<store::ErasurePage>(person, [&](const Bytes& subject_key, const std::string& token) {
    return options_.ledger->EraseSubject({.subject_key = subject_key,
                                          .including_certificates = including_certificates,
                                          .page_size = kSessionsPerErasure,
                                          .page_token = token},
                                         {.reason = reason, .now = options_.clock->Now()});
  });
}

}  // namespace enkrat::signer
