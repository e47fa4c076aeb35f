#include "tests/fault/faulty_service.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/object_listing.h"
#include "hsm/session_pool.h"
#include "http_client/curl_fetcher.h"
#include "tests/support/paths.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::testing {
namespace {

// Written beside and renamed: the module reads it at every call.
void Replace(const std::string& path, const std::string& text) {
  WriteText(path + ".new", text);
  std::filesystem::rename(path + ".new", path);
}

template <typename T>
T OrEnd(absl::StatusOr<T> result, const char* what) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s: %s\n", what, result.status().ToString().c_str());
  std::abort();
}

absl::StatusOr<std::vector<std::string>> ListAll(hsm::Module& module, const std::string& pin) {
  const SystemClock clock;
  ENKRAT_ASSIGN_OR_RETURN(auto pool,
                          hsm::SessionPool::Create(module, {.token_label = "enkrat",
                                                            .pin = Secret(absl::string_view(pin)),
                                                            .sessions = 1,
                                                            .clock = &clock}));
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool->Acquire(absl::InfiniteFuture()));
  ENKRAT_ASSIGN_OR_RETURN(const auto objects, hsm::ListObjects(lease, {}));
  std::vector<std::string> lines;
  for (const hsm::ObjectInfo& object : objects) {
    lines.push_back(absl::StrCat(hsm::ObjectClassName(object.object_class), " ", object.label, " ",
                                 object.id, object.token ? " token" : " session"));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

FaultyService::FaultyService(Options options) {
  ServiceEnvironment::Options environment = {
      .settings = Merge(RequestMaker::Settings("idp.json"), options.settings)};
  if (options.fault_module) {
    environment.settings["hsm.module"] = BinaryPath("lib/libenkrat_fault_pkcs11.so");
  }
  environment_ = std::make_unique<ServiceEnvironment>(std::move(environment));
  WriteText(environment_->File("idp.json"), requests_.JwkSet());
  if (options.fault_module) {
    environment_->environment()["ENKRAT_FAULT_MODULE"] = SoftHsmDirectory::ModulePath();
    environment_->environment()["ENKRAT_FAULT_PLAN"] = environment_->File("plan");
  }
  setenv("SOFTHSM2_CONF", environment_->softhsm_conf().c_str(), /*overwrite=*/1);
  http_ = OrEnd(http_client::CurlFetcher::Create(), "CurlFetcher");
}

FaultyService::~FaultyService() = default;

LedgerAudit FaultyService::Audit() const {
  return OrEnd(LedgerAudit::Open(environment_->File("ledger.db")), "LedgerAudit");
}

void FaultyService::Plan(const std::string& lines) const {
  Replace(environment_->File("plan"), lines);
}

std::set<std::string> FaultyService::TokenFiles() const {
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(environment_->File("tokens"))) {
    if (entry.path().extension() == ".object") names.insert(entry.path().filename());
  }
  return names;
}

std::vector<std::string> FaultyService::TokenObjects() {
  if (module_ == nullptr) {
    module_ = OrEnd(hsm::Module::Load({.path = SoftHsmDirectory::ModulePath()}), "SoftHSM");
  }
  return OrEnd(ListAll(*module_, environment_->user_pin()), "the token's objects");
}

absl::StatusOr<double> FaultyService::Metric(const std::string& name) const {
  ENKRAT_ASSIGN_OR_RETURN(const HttpResponse response,
                          http_->Fetch({.url = environment_->http_url() + "/metrics",
                                        .max_response_size = 1024 * 1024,
                                        .plain_http = PlainHttp::kOnLoopback}));
  const std::string text = ToString(response.body);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> words = absl::StrSplit(line, ' ');
    double value = 0;
    if (words.first == name && absl::SimpleAtod(words.second, &value)) return value;
  }
  return MakeError(Reason::kNotFound, name);
}

bool FaultyService::WaitForMetric(const std::string& name, double value,
                                  absl::Duration timeout) const {
  const absl::Time end = absl::Now() + timeout;
  while (absl::Now() < end) {
    const auto now = Metric(name);
    if (now.ok() && *now == value) return true;
  }
  return false;
}

}  // namespace enkrat::testing
