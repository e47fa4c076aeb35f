#include "validation/trust_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/system_roots.h"

namespace enkrat::validation {
namespace {

constexpr size_t kMaxAnchors = 4096;

// CAs and TSAs, qualified or not; other services' certificates, such as of registered delivery, are
// no anchors of signatures (TS 119 612 5.5.1).
bool IssuesOrTimestamps(const trusted_list::TrustService& service) {
  return absl::StartsWith(service.type, "http://uri.etsi.org/TrstSvc/Svctype/CA/") ||
         absl::StartsWith(service.type, "http://uri.etsi.org/TrstSvc/Svctype/TSA");
}

constexpr absl::string_view kStatus = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
// TS 102 231's, in which histories still tell of the years before TS 119 612.
constexpr absl::string_view kFormerStatus =
    "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/";
constexpr absl::string_view kBelieved[] = {"granted",          "recognisedatnationallevel",
                                           "undersupervision", "supervisionincessation",
                                           "accredited",       "setbynationallaw"};

bool WasBelieved(const trusted_list::TrustService& service, absl::Time time) {
  const trusted_list::ServiceStatus* then = nullptr;
  for (const trusted_list::ServiceStatus& status : service.statuses) {  // newest first
    then = &status;
    if (status.starting_at <= time) break;
  }
  if (then == nullptr) return false;
  absl::string_view name = then->status;
  const bool known =
      absl::ConsumePrefix(&name, kStatus) || absl::ConsumePrefix(&name, kFormerStatus);
  return known &&
         std::find(std::begin(kBelieved), std::end(kBelieved), name) != std::end(kBelieved);
}

class AnchorsInMemory final : public TrustStore {
 public:
  explicit AnchorsInMemory(std::vector<trusted_list::TrustedList> lists)
      : lists_(std::move(lists)) {}

  // An anchor whatever lists say.
  absl::Status AddBelieved(ByteSpan der) {
    believed_.insert(Bytes(der.begin(), der.end()));
    return Add(der);
  }

  absl::Status Add(ByteSpan der) {
    Bytes copy(der.begin(), der.end());
    if (!known_.insert(copy).second) return absl::OkStatus();
    if (anchors_der_.size() >= kMaxAnchors) {
      return MakeError(Reason::kConfigurationInvalid, "more than 4096 trust anchors");
    }
    auto certificate = ParseCertificate(der);
    if (!certificate.ok()) {
      return MakeError(Reason::kConfigurationInvalid, "a trust anchor is no certificate");
    }
    X509_check_purpose(certificate->get(), -1, 0);  // reads the extensions once, before any thread
    by_name_[HashOf(X509_get_subject_name(certificate->get()))].push_back(certificate->get());
    anchors_.push_back(*std::move(certificate));
    anchors_der_.push_back(std::move(copy));
    return absl::OkStatus();
  }

  absl::Status AddLists() {
    for (const trusted_list::TrustedList& list : lists_) {
      for (const trusted_list::TrustService& service : list.services) {
        if (!IssuesOrTimestamps(service)) continue;
        for (const Bytes& der : service.certificates_der) {
          services_[der].push_back(&service);
          ENKRAT_RETURN_IF_ERROR(Add(der));
        }
      }
    }
    return absl::OkStatus();
  }

  const std::vector<Bytes>& anchors_der() const override { return anchors_der_; }

  std::vector<X509*> AnchorsNamed(const X509_NAME* subject) const override {
    std::vector<X509*> named;
    const auto bucket = by_name_.find(HashOf(subject));
    if (bucket == by_name_.end()) return named;
    for (X509* anchor : bucket->second) {
      if (X509_NAME_cmp(X509_get_subject_name(anchor), subject) == 0) named.push_back(anchor);
    }
    return named;
  }

  std::vector<const trusted_list::TrustService*> ServicesOf(
      ByteSpan certificate_der) const override {
    const auto found = services_.find(Bytes(certificate_der.begin(), certificate_der.end()));
    return found == services_.end() ? std::vector<const trusted_list::TrustService*>()
                                    : found->second;
  }

  bool BelievedAt(ByteSpan certificate_der, absl::Time time) const override {
    if (believed_.contains(Bytes(certificate_der.begin(), certificate_der.end()))) return true;
    const std::vector<const trusted_list::TrustService*> services = ServicesOf(certificate_der);
    return std::any_of(services.begin(), services.end(),
                       [&](const auto* service) { return WasBelieved(*service, time); });
  }

 private:
  static unsigned long HashOf(const X509_NAME* name) {
    return X509_NAME_hash_ex(name, nullptr, nullptr, nullptr);
  }

  const std::vector<trusted_list::TrustedList> lists_;
  std::vector<Bytes> anchors_der_;
  std::vector<X509Ptr> anchors_;
  std::set<Bytes> known_;
  std::set<Bytes> believed_;  // those of no list
  std::map<unsigned long, std::vector<X509*>> by_name_;
  std::map<Bytes, std::vector<const trusted_list::TrustService*>> services_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TrustStore>> TrustStore::Create(Options options) {
  auto store = std::make_unique<AnchorsInMemory>(std::move(options.lists));
  for (const Bytes& der : options.anchors_der) ENKRAT_RETURN_IF_ERROR(store->AddBelieved(der));
  ENKRAT_RETURN_IF_ERROR(store->AddLists());
  if (options.system_roots) {
    for (const Bytes& der : ReadSystemRoots(DefaultSystemRootPlaces())) {
      ENKRAT_RETURN_IF_ERROR(store->AddBelieved(der));
    }
  }
  return store;
}

}  // namespace enkrat::validation
