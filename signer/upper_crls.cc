#include "signer/upper_crls.h"

#include <utility>

#include "common/digest.h"
#include "common/file.h"
#include "common/reason.h"

namespace enkrat::signer {
namespace {

bool IsOlder(const ca::ReadCrl& candidate, const ca::ReadCrl& known) {
  if (candidate.number != 0 && known.number != 0) return candidate.number < known.number;
  return candidate.this_update < known.this_update;
}

}  // namespace

void UpperCrls::Look() {
  for (size_t i = 0; i < options_.files.size(); ++i) {
    const absl::StatusOr<Bytes> content = ReadFile(options_.files[i], ca::kMaxCrl);
    if (!content.ok()) continue;  // not there yet, or gone: what is known stays
    Bytes digest = ComputeDigest(DigestAlgorithm::kSha256, *content);
    MutexLock lock(mutex_);
    if (seen_[i] == digest) continue;
    seen_[i] = std::move(digest);
    Take(options_.files[i], *content);
  }
}

void UpperCrls::Take(const std::string& file, const Bytes& content) {
  absl::StatusOr<Bytes> der = ca::CrlDerOf(content);
  absl::Status why = der.status();
  for (size_t i = 0; der.ok() && i < options_.issuers.size(); ++i) {
    absl::StatusOr<ca::ReadCrl> facts = ca::ParseCrl(*der, options_.issuers[i]);
    why = facts.status();
    if (!facts.ok()) continue;
    if (of_[i] != nullptr && IsOlder(*facts, of_[i]->facts)) {
      why = MakeError(Reason::kConfigurationInvalid, "older than the CRL that was there before");
      break;
    }
    of_[i] = std::make_shared<const PublishedCrl>(
        PublishedCrl{.der = *std::move(der), .facts = *std::move(facts)});
    return;
  }
  options_.logger->Error("a CRL of a CA above ours is not used",
                         {{"file", file}, {"why", why.message()}});
}

PublishedCrlPtr UpperCrls::Of(ByteSpan issuer_der) const {
  MutexLock lock(mutex_);
  for (size_t i = 0; i < of_.size(); ++i) {
    if (ByteSpan(options_.issuers[i].der) == issuer_der) return of_[i];
  }
  return nullptr;
}

}  // namespace enkrat::signer
