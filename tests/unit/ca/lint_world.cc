#include "tests/unit/ca/lint_world.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "ca/object_identifiers.h"

namespace enkrat::testing {
namespace {

ca::Subject SubjectFor(ca::SubjectKind kind) {
  if (kind == ca::SubjectKind::kLegalPerson) return PekarnaNovak();
  return kind == ca::SubjectKind::kPseudonym ? Skrivalka() : AnaNovak();
}

}  // namespace

LintWorld& LintWorld::Get() {
  static LintWorld& world = *new LintWorld;
  return world;
}

LintWorld::LintWorld()
    : issuer_(ca::Issuer::Create({.chain_der = authority_.chain_der(), .clock = &authority_.clock})
                  .value()) {
  ca::ProfileSpec seal = AdvancedSpec();
  seal.kind = ca::ProfileKind::kSeal;
  ca::ProfileSpec qualified_seal = QualifiedSpec();
  qualified_seal.kind = ca::ProfileKind::kSeal;
  qualified_seal.policy_oids = {"0.4.0.194112.1.3"};
  qualified_seal.retention_years = 10;
  qualified_seal.pds.push_back({"https://www.example.com/pds-sl.pdf", "sl"});
  ca::ProfileSpec pseudonym = AdvancedSpec();
  pseudonym.names = ca::SubjectNames::kPseudonym;
  ca::ProfileSpec context = AdvancedSpec();
  context.authentication_context = true;
  profiles_.emplace(Which::kAdvanced, MakeProfile(AdvancedSpec()));
  profiles_.emplace(Which::kQualified, MakeProfile(QualifiedSpec()));
  profiles_.emplace(Which::kQualifiedSeal, MakeProfile(qualified_seal));
  profiles_.emplace(Which::kSeal, MakeProfile(seal));
  profiles_.emplace(Which::kPseudonym, MakeProfile(pseudonym));
  profiles_.emplace(Which::kContext, MakeProfile(context));
}

DraftCertificate LintWorld::Good(const ca::Profile& profile) {
  return DraftCertificate::FromTbs(issuer_
                                       ->Prepare({.profile = &profile,
                                                  .subject = SubjectFor(profile.subject_kind()),
                                                  .subject_key = &subject_key_->public_key(),
                                                  .authentication_context = SubstantialLogin()})
                                       .value()
                                       .tbs_der());
}

absl::Status LintWorld::RunAll(const DraftCertificate& draft, const ca::Profile& profile) {
  DraftCertificate good = Good(profile);
  const Bytes& authority_key = good.Find(ca::oid::kAuthorityKeyIdentifier).value;
  const Bytes key_identifier(authority_key.begin() + 4, authority_key.end());
  const absl::StatusOr<ca::ParsedTbs> tbs = ca::ParsedTbs::Parse(draft.Encode());
  if (!tbs.ok()) return tbs.status();
  const Bytes spki = requested_spki.empty() ? draft.spki_der : requested_spki;
  return ca::RunLints({.tbs = *tbs,
                       .issuer = {.subject_der = good.issuer_der,
                                  .key_identifier = key_identifier,
                                  .spki_der = issuer_->public_key().spki_der(),
                                  .signature_algorithm_der = good.signature_algorithm_der},
                       .profile = profile,
                       .subject_spki_der = spki,
                       .now = authority_.clock.Now()});
}

Bytes Hex(absl::string_view hex) { return FromHex(hex).value(); }

void SetText(DraftCertificate& draft, ByteSpan type, std::string text, uint8_t tag) {
  for (DraftAttribute& attribute : draft.subject) {
    if (attribute.type == type) attribute = {ToBytes(type), tag, std::move(text)};
  }
}

void AddExtension(DraftCertificate& draft, ByteSpan type, Bytes value, bool critical) {
  draft.extensions.push_back({ToBytes(type), critical, std::move(value)});
}

void AddStatement(DraftCertificate& draft, absl::string_view statement) {
  Bytes& value = draft.Find(ca::oid::kQcStatements).value;
  const size_t header = value[1] < 0x80 ? 2 : 3;  // short, or one more octet of length
  Bytes content(value.begin() + static_cast<ptrdiff_t>(header), value.end());
  Append(content, Hex(statement));
  value = {0x30, 0x81, static_cast<uint8_t>(content.size())};
  if (content.size() < 0x80) value = {0x30, static_cast<uint8_t>(content.size())};
  Append(value, content);
}

void ReplaceInStatements(DraftCertificate& draft, const Bytes& from, const Bytes& to) {
  Bytes& value = draft.Find(ca::oid::kQcStatements).value;
  const auto found = std::search(value.begin(), value.end(), from.begin(), from.end());
  if (found == value.end() || from.size() != to.size()) std::abort();
  std::copy(to.begin(), to.end(), found);
}

}  // namespace enkrat::testing
