#include "cli/container_raising.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "asic/container.h"
#include "cli/cades_raising.h"
#include "cli/draft_file.h"
#include "cli/outcome.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

using asic::Container;
using asic::ContainerSignature;
using validation::SignatureReport;

absl::Status CannotBeRaised(absl::string_view entry, absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat(entry, " cannot be raised: ", why));
}

absl::Status CheckNames(const ContainerRaising& raising, const Container& container) {
  std::vector<std::string> names;
  for (const ContainerSignature& signature : container.signatures()) {
    if (!signature.timestamp) names.push_back(signature.name);
  }
  if (names.empty()) {
    return MakeError(Reason::kRequestMalformed,
                     "the container has timestamps only: there is no signature to raise");
  }
  for (const std::string& name : raising.only) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return UsageError(absl::StrCat(
          "--signature ", name, " is no signature in it; these are: ", absl::StrJoin(names, ", ")));
    }
  }
  return absl::OkStatus();
}

// The report of an entry's only signer.
absl::StatusOr<const SignatureReport*> ReportOf(const ContainerSignature& signature,
                                                const validation::Report& report) {
  if (!signature.held_by.empty()) {
    return CannotBeRaised(
        signature.name,
        absl::StrCat(signature.held_by.front(), " is over it and would not be true any more"));
  }
  const SignatureReport* found = nullptr;
  for (const SignatureReport& each : report.signatures) {
    if (absl::StartsWith(each.id, absl::StrCat(signature.name, " #"))) {
      return CannotBeRaised(signature.name, "it has more than one signer");
    }
    if (each.id == signature.name) found = &each;
  }
  if (found == nullptr) return CannotBeRaised(signature.name, "it was not judged");
  return found;
}

using Reports = std::map<const ContainerSignature*, const SignatureReport*>;

// Of what is to be raised; before anything is asked of the service.
absl::StatusOr<Reports> MeantOnes(const ContainerRaising& raising, const Container& container,
                                  const validation::Report& report) {
  Reports meant;
  for (const ContainerSignature& signature : container.signatures()) {
    if (signature.timestamp || !raising.Means(signature.name)) continue;
    ENKRAT_ASSIGN_OR_RETURN(meant[&signature], ReportOf(signature, report));
  }
  return meant;
}

absl::StatusOr<Bytes> Raise(const ContainerSignature& signature, const SignatureReport& judged,
                            const Container& container, ades::CadesLevel level, Client& client) {
  return RaiseCades(signature.cms_der,
                    {.level = level,
                     .judged = &judged,
                     .used = &judged.used,
                     .content_digest =
                         [&](DigestAlgorithm algorithm) {
                           return container.DigestOf(signature.signed_entry, algorithm);
                         }},
                    client);
}

}  // namespace

bool ContainerRaising::Means(absl::string_view id) const {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& name) {
           return id == name || absl::StartsWith(id, absl::StrCat(name, " #"));
         });
}

absl::Status RaiseContainer(const ContainerRaising& raising, const validation::Report& report,
                            Client& client, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<Container> container,
                          Container::Open(raising.file, {}));
  ENKRAT_RETURN_IF_ERROR(CheckNames(raising, *container));
  ENKRAT_ASSIGN_OR_RETURN(const Reports meant, MeantOnes(raising, *container, report));
  std::map<std::string, Bytes> raised;
  std::string said;
  for (const ContainerSignature& signature : container->signatures()) {
    const auto judged = meant.find(&signature);
    if (judged == meant.end()) {
      absl::StrAppend(&said, "left        ", signature.name,
                      signature.timestamp ? " (a timestamp)\n" : "\n");
      continue;
    }
    ENKRAT_ASSIGN_OR_RETURN(Bytes cms_der,
                            Raise(signature, *judged->second, *container, raising.level, client));
    if (cms_der == signature.cms_der) {
      absl::StrAppend(&said, "as it was   ", signature.name, "\n");
      continue;
    }
    absl::StrAppend(&said, "raised      ", signature.name, "\n");
    raised.emplace(signature.name, std::move(cms_der));
  }
  DraftFile draft(raising.out);
  ENKRAT_RETURN_IF_ERROR(container->WriteWith(raised, draft.part()));
  ENKRAT_RETURN_IF_ERROR(draft.Keep(raising.force));
  context.out << said;
  return absl::OkStatus();
}

}  // namespace enkrat::cli
