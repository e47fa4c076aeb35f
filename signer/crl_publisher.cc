#include "signer/crl_publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);  // after a failure

absl::Status WriteWhole(const std::string& path, ByteSpan content) {
  return WriteFile(path, content, {.mode = 0644, .regardless_of_umask = true, .overwrite = true})
      .status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<CrlPublisher>> CrlPublisher::Create(Options options) {
  if (options.interval <= absl::ZeroDuration() || options.lifetime <= options.interval) {
    return MakeError(Reason::kConfigurationInvalid,
                     "a CRL must live longer than the interval to the next one");
  }
  if (!options.write) options.write = WriteWhole;
  std::unique_ptr<CrlPublisher> publisher(new CrlPublisher(std::move(options)));
  publisher->TakeUpFile();
  return publisher;
}

void CrlPublisher::TakeUpFile() {
  absl::StatusOr<Bytes> der = ReadFile(options_.file, ca::kMaxCrl);
  if (!der.ok() && ReasonOf(der.status()) == Reason::kNotFound) return;
  absl::StatusOr<ca::ReadCrl> facts = der.ok() ? ca::ParseCrl(*der, options_.issuer) : der.status();
  if (!facts.ok()) {
    options_.logger->Error("the last CRL cannot be taken up; the next number follows the clock",
                           {{"file", options_.file}, {"why", facts.status().message()}});
    return;
  }
  MutexLock lock(mutex_);
  current_ = std::make_shared<const PublishedCrl>(
      PublishedCrl{.der = *std::move(der), .facts = *std::move(facts)});
}

PublishedCrlPtr CrlPublisher::current() const {
  MutexLock lock(mutex_);
  return current_;
}

absl::Status CrlPublisher::verdict() const {
  MutexLock lock(mutex_);
  return verdict_;
}

void CrlPublisher::LogChange(const absl::Status& before, const absl::Status& now) {
  if (before.ok() == now.ok()) return;
  if (now.ok()) {
    options_.logger->Info("the CRL is published again");
  } else {
    options_.logger->Error("ALARM: no new CRL; the last one is served on",
                           {{"why", now.message()}});
  }
}

bool CrlPublisher::Due(const RevocationSnapshot& snapshot) const {
  const PublishedCrlPtr last = current();
  if (last == nullptr) return true;
  if (options_.clock->Now() >= last->facts.this_update + options_.interval) return true;
  const std::vector<ca::RevokedCertificate> revoked = snapshot.RevokedBy(options_.issuer);
  return revoked.size() != last->facts.revoked_serial_numbers.size() ||
         !std::all_of(revoked.begin(), revoked.end(),
                      [&](const auto& each) { return last->facts.Lists(each.serial_number); });
}

ca::CrlContent CrlPublisher::NextContent(const RevocationSnapshot& snapshot) const {
  const PublishedCrlPtr last = current();
  ca::CrlContent content;
  content.this_update = absl::FromUnixSeconds(absl::ToUnixSeconds(options_.clock->Now()));
  const int64_t seconds = std::max<int64_t>(1, absl::ToUnixSeconds(content.this_update));
  content.number = static_cast<uint64_t>(seconds);
  if (last != nullptr) {
    content.number = std::max(content.number, last->facts.number + 1);
    // A clock that was put back does not make a CRL look older than the one before.
    content.this_update = std::max(content.this_update, last->facts.this_update);
  }
  content.next_update = content.this_update + options_.lifetime;
  content.revoked = snapshot.RevokedBy(options_.issuer);
  content.expired_since = options_.issuer.not_before;
  return content;
}

absl::Status CrlPublisher::Publish(const RevocationSnapshot& snapshot) {
  const ca::CrlContent content = NextContent(snapshot);
  Bytes der;
  ENKRAT_RETURN_IF_ERROR(options_.key->Lend(
      options_.clock->Now() + options_.signing_time, [&](SigningKey& key) -> absl::Status {
        ENKRAT_ASSIGN_OR_RETURN(der, ca::MakeCrl(options_.issuer, content, key));
        return absl::OkStatus();
      }));
  ENKRAT_ASSIGN_OR_RETURN(ca::ReadCrl facts, ca::ParseCrl(der, options_.issuer));
  // Its number counts from here on, whatever happens next.
  ENKRAT_RETURN_IF_ERROR(options_.write(options_.file, der));
  MutexLock lock(mutex_);
  current_ = std::make_shared<const PublishedCrl>(
      PublishedCrl{.der = std::move(der), .facts = std::move(facts)});
  return absl::OkStatus();
}

absl::Status CrlPublisher::KeepAlone() {
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSnapshot snapshot, options_.status->Now());
  return Due(snapshot) ? Publish(snapshot) : absl::OkStatus();
}

absl::Status CrlPublisher::Keep() {
  {
    MutexLock lock(mutex_);
    if (making_ || options_.clock->SinceBoot() < not_again_before_) return verdict_;
    making_ = true;
  }
  const absl::Status now = KeepAlone();
  absl::Status before;
  {
    MutexLock lock(mutex_);
    making_ = false;
    if (!now.ok()) not_again_before_ = options_.clock->SinceBoot() + kPause;
    before = std::exchange(verdict_, now);
  }
  LogChange(before, now);
  return now;
}

}  // namespace enkrat::signer
