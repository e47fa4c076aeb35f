#include "ca/profile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ca/extension.h"
#include "ca/http_url.h"
#include "ca/object_identifiers.h"
#include "ca/qc_statements.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxPolicies = 8;
constexpr size_t kMaxNameSize = 64;
constexpr absl::Duration kShortTermLimit = absl::Hours(24);  // EN 319 412-1 5.2.2
constexpr absl::Duration kMinValidity = absl::Minutes(1);
constexpr absl::Duration kMaxSkew = absl::Seconds(60);

constexpr absl::string_view kQualifiedPolicyArc = "0.4.0.194112.1.";  // EN 319 411-2 5.3
constexpr size_t kMaxPdsLocations = 8;
constexpr int kMaxRetentionYears = 100;

absl::Status Invalid(const ProfileSpec& spec, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("profile \"", spec.name.substr(0, kMaxNameSize), "\": ", what));
}

absl::Status CheckTimes(const ProfileSpec& spec) {
  if (spec.validity < kMinValidity) return Invalid(spec, "validity is under one minute");
  if (spec.not_before_skew < absl::ZeroDuration() || spec.not_before_skew > kMaxSkew) {
    return Invalid(spec, "not_before_skew is not between 0 and 60 s");
  }
  // notAfter counts (RFC 5280 4.1.2.5), so 24 h to the second would be a second too long.
  if (spec.validity + spec.not_before_skew >= kShortTermLimit) {
    return Invalid(spec,
                   "validity and not_before_skew together are not under 24 h "
                   "(EN 319 412-1 5.2.2)");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicies(const ProfileSpec& spec) {
  for (const std::string& policy : spec.policy_oids) {
    if (!absl::StartsWith(policy, kQualifiedPolicyArc)) continue;
    if (!spec.qualified) {
      return Invalid(spec, absl::StrCat("policy ", policy, " is for qualified certificates"));
    }
    const absl::string_view expected = QualifiedPolicy(spec.kind, spec.on_qscd);
    if (policy != expected) {
      return Invalid(spec, absl::StrCat("policy ", policy, " does not go with the claims; ",
                                        expected, " does (EN 319 411-2 5.3)"));
    }
  }
  return absl::OkStatus();
}

bool IsLanguage(absl::string_view text) {
  return text.size() == 2 && absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
         absl::ascii_islower(static_cast<unsigned char>(text[1]));
}

absl::Status CheckPds(const ProfileSpec& spec) {
  if (spec.pds.size() > kMaxPdsLocations) return Invalid(spec, "more than 8 pds");
  std::set<absl::string_view> languages;
  for (const PdsLocation& location : spec.pds) {
    if (!IsHttpsUrl(location.url)) {
      return Invalid(spec, "a pds URL is not https (EN 319 412-5 4.3.4)");
    }
    if (!IsLanguage(location.language)) {
      return Invalid(spec, "a pds language is not two lower-case letters (ISO 639-1)");
    }
    if (!languages.insert(location.language).second) {
      return Invalid(spec, "two pds in one language (EN 319 412-5 4.3.4)");
    }
  }
  if (!languages.contains("en")) return Invalid(spec, "no pds in English (EN 319 412-5 4.3.4)");
  return absl::OkStatus();
}

absl::Status CheckClaims(const ProfileSpec& spec) {
  ENKRAT_RETURN_IF_ERROR(CheckPolicies(spec));
  if (spec.retention_years < 0 || spec.retention_years > kMaxRetentionYears) {
    return Invalid(spec, "retention_years is not between 0 and 100");
  }
  if (spec.qualified) return CheckPds(spec);
  if (spec.on_qscd || !spec.pds.empty() || spec.retention_years > 0) {
    return Invalid(spec, "on_qscd, pds and retention_years are claims of a qualified certificate");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Bytes>> EncodePolicies(const ProfileSpec& spec) {
  if (spec.policy_oids.empty()) return Invalid(spec, "policy_oids is empty (EN 319 412-2 4.3.3)");
  if (spec.policy_oids.size() > kMaxPolicies) return Invalid(spec, "more than 8 policy_oids");
  std::vector<Bytes> policies;
  for (const std::string& dotted : spec.policy_oids) {
    absl::StatusOr<Bytes> policy = oid::FromDotted(dotted);
    if (!policy.ok()) return Invalid(spec, policy.status().message());
    if (std::count(policies.begin(), policies.end(), *policy) != 0) {
      return Invalid(spec, "a policy OID twice (RFC 5280 4.2.1.4)");
    }
    policies.push_back(*std::move(policy));
  }
  return policies;
}

// Only nonRepudiation, type A of EN 319 412-2 table 1.
void WriteKeyUsage(DerWriter& writer) {
  static constexpr uint8_t kNonRepudiation[] = {0x06, 0x40};  // 6 unused bits, bit 1
  WriteExtension(writer, oid::kKeyUsage, Criticality::kCritical,
                 [&] { writer.Element(der_tag::kBitString, kNonRepudiation); });
}

void WritePolicies(DerWriter& writer, const std::vector<Bytes>& policies) {
  WriteExtension(writer, oid::kCertificatePolicies, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      for (const Bytes& policy : policies) {
        writer.Nested(der_tag::kSequence, [&] { writer.ObjectIdentifier(policy); });
      }
    });
  });
}

void WriteAuthorityInfoAccess(DerWriter& writer, const std::string& ca_issuers_url) {
  WriteExtension(writer, oid::kAuthorityInfoAccess, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      writer.Nested(der_tag::kSequence, [&] {
        writer.ObjectIdentifier(oid::kCaIssuers);
        writer.Element(der_tag::Primitive(6), ca_issuers_url);  // uniformResourceIdentifier
      });
    });
  });
}

