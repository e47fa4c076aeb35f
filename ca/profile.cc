#include "ca/profile.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ca/extension.h"
#include "ca/http_url.h"
#include "ca/object_identifiers.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxPolicies = 8;
constexpr size_t kMaxNameSize = 64;
constexpr absl::Duration kShortTermLimit = absl::Hours(24);  // EN 319 412-1 5.2.2
constexpr absl::Duration kMinValidity = absl::Minutes(1);
constexpr absl::Duration kMaxSkew = absl::Seconds(60);

// Policies of EN 319 411-2 5.3.
constexpr absl::string_view kQualifiedPolicyArc = "0.4.0.194112.1.";
constexpr absl::string_view kQcpNatural = "0.4.0.194112.1.0";
constexpr absl::string_view kQcpNaturalQscd = "0.4.0.194112.1.2";

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

absl::Status CheckQualifiedClaims(const ProfileSpec& spec) {
  if (spec.on_qscd && !spec.qualified) {
    return Invalid(spec, "on_qscd is a claim of a qualified certificate only");
  }
  if (spec.qualified && !IsHttpsUrl(spec.pds_url)) {
    return Invalid(spec, "pds_url is not an https URL (EN 319 412-5 4.3.4)");
  }
  for (const std::string& policy : spec.policy_oids) {
    if (!absl::StartsWith(policy, kQualifiedPolicyArc)) continue;
    if (!spec.qualified) {
      return Invalid(spec, absl::StrCat("policy ", policy, " is for qualified certificates"));
    }
    const absl::string_view expected = spec.on_qscd ? kQcpNaturalQscd : kQcpNatural;
    if (policy != expected) {
      return Invalid(spec, absl::StrCat("policy ", policy, " does not go with the claims; ",
                                        expected, " does (EN 319 411-2 5.3)"));
    }
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

void WriteStatement(DerWriter& writer, ByteSpan identifier) {
  writer.Nested(der_tag::kSequence, [&] { writer.ObjectIdentifier(identifier); });
}

void WriteTypeStatement(DerWriter& writer) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.ObjectIdentifier(oid::kQcType);
    WriteStatement(writer, oid::kQcTypeEsign);  // SEQUENCE OF one OBJECT IDENTIFIER
  });
}

void WritePdsStatement(DerWriter& writer, const std::string& pds_url) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.ObjectIdentifier(oid::kQcPds);
    writer.Nested(der_tag::kSequence, [&] {
      writer.Nested(der_tag::kSequence, [&] {
        writer.Element(der_tag::kIa5String, pds_url);
        writer.Element(der_tag::kPrintableString, "en");
      });
    });
  });
}

// serialNumber has the semantics of EN 319 412-1 5.1.3.
void WriteSemanticsStatement(DerWriter& writer) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.ObjectIdentifier(oid::kPkixQcSyntaxV2);
    WriteStatement(writer, oid::kSemanticsNatural);  // SemanticsInformation
  });
}

void WriteQcStatements(DerWriter& writer, const ProfileSpec& spec) {
  WriteExtension(writer, oid::kQcStatements, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      if (spec.qualified) WriteStatement(writer, oid::kQcCompliance);
      if (spec.on_qscd) WriteStatement(writer, oid::kQcSscd);
      if (spec.qualified) {
        WriteTypeStatement(writer);
        WritePdsStatement(writer, spec.pds_url);
      }
      WriteSemanticsStatement(writer);
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

absl::StatusOr<Profile> Profile::Create(ProfileSpec spec) {
  if (spec.name.empty() || spec.name.size() > kMaxNameSize) {
    return Invalid(spec, "name is empty or longer than 64 octets");
  }
  ENKRAT_RETURN_IF_ERROR(CheckTimes(spec));
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> policies, EncodePolicies(spec));
  ENKRAT_RETURN_IF_ERROR(CheckQualifiedClaims(spec));
  if (!IsHttpUrl(spec.ca_issuers_url)) {
    return Invalid(spec, "ca_issuers_url is not an http or https URL (EN 319 412-2 4.4.1)");
  }
  return Profile(std::move(spec), std::move(policies));
}

}  // namespace enkrat::ca
