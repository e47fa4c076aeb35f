#include "trusted_list/qualification_reader.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/object_identifier.h"
#include "common/status_macros.h"
#include "trusted_list/list_fields.h"
#include "trusted_list/list_names.h"

namespace enkrat::trusted_list {
namespace {

using Qualification = ServiceStatus::Qualification;

constexpr int kMaxCriteriaDepth = 8;

// How a list of criteria combines them.
enum class Combined { kAll, kAtLeastOne };

// Gathers criteria as long as they say "one of the policies, and all of the key usages", which is
// what `Qualification` can hold.
class CriteriaReader {
 public:
  explicit CriteriaReader(Qualification& qualification) : qualification_(qualification) {}

  void Read(xml::Element list, int depth) {
    if (depth > kMaxCriteriaDepth) return GiveUp();
    const std::vector<xml::Element> criteria = Criteria(list);
    const std::string assert = list.Attribute("assert").value_or("");
    if (criteria.empty() || (assert != "all" && assert != "atLeastOne")) return GiveUp();
    // One criterion alone is the same in both ways.
    const bool any = assert == "atLeastOne" && criteria.size() > 1;
    const bool had_policies = !qualification_.policy_oids.empty();
    if (any && had_policies) return GiveUp();
    for (const xml::Element criterion : criteria) {
      ReadOne(criterion, any ? Combined::kAtLeastOne : Combined::kAll, depth);
    }
  }

 private:
  // Description is for people.
  static std::vector<xml::Element> Criteria(xml::Element list) {
    std::vector<xml::Element> criteria;
    for (const xml::Element child : list.Children()) {
      if (!child.Is(kQualificationNamespace, "Description")) criteria.push_back(child);
    }
    return criteria;
  }

  void ReadOne(xml::Element criterion, Combined combined, int depth) {
    if (criterion.Is(kQualificationNamespace, "PolicySet")) {
      ReadPolicySet(criterion, combined);
    } else if (combined == Combined::kAtLeastOne) {
      GiveUp();
    } else if (criterion.Is(kQualificationNamespace, "KeyUsage")) {
      ReadKeyUsage(criterion);
    } else if (criterion.Is(kQualificationNamespace, "CriteriaList")) {
      Read(criterion, depth + 1);
    } else {
      GiveUp();
    }
  }

  // All policies of a set must be there (5.5.9.2.2.2), so that only a set of one can be one of
  // several; and two such sets that must both hold cannot be said.
  void ReadPolicySet(xml::Element set, Combined combined) {
    const std::vector<xml::Element> policies = set.Children();
    if (policies.size() != 1 || !policies.front().Is(kQualificationNamespace, "PolicyIdentifier")) {
      return GiveUp();
    }
    if (combined == Combined::kAll && !qualification_.policy_oids.empty()) return GiveUp();
    const auto identifier = policies.front().Child(kXadesNamespace, "Identifier");
    const auto text = identifier.ok() ? identifier->Text() : identifier.status();
    if (!text.ok()) return GiveUp();
    absl::string_view oid = absl::StripAsciiWhitespace(*text);
    if (absl::StartsWithIgnoreCase(oid, "urn:oid:")) oid.remove_prefix(8);
    if (!OidContent(oid).has_value()) return GiveUp();
    qualification_.policy_oids.emplace_back(oid);
  }

  // All bits must be as they are said to be.
  void ReadKeyUsage(xml::Element usage) {
    for (const xml::Element bit : usage.Children()) {
      const auto value = bit.Text();
      const std::string name = bit.Attribute("name").value_or("");
      if (!bit.Is(kQualificationNamespace, "KeyUsageBit") || name.empty() || !value.ok() ||
          (absl::StripAsciiWhitespace(*value) != "true" &&
           absl::StripAsciiWhitespace(*value) != "1")) {
        return GiveUp();
      }
      qualification_.key_usages.push_back(name);
    }
  }

  void GiveUp() { qualification_.criteria_understood = false; }

  Qualification& qualification_;
};

absl::StatusOr<Qualification> ReadOneQualification(xml::Element element) {
  Qualification qualification;
  for (const xml::Element qualifiers : element.Children(kQualificationNamespace, "Qualifiers")) {
    for (const xml::Element qualifier : qualifiers.Children(kQualificationNamespace, "Qualifier")) {
      const std::string uri = qualifier.Attribute("uri").value_or("");
      if (!uri.empty()) qualification.qualifiers.push_back(uri);
    }
  }
  const auto criteria = element.Child(kQualificationNamespace, "CriteriaList");
  if (qualification.qualifiers.empty() || !criteria.ok()) {
    return Refuse("a qualification without qualifiers or criteria");
  }
  CriteriaReader(qualification).Read(*criteria, 0);
  if (!qualification.criteria_understood) {  // half of the criteria would say something else
    qualification.policy_oids.clear();
    qualification.key_usages.clear();
  }
  return qualification;
}

}  // namespace

absl::StatusOr<std::vector<Qualification>> ReadQualifications(xml::Element qualifications) {
  std::vector<Qualification> all;
  for (const xml::Element element :
       qualifications.Children(kQualificationNamespace, "QualificationElement")) {
    ENKRAT_ASSIGN_OR_RETURN(Qualification qualification, ReadOneQualification(element));
    all.push_back(std::move(qualification));
  }
  return all;
}

}  // namespace enkrat::trusted_list
