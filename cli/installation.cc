#include "cli/installation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/token_preparation.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/secret.h"
#include "common/status_macros.h"
#include "server/settings.h"
#include "signer/certificate_life_keys.h"

namespace enkrat::cli {
namespace {

struct FilePlace {
  std::string folder;
  std::string name;
};

FilePlace Split(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

absl::StatusOr<signer::CertificatePlaces> PlacesOf(const config::v1::Config& config) {
  const FilePlace chain = Split(config.certificates().chain_file());
  signer::CertificatePlaces places{.folder = chain.folder,
                                   .chain_file = chain.name,
                                   .timestamping_chain_file = "",
                                   .issuing_ca_key = config.hsm().issuing_ca_key(),
                                   .timestamping_key = config.hsm().timestamping_key()};
  if (!config.timestamping().has_own()) return places;
  const FilePlace unit = Split(config.timestamping().own().chain_file());
  if (unit.folder != chain.folder) {
    return MakeError(Reason::kConfigurationInvalid,
                     "timestamping.own.chain_file is in another folder than "
                     "certificates.chain_file: put them into one");
  }
  places.timestamping_chain_file = unit.name;
  return places;
}

absl::StatusOr<std::unique_ptr<Installation>> Installation::Open(InstallationOptions options) {
  ENKRAT_ASSIGN_OR_RETURN(server::Config config, server::LoadSettings(options.config_file));
  ENKRAT_ASSIGN_OR_RETURN(signer::CertificatePlaces places, PlacesOf(config));
  ENKRAT_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(places.folder));
  std::unique_ptr<Installation> made(
      new Installation(std::move(options), std::move(config), std::move(lock), std::move(places)));
  ENKRAT_ASSIGN_OR_RETURN(made->life_,
                          signer::CertificateLife::Open(made->places_, {.clock = &made->clock_}));
  return made;
}

absl::StatusOr<const signer::RegisteredCertificate*> Installation::Find(
    const std::string& name) const {
  const std::optional<signer::CertificateRole> role = signer::RoleFromName(name);
  if (!role.has_value()) return life_->Find(name);
  const signer::RegisteredCertificate* latest = life_->all().LatestOf(*role);
  if (latest == nullptr) {
    return MakeError(Reason::kNotFound, absl::StrCat("there is no ", name, " certificate"));
  }
  return latest;
}

absl::StatusOr<std::unique_ptr<hsm::SessionPool>> Installation::OpenPool(const std::string& label,
                                                                         Secret pin) {
  hsm::SessionPool::Options pool;
  pool.token_label = label;
  pool.pin = std::move(pin);
  pool.sessions = 1;
  pool.clock = &clock_;
  return hsm::SessionPool::Create(*module_, std::move(pool));
}

absl::Status Installation::OpenRootToken() {
  const std::string pin_file = options_.root_pin_file.empty()
                                   ? absl::StrCat(places_.folder, "/secrets/root-pin")
                                   : options_.root_pin_file;
  ENKRAT_ASSIGN_OR_RETURN(const bool present, HasToken(*module_, options_.root_token_label));
  if (!present || !FileExists(pin_file)) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(Secret pin, ReadSecretFile(pin_file));
  ENKRAT_ASSIGN_OR_RETURN(root_pool_, OpenPool(options_.root_token_label, std::move(pin)));
  return absl::OkStatus();
}

absl::Status Installation::OpenModule() {
  const config::v1::HsmConfig& config = config_.hsm();
  ENKRAT_ASSIGN_OR_RETURN(module_, hsm::Module::Load({.path = config.module(),
                                                      .init_string = config.init_string(),
                                                      .quirks = config.quirks()}));
  return absl::OkStatus();
}

absl::StatusOr<ca::ReadCrl> Installation::IssueRootCrl() {
  const signer::RegisteredCertificate* root =
      life_->all().ActiveOf(signer::CertificateRole::kRootCa);
  if (root == nullptr) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the root CA is not ours: whoever holds it makes its CRL");
  }
  ENKRAT_RETURN_IF_ERROR(OpenModule());
  ENKRAT_RETURN_IF_ERROR(OpenRootToken());
  if (root_pool_ == nullptr) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the root CA's token or PIN is not here: put it in place and give "
                     "--root-token-label and --root-pin-file");
  }
  ENKRAT_ASSIGN_OR_RETURN(const hsm::LongLivedKey key,
                          signer::FindCertifiedKey(*root_pool_, *root));
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, root_pool_->Acquire(absl::InfiniteFuture()));
  return signer::IssueRootCrl(signer::CeremonyFolder(places_.folder), root->der, life_->all(),
                              *lease.KeyFor(key), clock_.Now());
}

absl::Status Installation::OpenTokens(signer::CertificateRole role) {
  const config::v1::HsmConfig& config = config_.hsm();
  ENKRAT_ASSIGN_OR_RETURN(provider_, SigningProvider::Create());
  ENKRAT_RETURN_IF_ERROR(OpenModule());
  ENKRAT_ASSIGN_OR_RETURN(Secret pin,
                          server::SecretFrom(config.pin(), options_.credentials_directory));
  ENKRAT_ASSIGN_OR_RETURN(working_pool_, OpenPool(config.token_label(), std::move(pin)));
  if (role == signer::CertificateRole::kIssuingCa) ENKRAT_RETURN_IF_ERROR(OpenRootToken());
  ENKRAT_ASSIGN_OR_RETURN(
      life_, signer::CertificateLife::Open(places_, {.working_pool = working_pool_.get(),
                                                     .root_pool = root_pool_.get(),
                                                     .provider = provider_.get(),
                                                     .clock = &clock_}));
  return absl::OkStatus();
}

}  // namespace enkrat::cli
