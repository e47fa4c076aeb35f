#include "server/problem_texts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/file.h"
#include "common/random.h"
#include "common/reason.h"

namespace enkrat::server {
namespace {

constexpr size_t kSaltBytes = 32;

}  // namespace

std::string ProblemTextFolder(const std::string& ledger_path) {
  const size_t slash = ledger_path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : ledger_path.substr(0, slash);
  return absl::StrCat(folder, "/problem-reports");
}

std::string ProblemTexts::PathOf(const std::string& report_id) const {
  return absl::StrCat(folder_, "/", report_id, ".json");
}

absl::StatusOr<std::string> ProblemTexts::Keep(const std::string& report_id,
                                               const ProblemText& text) const {
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return MakeError(Reason::kStoreUnavailable, absl::StrCat(folder_, ": cannot be made"));
  }
  const Bytes salt = RandomBytes(kSaltBytes);
  const nlohmann::ordered_json json = {{"report_id", report_id},
                                       {"salt", ToHex(salt)},
                                       {"description", text.description},
                                       {"contact", text.contact}};
  const std::string content = json.dump(2) + "\n";
  const absl::StatusOr<bool> written =
      WriteFile(PathOf(report_id), AsSpan(content), {.mode = 0600, .regardless_of_umask = true});
  if (!written.ok()) return MakeError(Reason::kStoreUnavailable, written.status().message());
  if (!*written) return MakeError(Reason::kInternal, "the report's id is taken");
  Bytes message = salt;
  Append(message, AsSpan(text.description));
  message.push_back(0);
  Append(message, AsSpan(text.contact));
  return ToHex(ComputeDigest(DigestAlgorithm::kSha256, message));
}

void ProblemTexts::Remove(const std::string& report_id) const {
  ::unlink(PathOf(report_id).c_str());
}

}  // namespace enkrat::server