Bytes EncodeExtensions(const ProfileSpec& spec, const std::vector<Bytes>& policies) {
  DerWriter writer(512);
  WriteKeyUsage(writer);
  WritePolicies(writer, policies);
  WriteAuthorityInfoAccess(writer, spec.ca_issuers_url);
  WriteQcStatements(writer, spec);
  WriteExtension(writer, oid::kNoRevAvail, Criticality::kNonCritical, [&] { writer.Null(); });
  WriteExtension(writer, oid::kValidityAssuredShortTerm, Criticality::kNonCritical,
                 [&] { writer.Null(); });
  return std::move(writer).Take();
}

}  // namespace

Profile::Profile(ProfileSpec spec, std::vector<Bytes> policies)
    : spec_(std::move(spec)),
      policies_(std::move(policies)),
      extensions_der_(EncodeExtensions(spec_, policies_)) {}

SubjectKind Profile::subject_kind() const {
  if (spec_.kind == ProfileKind::kSeal) return SubjectKind::kLegalPerson;
  return spec_.names == SubjectNames::kPseudonym ? SubjectKind::kPseudonym
                                                 : SubjectKind::kNaturalPerson;
}

absl::string_view QualifiedPolicy(ProfileKind kind, bool on_qscd) {
  if (kind == ProfileKind::kSeal) return on_qscd ? "0.4.0.194112.1.3" : "0.4.0.194112.1.1";
  return on_qscd ? "0.4.0.194112.1.2" : "0.4.0.194112.1.0";
}

absl::StatusOr<Profile> Profile::Create(ProfileSpec spec) {
  if (spec.name.empty() || spec.name.size() > kMaxNameSize) {
    return Invalid(spec, "name is empty or longer than 64 octets");
  }
  ENKRAT_RETURN_IF_ERROR(CheckTimes(spec));
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> policies, EncodePolicies(spec));
  ENKRAT_RETURN_IF_ERROR(CheckClaims(spec));
  if (spec.kind == ProfileKind::kSeal && spec.names == SubjectNames::kPseudonym) {
    return Invalid(spec, "a legal person has no pseudonym (EN 319 412-3 4.2.1)");
  }
  if (!IsHttpUrl(spec.ca_issuers_url)) {
    return Invalid(spec, "ca_issuers_url is not an http or https URL (EN 319 412-2 4.4.1)");
  }
  return Profile(std::move(spec), std::move(policies));
}

}  // namespace enkrat::ca
