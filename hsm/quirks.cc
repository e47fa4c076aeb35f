#include "hsm/quirks.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::hsm {
namespace {

struct Entry {
  Quirks quirks;
  absl::string_view manufacturer;  // part of CK_INFO.manufacturerID; empty = by name only
};

// A new entry states in its rationale what was seen or where it is documented.
const std::vector<Entry>& Entries() {
  static const auto& entries = *new std::vector<Entry>{
      {.quirks = {.name = "standard",
                  .rationale =
                      "Nothing beyond PKCS#11 v2.40 is assumed. CKA_ALLOWED_MECHANISMS and "
                      "CKA_COPYABLE are left out: many modules refuse what they do not "
                      "know with CKR_ATTRIBUTE_TYPE_INVALID."},
       .manufacturer = ""},
      {.quirks = {.name = "softhsm",
                  .close_sessions_only_when_idle = true,
                  .allowed_mechanisms_in_template = true,
                  .copyable_in_template = true,
                  .recycle_after_keys = 200'000,
                  .rationale =
                      "SoftHSM 2.6.1: C_CloseSession beside running calls can crash (its Session "
                      "object is freed while HandleManager walks all handles); every destroyed key "
                      "pair leaves about 525 octets until C_Finalize (SessionObjectStore keeps "
                      "invalidated objects), 105 MB after 200,000 keys."},
       .manufacturer = "SoftHSM"},
      {.quirks =
           {.name = "nss",
            .rationale =
                "NSS softokn wants LibraryParameters (configdir) in "
                "CK_C_INITIALIZE_ARGS, before pReserved: Module::Options::"
                "init_string. It answers CKA_LOCAL = false for keys of its own making (3.87), so "
                "the self-test refuses it."},
       .manufacturer = "Mozilla Foundation"},
      {.quirks = {.name = "aws-cloudhsm",
                  .read_write_sessions = true,
                  .rationale = "AWS CloudHSM Client SDK 5: read-only sessions are not supported; "
                               "CKA_DERIVE must be false on public keys; a throttled "
                               "C_GetAttributeValue answers CKR_DEVICE_ERROR (AWS CloudHSM user "
                               "guide, known issues of the PKCS #11 library)."},
       .manufacturer = "CloudHSM"},
      {.quirks = {.name = "read-write",
                  .read_write_sessions = true,
                  .rationale = "For modules that generate keys in read-write sessions only."},
       .manufacturer = ""},
  };
  return entries;
}

}  // namespace

const std::vector<Quirks>& AllQuirks() {
  static const auto& all = *[] {
    auto* list = new std::vector<Quirks>;
    for (const Entry& entry : Entries()) list->push_back(entry.quirks);
    return list;
  }();
  return all;
}

const Quirks& DetectQuirks(absl::string_view manufacturer, absl::string_view library_description) {
  for (const Entry& entry : Entries()) {
    if (!entry.manufacturer.empty() &&
        (absl::StrContains(manufacturer, entry.manufacturer) ||
         absl::StrContains(library_description, entry.manufacturer))) {
      return entry.quirks;
    }
  }
  return Entries().front().quirks;
}

absl::StatusOr<const Quirks*> QuirksByName(absl::string_view name) {
  std::string names;
  for (const Entry& entry : Entries()) {
    if (entry.quirks.name == name) return &entry.quirks;
    absl::StrAppend(&names, names.empty() ? "" : ", ", entry.quirks.name);
  }
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("no quirks named '", name, "'; there are: ", names));
}

}  // namespace enkrat::hsm
