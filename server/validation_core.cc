#include "server/validation_core.h"

#include <algorithm>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/revocation_fetcher.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr absl::Duration kRefreshInterval = absl::Minutes(1);  // a look; lists say when it is time
constexpr int kMostTimestamps = 16;  // of one signature: the report has to fit into an answer
constexpr absl::Duration kOwnDataTime = absl::Seconds(2);

trusted_list::ListSource::Options SourceOf(const v1::TrustedListConfig& list,
                                           std::vector<Bytes> signers) {
  trusted_list::ListSource::Options options;
  options.file = list.file();
  options.url = list.url();
  options.cache_file = list.cache_file();
  options.signer_certificates_der = std::move(signers);
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ValidationCore>> ValidationCore::Create(Options options) {
  auto core = std::unique_ptr<ValidationCore>(new ValidationCore(std::move(options)));
  ENKRAT_RETURN_IF_ERROR(core->ReadTrust());
  ENKRAT_RETURN_IF_ERROR(core->OpenLists());
  ENKRAT_RETURN_IF_ERROR(core->Rebuild());
  if (!core->sources_.empty()) {
    core->refresh_ = std::make_unique<PeriodicTask>(kRefreshInterval, [raw = core.get()] {
      raw->KeepListsFresh();
      return true;
    });
  }
  return core;
}

ValidationCore::~ValidationCore() = default;

absl::Status ValidationCore::ReadTrust() {
  anchors_der_ = options_.own_roots_der;
  for (const std::string& file : options_.config->validation().trust_files()) {
    ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> anchors, ChainFrom(file));
    for (Bytes& anchor : anchors) anchors_der_.push_back(std::move(anchor));
  }
  return absl::OkStatus();
}

absl::Status ValidationCore::OpenLists() {
  for (const v1::TrustedListConfig& list : options_.config->validation().trusted_lists()) {
    ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> signers, ChainFrom(list.signer_certificates_file()));
    trusted_list::ListSource::Options source = SourceOf(list, std::move(signers));
    source.fetcher = options_.http;
    source.clock = options_.clock;
    source.logger = options_.logger;
    ENKRAT_ASSIGN_OR_RETURN(auto opened, trusted_list::ListSource::Create(std::move(source)));
    if (list.has_file()) {
      if (const absl::Status read = opened->Refresh(); !read.ok()) {
        return WithContext(read, list.file());
      }
    }
    sources_.push_back(std::move(opened));
  }
  return absl::OkStatus();
}

absl::Status ValidationCore::Rebuild() {
  auto next = std::make_shared<Believing>();
  validation::TrustStore::Options trust{
      .anchors_der = anchors_der_,
      .system_roots = options_.config->validation().system_roots(),
      .lists = {}};
  for (const auto& source : sources_) {
    const auto list = source->Current();
    if (!list.ok()) continue;  // its services are not believed until it is there
    next->lists.push_back(*list);
    trust.lists.push_back(**list);
  }
  {
    MutexLock lock(mutex_);
    if (believing_ != nullptr && believing_->lists == next->lists) return absl::OkStatus();
  }
  ENKRAT_ASSIGN_OR_RETURN(next->trust, validation::TrustStore::Create(std::move(trust)));
  const v1::ValidationConfig& config = options_.config->validation();
  ENKRAT_ASSIGN_OR_RETURN(
      next->validator,
      validation::Validator::Create(
          {.trust = next->trust.get(),
           .clock = options_.clock,
           .limits = {.max_document_octets = uint64_t{config.max_document_mb()} << 20,
                      .max_timestamps = kMostTimestamps,
                      .max_time = DurationFrom(config.timeout())}}));
  MutexLock lock(mutex_);
  believing_ = std::move(next);
  return absl::OkStatus();
}

void ValidationCore::KeepListsFresh() {
  for (const auto& source : sources_) source->KeepFresh();
  if (const absl::Status rebuilt = Rebuild(); !rebuilt.ok()) {
    options_.logger->Error("trusted lists were not taken over", {{"why", rebuilt.message()}});
  }
}

absl::StatusOr<validation::Report> ValidationCore::Validate(
    validation::Validator::Input input) const {
  std::shared_ptr<const Believing> believing;
  {
    MutexLock lock(mutex_);
    believing = believing_;
  }
  const absl::Time now = options_.clock->Now();
  if (options_.own != nullptr) {
    // While ours cannot be made, signatures that bring their own can still be judged.
    const auto own = options_.own->Current(now - absl::Minutes(1), now + kOwnDataTime);
    if (own.ok()) input.more = **own;
  }
  if (options_.own_crls) {
    for (Bytes& crl : options_.own_crls()) input.more.crls_der.push_back(std::move(crl));
  }
  std::unique_ptr<validation::RevocationFetcher> fetcher;
  if (options_.config->validation().fetch()) {
    ENKRAT_ASSIGN_OR_RETURN(fetcher,
                            validation::RevocationFetcher::Create({.http = options_.http}));
    input.fetcher = fetcher.get();
  }
  return believing->validator->Validate(input);
}

}  // namespace enkrat::server
