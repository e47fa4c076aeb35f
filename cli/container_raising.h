// The CAdES signatures of an ASiC container, raised where they are.
#ifndef ENKRAT_CLI_CONTAINER_RAISING_H_
#define ENKRAT_CLI_CONTAINER_RAISING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ades/cades_augmentation.h"
#include "cli/client.h"
#include "cli/context.h"
#include "validation/report.h"

namespace enkrat::cli {

struct ContainerRaising {
  std::string file;
  std::string out;     // may be `file`
  bool force = false;  // replaces what stands at `out`
  ades::CadesLevel level = ades::CadesLevel::kBLTA;
  std::vector<std::string> only;  // entries, such as "META-INF/signature001.p7s"; empty: all

  // Whether a report with this id is about a signature that is meant.
  bool Means(absl::string_view id) const;
};

// Writes the container with its signatures raised, all else of it octet for octet; prints what
// became of each. Timestamps of the container stay as they are. `report` is the file's, with no
// meant signature that is bad. A usage error for names that are not there or no signature's;
// kRequestMalformed for a container without a signature, for entries with several signers, and for
// signatures that something else in the container is over (asic/container.h);
// otherwise as RaiseCades and Container::WriteWith. Nothing is written then.
absl::Status RaiseContainer(const ContainerRaising& raising, const validation::Report& report,
                            Client& client, const Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CONTAINER_RAISING_H_
