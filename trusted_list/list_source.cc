#include "trusted_list/list_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::trusted_list {
namespace {

constexpr size_t kMaxListSize = 32 * 1024 * 1024;

absl::Status Away(absl::string_view why) {
  return MakeError(Reason::kValidationDataUnavailable, absl::StrCat("trusted list: ", why));
}

absl::Status Misconfigured(absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat("trusted list: ", why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ListSource>> ListSource::Create(Options options) {
  if (options.file.empty() == options.url.empty()) {
    return Misconfigured("it is either a file or a URL");
  }
  if (!options.url.empty() && options.fetcher == nullptr) return Misconfigured("nobody fetches it");
  if (options.clock == nullptr) return Misconfigured("there is no clock");
  if (options.signer_certificates_der.empty()) {
    return Misconfigured("no certificate of its signer is given");
  }
  std::unique_ptr<ListSource> source(new ListSource(std::move(options)));
  source->ReadCache();
  return source;
}

// What is there may be damaged or somebody else's: then there is no list yet. If it has expired,
// Current refuses it, and what is older than it is refused too: who holds the line could otherwise
// bring back an old list, with a service that was withdrawn since, after a long stop.
void ListSource::ReadCache() {
  if (options_.url.empty() || options_.cache_file.empty()) return;
  const absl::StatusOr<Bytes> octets = ReadFile(options_.cache_file, kMaxListSize);
  if (!octets.ok() && ReasonOf(octets.status()) == Reason::kNotFound) return;
  absl::StatusOr<TrustedList> list =
      octets.ok() ? Read(*octets, absl::InfinitePast()) : octets.status();
  absl::Status usable = list.status();
  if (list.ok()) {
    Hold(*std::move(list));
    usable = Current().status();
  }
  if (!usable.ok() && options_.logger != nullptr) {
    options_.logger->Warning("the cached trusted list is not used", {{"error", usable.message()}});
  }
}

absl::StatusOr<Bytes> ListSource::Get() const {
  if (!options_.file.empty()) {
    absl::StatusOr<Bytes> octets = ReadFile(options_.file, kMaxListSize);
    if (octets.ok() || ReasonOf(octets.status()) == Reason::kLimitExceeded) return octets;
    return Away(octets.status().message());
  }
  const HttpRequest request = {
      .url = options_.url,
      .max_response_size = kMaxListSize,
      .timeout = options_.timeout,
      .tls_ca_file = options_.tls_ca_file,
      .plain_http = options_.allow_loopback_http ? PlainHttp::kOnLoopback : PlainHttp::kRefused};
  absl::StatusOr<HttpResponse> response = options_.fetcher->Fetch(request);
  if (!response.ok() && ReasonOf(response.status()) == Reason::kLimitExceeded) {
    return response.status();
  }
  if (!response.ok()) return Away(response.status().message());
  if (response->status != 200) return Away(absl::StrCat("HTTP status ", response->status));
  return std::move(response->body);
}

absl::StatusOr<TrustedList> ListSource::Read(ByteSpan octets, absl::Time when) const {
  const absl::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
  ENKRAT_ASSIGN_OR_RETURN(TrustedList list,
                          ReadTrustedList(text, options_.signer_certificates_der, when));
  const MutexLock lock(mutex_);
  if (list_ != nullptr && list.sequence_number < list_->sequence_number) {
    return MakeError(Reason::kNotPermitted, "trusted list: older than the one that is held");
  }
  return list;
}

void ListSource::Hold(TrustedList list) {
  const MutexLock lock(mutex_);
  list_ = std::make_shared<const TrustedList>(std::move(list));
}

// Without a cache the next start asks the URL: no reason to do without the list now.
void ListSource::WriteCache(ByteSpan octets) const {
  if (options_.url.empty() || options_.cache_file.empty()) return;
  const auto written = WriteFile(options_.cache_file, octets, {.overwrite = true});
  if (!written.ok() && options_.logger != nullptr) {
    options_.logger->Warning("the trusted list cannot be cached",
                             {{"error", written.status().message()}});
  }
}

absl::Status ListSource::RefreshAlone() {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes octets, Get());
  ENKRAT_ASSIGN_OR_RETURN(TrustedList list, Read(octets, options_.clock->Now()));
  // First on disk: a list that was used once is not forgotten by a crash.
  WriteCache(octets);
  Hold(std::move(list));
  return absl::OkStatus();
}

bool ListSource::BeginRefresh() {
  const MutexLock lock(mutex_);
  if (refreshing_) return false;
  refreshing_ = true;
  return true;
}

absl::Status ListSource::Refresh() {
  if (!BeginRefresh()) return Away("it is being read already");
  const absl::Status status = RefreshAlone();
  const MutexLock lock(mutex_);
  refreshing_ = false;
  due_ =
      options_.clock->SinceBoot() + (status.ok() ? options_.refresh_after : options_.retry_after);
  return status;
}

void ListSource::KeepFresh() {
  {
    const MutexLock lock(mutex_);
    if (due_.has_value() && options_.clock->SinceBoot() < *due_) return;
  }
  const absl::Status status = Refresh();
  if (!status.ok() && options_.logger != nullptr) {
    options_.logger->Warning("the trusted list cannot be refreshed", {{"error", status.message()}});
  }
}

absl::StatusOr<std::shared_ptr<const TrustedList>> ListSource::Current() const {
  const MutexLock lock(mutex_);
  if (list_ == nullptr) return Away("there is none yet");
  if (list_->next_update.has_value() && options_.clock->Now() >= *list_->next_update) {
    return Away("the one that is held has expired");
  }
  return list_;
}

}  // namespace enkrat::trusted_list
