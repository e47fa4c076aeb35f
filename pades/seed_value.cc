#include "pades/seed_value.h"

#include <algorithm>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_replace.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

// /Ff of a seed value dictionary: which entries are requirements.
enum Requirement : unsigned {
  kFilter = 1u << 0,
  kSubFilter = 1u << 1,
  kVersion = 1u << 2,
  kReasons = 1u << 3,
  kLegalAttestation = 1u << 4,
  kRevocationInfo = 1u << 5,
  kDigestMethod = 1u << 6,
};
constexpr unsigned kKnown = 0x7F;
constexpr double kOurVersion = 3;  // PDF 2.0's seed values

absl::Status Unsuitable(absl::string_view why) {
  return MakeError(Reason::kPdfFieldUnsuitable, why);
}

unsigned Flags(QPDFObjectHandle dictionary) {
  QPDFObjectHandle flags = dictionary.getKey("/Ff");
  return flags.isInteger() ? flags.getUIntValueAsUInt() : 0;
}

bool AnyElement(QPDFObjectHandle array, absl::FunctionRef<bool(QPDFObjectHandle)> holds) {
  if (!array.isArray()) return false;
  std::vector<QPDFObjectHandle> elements = array.getArrayAsVector();
  return std::any_of(elements.begin(), elements.end(), holds);
}

// "SHA256", as seed values have it.
bool NamesDigest(QPDFObjectHandle element, DigestAlgorithm algorithm) {
  const std::string name = absl::StrReplaceAll(DigestName(algorithm), {{"-", ""}});
  return element.isString() && element.getUTF8Value() == name;
}

absl::Status CheckForm(QPDFObjectHandle seed, unsigned flags, const SignatureOptions& options) {
  QPDFObjectHandle filter = seed.getKey("/Filter");
  if ((flags & kFilter) != 0 && !(filter.isName() && filter.getName() == "/Adobe.PPKLite")) {
    return Unsuitable("the field asks for another signature handler");
  }
  if ((flags & kSubFilter) != 0 &&
      !AnyElement(seed.getKey("/SubFilter"), [](QPDFObjectHandle name) {
        return name.isName() && name.getName() == "/ETSI.CAdES.detached";
      })) {
    return Unsuitable("the field asks for another signature format");
  }
  if ((flags & kDigestMethod) != 0 &&
      !AnyElement(seed.getKey("/DigestMethod"), [&](QPDFObjectHandle name) {
        return NamesDigest(name, options.digest_algorithm);
      })) {
    return Unsuitable("the field asks for another digest algorithm");
  }
  QPDFObjectHandle version = seed.getKey("/V");
  if ((flags & kVersion) != 0 && version.isNumber() && version.getNumericValue() > kOurVersion) {
    return Unsuitable("the field asks for more than this version knows");
  }
  return absl::OkStatus();
}

// An empty list, or one with "." alone, forbids a reason.
absl::Status CheckReason(QPDFObjectHandle reasons, const std::string& reason) {
  if (!reasons.isArray()) return absl::OkStatus();
  const bool none_allowed = reasons.getArrayNItems() == 0 ||
                            (reasons.getArrayNItems() == 1 && reasons.getArrayItem(0).isString() &&
                             reasons.getArrayItem(0).getUTF8Value() == ".");
  const bool matches =
      none_allowed ? reason.empty() : AnyElement(reasons, [&](QPDFObjectHandle element) {
        return element.isString() && element.getUTF8Value() == reason;
      });
  return matches ? absl::OkStatus() : Unsuitable("the field does not allow this reason");
}

// /MDP: 0 for an approval signature, 1 to 3 for a certification of that kind. Always a requirement.
absl::Status CheckCertification(QPDFObjectHandle mdp,
                                const std::optional<AllowedChanges>& certify) {
  if (!mdp.isDictionary() || !mdp.getKey("/P").isInteger()) return absl::OkStatus();
  const int asked = certify.has_value() ? static_cast<int>(*certify) : 0;
  if (mdp.getKey("/P").getIntValue() == asked) return absl::OkStatus();
  return Unsuitable("the field asks for another kind of certification");
}

}  // namespace

absl::Status CheckSeedValue(const FormField& field, const SignatureOptions& options) {
  QPDFObjectHandle seed = field.object->getKey("/SV");
  if (!seed.isDictionary()) return absl::OkStatus();
  const unsigned flags = Flags(seed);
  ENKRAT_RETURN_IF_ERROR(CheckForm(seed, flags, options));
  if ((flags & kReasons) != 0) {
    ENKRAT_RETURN_IF_ERROR(CheckReason(seed.getKey("/Reasons"), options.reason));
  }
  if ((flags & (kRevocationInfo | ~kKnown)) != 0 ||
      ((flags & kLegalAttestation) != 0 && options.certify.has_value())) {
    return Unsuitable("the field asks for what is not made here");
  }
  QPDFObjectHandle certificate = seed.getKey("/Cert");
  if (certificate.isDictionary() && Flags(certificate) != 0) {
    return Unsuitable("the field asks for certain certificates");
  }
  return CheckCertification(seed.getKey("/MDP"), options.certify);
}

}  // namespace enkrat::pades
