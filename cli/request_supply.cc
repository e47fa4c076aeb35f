#include "cli/request_supply.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/intent.h"
#include "common/bytes.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/signature_activation_data.h"

namespace enkrat::cli {
namespace {

constexpr size_t kBatch = 2000;  // tokens a call to the provider

signer::SigningIntent MakeIntent(size_t documents, DigestAlgorithm digest) {
  signer::SigningIntent intent{.request_id = NewRequestId(), .documents = {}};
  for (size_t i = 0; i < documents; ++i) {
    intent.documents.push_back(
        {.label = absl::StrCat("document ", i),
         .digest_algorithm = digest,
         .digest = ComputeDigest(digest, AsSpan(LoadDocument(intent.request_id, i)))});
  }
  return intent;
}

}  // namespace

std::string LoadDocument(const std::string& request_id, size_t index) {
  return absl::StrCat("Enkrat load document ", index, " of ", request_id, "\n");
}

absl::StatusOr<std::unique_ptr<RequestSupply>> RequestSupply::Create(const Options& options) {
  std::unique_ptr<RequestSupply> supply(new RequestSupply(options));
  const size_t first = std::min(options.stock, options.total);
  while (supply->made_ < first) {
    ENKRAT_RETURN_IF_ERROR(supply->Make(std::min(kBatch, first - supply->made_)));
  }
  if (supply->made_ < options.total) {
    supply->refill_ =
        std::jthread([raw = supply.get()](const std::stop_token& stop) { raw->Refill(stop); });
  }
  return supply;
}

RequestSupply::~RequestSupply() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  taken_.notify_all();
}

std::shared_ptr<const v1::SignRequest> RequestSupply::Take() {
  std::shared_ptr<const v1::SignRequest> request;
  {
    const MutexLock lock(mutex_);
    if (ready_.empty()) return nullptr;
    request = std::move(ready_.front());
    ready_.pop_front();
  }
  taken_.notify_one();
  return request;
}

absl::Status RequestSupply::Make(size_t count) {
  // As in `enkrat sign`: raw signatures are over the digest that goes with the key.
  const DigestAlgorithm digest = options_.choice.format == signer::SignatureFormat::kRaw
                                     ? DefaultDigest(options_.choice.key)
                                     : DigestAlgorithm::kSha256;
  std::vector<signer::SigningIntent> intents;
  std::vector<std::string> nonces;
  for (size_t i = 0; i < count; ++i) {
    intents.push_back(MakeIntent(options_.documents, digest));
    nonces.push_back(ToBase64Url(
        signer::ComputeSignatureActivationData(options_.relying_party, intents.back())));
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> tokens,
                          LoginMany(options_.login, nonces, options_.timeout));
  std::vector<std::shared_ptr<const v1::SignRequest>> requests;
  for (size_t i = 0; i < count; ++i) {
    auto request = std::make_shared<v1::SignRequest>();
    ToMessage(intents[i], tokens[i], options_.choice, request.get());
    requests.push_back(std::move(request));
  }
  made_ += count;
  const MutexLock lock(mutex_);
  ready_.insert(ready_.end(), requests.begin(), requests.end());
  return absl::OkStatus();
}

void RequestSupply::Refill(const std::stop_token& stop) {
  // Small beside the stock, so that no token lies much longer than the stock lasts.
  const size_t batch = std::clamp<size_t>(options_.stock / 4, 1, kBatch);
  while (!stop.stop_requested() && made_ < options_.total) {
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && ready_.size() >= options_.stock) taken_.wait(mutex_);
      if (stopping_) return;
    }
    // A provider that fails ends the supply; the run then reports that it ran dry.
    if (!Make(std::min(batch, options_.total - made_)).ok()) return;
  }
}

}  // namespace enkrat::cli
