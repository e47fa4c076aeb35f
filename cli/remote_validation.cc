#include "cli/remote_validation.h"

#include <fstream>
#include <memory>

#include "cli/client.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/validation_service.pb.h"

namespace enkrat::cli {
namespace {

constexpr size_t kPiece = 128 * 1024;

// The parts of one call, read as they are sent.
class Parts {
 public:
  explicit Parts(const RemoteValidation& what) : what_(what), file_(what.file, std::ios::binary) {
    if (what.content.has_value()) content_.open(*what.content, std::ios::binary);
  }

  absl::Status CheckOpen() const {
    if (!file_.is_open()) return UnavailableError(what_.file + ": cannot be read");
    if (what_.content.has_value() && !content_.is_open()) {
      return UnavailableError(*what_.content + ": cannot be read");
    }
    return absl::OkStatus();
  }

  // False after the last one.
  bool Next(v1::ValidateRequest* part) {
    if (!header_sent_) {
      header_sent_ = true;
      v1::ValidateHeader* header = part->mutable_header();
      if (what_.at.has_value()) {
        header->mutable_at()->set_seconds(absl::ToUnixSeconds(*what_.at));
      }
      return true;
    }
    if (Read(file_, part->mutable_chunk())) return true;
    return what_.content.has_value() && Read(content_, part->mutable_detached_chunk());
  }

 private:
  static bool Read(std::ifstream& stream, std::string* chunk) {
    chunk->resize(kPiece);
    stream.read(chunk->data(), static_cast<std::streamsize>(chunk->size()));
    chunk->resize(static_cast<size_t>(stream.gcount()));
    return !chunk->empty();
  }

  const RemoteValidation& what_;
  std::ifstream file_, content_;
  bool header_sent_ = false;
};

validation::Indication IndicationOf(v1::Indication indication) {
  switch (indication) {
    case v1::INDICATION_TOTAL_PASSED:
      return validation::Indication::kTotalPassed;
    case v1::INDICATION_TOTAL_FAILED:
      return validation::Indication::kTotalFailed;
    default:
      return validation::Indication::kIndeterminate;
  }
}

}  // namespace

absl::StatusOr<RemoteReport> ValidateRemotely(const RemoteValidation& what,
                                              const Context& context) {
  Parts parts(what);
  ENKRAT_RETURN_IF_ERROR(parts.CheckOpen());
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::ValidateResponse response;
  ENKRAT_RETURN_IF_ERROR(
      client->Validate([&](v1::ValidateRequest* part) { return parts.Next(part); }, &response));
  return RemoteReport{.indication = IndicationOf(response.indication()),
                      .json = response.report_json(),
                      .text = response.report_text()};
}

}  // namespace enkrat::cli
