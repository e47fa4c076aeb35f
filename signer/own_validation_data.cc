#include "signer/own_validation_data.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_description.h"

namespace enkrat::signer {
namespace {

constexpr absl::Duration kFreshEnough = absl::Minutes(1);  // for whoever asks about the past
// A revoked unit stamps no more within it (server/certificate_watch.h).
constexpr absl::Duration kNoticed = absl::Seconds(1);

absl::Status Unavailable(absl::string_view why) {
  return MakeError(Reason::kValidationDataUnavailable, why);
}

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

void AddOnce(const Bytes& der, std::vector<Bytes>& list) {
  if (std::find(list.begin(), list.end(), der) == list.end()) list.push_back(der);
}

bool IsPassing(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  return reason == Reason::kHsmUnavailable || reason == Reason::kOverloaded ||
         reason == Reason::kDeadlineTooShort;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OwnValidationData>> OwnValidationData::Create(Options options) {
  std::unique_ptr<OwnValidationData> source(new OwnValidationData(std::move(options)));
  for (const std::vector<Bytes>& chain : source->options_.chains_der) {
    ENKRAT_RETURN_IF_ERROR(source->AddChain(chain));
  }
  if (source->chains_.empty()) return MakeError(Reason::kConfigurationInvalid, "no chain");
  return source;
}

absl::Status OwnValidationData::AddUnit(const std::vector<Bytes>& chain_der) {
  MutexLock lock(mutex_);
  while (making_) changed_.wait(mutex_);
  made_.reset();
  return AddChain(chain_der);
}

absl::Status OwnValidationData::AddChain(const std::vector<Bytes>& chain_der) {
  chains_.push_back(chain_der);
  for (size_t i = 0; i < chain_der.size(); ++i) {
    const bool known = std::find(certificates_der_.begin(), certificates_der_.end(),
                                 chain_der[i]) != certificates_der_.end();
    if (known) continue;
    certificates_der_.push_back(chain_der[i]);
    if (i + 1 == chain_der.size()) break;  // nobody speaks for a root
    const absl::StatusOr<CertificateDescription> facts = DescribeCertificate(chain_der[i]);
    if (!facts.ok()) return MakeError(Reason::kConfigurationInvalid, facts.status().message());
    Subject subject = {.der = chain_der[i],
                       .serial_number = FromHex(facts->serial_number).value_or(Bytes())};
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& each) {
      return each.issuer.der == chain_der[i + 1];
    });
    if (group != groups_.end()) {
      group->subjects.push_back(std::move(subject));
      continue;
    }
    ENKRAT_ASSIGN_OR_RETURN(ca::StatusIssuer issuer, ca::ReadStatusIssuer(chain_der[i + 1]));
    groups_.push_back({.issuer = std::move(issuer), .subjects = {std::move(subject)}});
  }
  return absl::OkStatus();
}

std::optional<absl::Time> OwnValidationData::RevokedSince(
    const std::vector<Bytes>& chain_der, const RevocationSnapshot& snapshot) const {
  for (const Group& group : groups_) {
    const PublishedCrlPtr crl = CrlOf(group);
    for (const Subject& subject : group.subjects) {
      if (std::find(chain_der.begin(), chain_der.end(), subject.der) == chain_der.end()) continue;
      const CertificateStanding standing = snapshot.Of(subject.der);
      if (standing.status != ca::CertificateStatus::kGood) return standing.revoked_at;
      if (crl != nullptr && crl->facts.Lists(subject.serial_number)) return absl::InfinitePast();
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<Bytes>> OwnValidationData::Wanted(const RevocationSnapshot& snapshot,
                                                             absl::Time& left_out_since) const {
  std::vector<Bytes> wanted = chains_.front();
  bool unit_left = chains_.size() == 1;
  for (size_t i = 1; i < chains_.size(); ++i) {
    if (const std::optional<absl::Time> revoked = RevokedSince(chains_[i], snapshot); revoked) {
      left_out_since = std::max(left_out_since, *revoked);
      continue;
    }
    unit_left = true;
    for (const Bytes& der : chains_[i]) AddOnce(der, wanted);
  }
  if (!unit_left) return Unavailable("no timestamping unit is left that was not revoked");
  return wanted;
}

PublishedCrlPtr OwnValidationData::CrlOf(const Group& group) const {
  for (const CrlPublisher* publisher : options_.publishers) {
    if (publisher->issuer().der == group.issuer.der) return publisher->current();
  }
  return options_.upper == nullptr ? nullptr : options_.upper->Of(group.issuer.der);
}

absl::Status OwnValidationData::AddCrl(const Group& group, const PublishedCrlPtr& crl,
                                       ValidationData& data, absl::Time& valid_until) const {
  if (crl == nullptr) return Unavailable("there is no CRL of a CA of the chain");
  if (options_.clock->Now() >= crl->facts.next_update) {
    return Unavailable("the CRL of a CA of the chain has expired");
  }
  for (const Subject& subject : group.subjects) {
    if (crl->facts.Lists(subject.serial_number)) {
      return Unavailable("a certificate of the chain is on a CRL");
    }
  }
  AddOnce(crl->der, data.crls_der);
  valid_until = std::min(valid_until, crl->facts.next_update);
  return absl::OkStatus();
}

absl::Status OwnValidationData::AddGroup(const Group& group, const RevocationSnapshot& snapshot,
                                         absl::Time deadline, ValidationData& data,
                                         absl::Time& valid_until) const {
  std::vector<Bytes> serial_numbers;
  for (const Subject& subject : group.subjects) {
    if (snapshot.Of(subject.der).status != ca::CertificateStatus::kGood) {
      return Unavailable("a certificate of the chain was revoked");
    }
    serial_numbers.push_back(subject.serial_number);
  }
  OcspResponder* const responder = options_.responder;
  if (responder == nullptr || !responder->AnswersFor(group.issuer) ||
      serial_numbers.size() > ca::kMaxOcspCertIds) {
    return AddCrl(group, CrlOf(group), data, valid_until);
  }
  const absl::StatusOr<OcspResponder::Statement> statement =
      responder->State(group.issuer, serial_numbers, deadline);
  if (!statement.ok() && ReasonOf(statement.status()) == Reason::kCertificateStateForbids) {
    return AddCrl(group, CrlOf(group), data, valid_until);  // the responder is out of office
  }
  ENKRAT_RETURN_IF_ERROR(statement.status());
  AddOnce(statement->response_der, data.ocsp_responses_der);
  AddOnce(statement->responder_der, data.certificates_der);
  valid_until = std::min(valid_until, statement->next_update);
  return absl::OkStatus();
}

absl::StatusOr<OwnValidationData::Made> OwnValidationData::Make(const RevocationSnapshot& snapshot,
                                                                absl::Time deadline) const {
  Made made = {.data = nullptr,
               .snapshot = snapshot,
               .taken_at = WholeSecond(options_.clock->Now()),
               .valid_until = absl::InfiniteFuture()};
  auto data = std::make_shared<ValidationData>();
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> wanted, Wanted(snapshot, made.left_out_since));
  data->certificates_der = wanted;
  for (const Group& group : groups_) {
    Group present = {.issuer = group.issuer, .subjects = {}};
    for (const Subject& subject : group.subjects) {
      const bool is_wanted = std::find(wanted.begin(), wanted.end(), subject.der) != wanted.end();
      if (is_wanted) present.subjects.push_back(subject);
    }
    if (present.subjects.empty()) continue;
    ENKRAT_RETURN_IF_ERROR(AddGroup(present, snapshot, deadline, *data, made.valid_until));
  }
  made.data = std::move(data);
  return made;
}

bool OwnValidationData::StillValid(const Made& made, const RevocationSnapshot& snapshot) const {
  const absl::Time now = options_.clock->Now();
  return made.snapshot.SameAs(snapshot) && now >= made.taken_at && now < made.valid_until;
}

bool OwnValidationData::Serves(const Made& made, const RevocationSnapshot& snapshot,
                               absl::Time not_before) const {
  return StillValid(made, snapshot) && made.taken_at >= WholeSecond(not_before) &&
         options_.clock->Now() < made.taken_at + kFreshEnough;
}

absl::StatusOr<std::shared_ptr<const ValidationData>> OwnValidationData::Current(
    absl::Time not_before, absl::Time deadline) {
  const absl::StatusOr<RevocationSnapshot> snapshot = options_.status->Now();
  if (!snapshot.ok()) return Unavailable(snapshot.status().message());
  not_before = std::min(not_before, options_.clock->Now());
  ENKRAT_ASSIGN_OR_RETURN(const Made made, Take(*snapshot, not_before, deadline));
  // Whoever asks about no moment may be about to have something stamped.
  const absl::Time about = not_before == absl::InfinitePast() ? options_.clock->Now() : not_before;
  if (about <= made.left_out_since + kNoticed) {
    return Unavailable("a timestamping unit was revoked meanwhile");
  }
  return made.data;
}

absl::StatusOr<OwnValidationData::Made> OwnValidationData::Take(const RevocationSnapshot& snapshot,
                                                                absl::Time not_before,
                                                                absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    while (true) {
      if (made_.has_value() && Serves(*made_, snapshot, not_before)) return *made_;
      if (!making_) break;
      const absl::Duration left = deadline - options_.clock->Now();
      if (left <= absl::ZeroDuration()) return Unavailable("it was not made in time");
      changed_.wait_for(mutex_, absl::ToChronoNanoseconds(std::min(left, absl::Seconds(1))));
    }
    making_ = true;
  }
  absl::StatusOr<Made> made = Make(snapshot, deadline);
  MutexLock lock(mutex_);
  making_ = false;
  changed_.notify_all();
  if (made.ok()) {
    made_ = *std::move(made);
    return *made_;
  }
  if (IsPassing(made.status()) && made_.has_value() && StillValid(*made_, snapshot)) {
    return *made_;
  }
  return Unavailable(made.status().message());
}

}  // namespace enkrat::signer
