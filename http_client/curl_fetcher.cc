#include "http_client/curl_fetcher.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/mutex.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/address_rules.h"
#include "http_client/url_rules.h"

namespace enkrat::http_client {
namespace {

constexpr size_t kMaxHeaderOctets = 32 * 1024;
constexpr absl::Duration kLongestTimeout = absl::Minutes(5);

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyPtr = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListDeleter>;

// What has arrived of one answer, how much of it may, and whether an address was refused.
struct Arrival {
  size_t max_body_size = 0;
  Bytes body = {};
  size_t header_octets = 0;
  bool too_long = false;
  bool address_refused = false;
};

// Answering less than what came ends the transfer.
size_t OnBody(char* data, size_t, size_t size, void* context) {
  auto& arrival = *static_cast<Arrival*>(context);
  if (size > arrival.max_body_size - arrival.body.size()) {
    arrival.too_long = true;
    return 0;
  }
  arrival.body.insert(arrival.body.end(), data, data + size);
  return size;
}

size_t OnHeader(char*, size_t, size_t size, void* context) {
  auto& arrival = *static_cast<Arrival*>(context);
  arrival.header_octets += size;
  if (arrival.header_octets > kMaxHeaderOctets) {
    arrival.too_long = true;
    return 0;
  }
  return size;
}

// Called with the very address that is to be connected to: what a resolver says before or
// afterwards does not matter.
curl_socket_t OnOpenSocket(void* context, curlsocktype, curl_sockaddr* address) {
  if (!IsPublicAddress(&address->addr, address->addrlen)) {
    static_cast<Arrival*>(context)->address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Sets options one after the other and remembers whether one of them failed.
class EasyOptions {
 public:
  explicit EasyOptions(CURL* easy) : easy_(easy) {}

  template <typename T>
  void Set(CURLoption option, T value) {
    ok_ = curl_easy_setopt(easy_, option, value) == CURLE_OK && ok_;
  }
  bool ok() const { return ok_; }

 private:
  CURL* easy_;
  bool ok_ = true;
};

void SetTransport(const HttpRequest& request, EasyOptions& options) {
  options.Set(CURLOPT_PROTOCOLS_STR,
              request.plain_http == PlainHttp::kRefused ? "https" : "http,https");
  options.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  options.Set(CURLOPT_FOLLOWLOCATION, 0L);
  options.Set(CURLOPT_PROXY, "");  // the environment's proxies do not count
  options.Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  options.Set(CURLOPT_NOSIGNAL, 1L);
  options.Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  options.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!request.tls_ca_file.empty()) {
    options.Set(CURLOPT_CAINFO, request.tls_ca_file.c_str());
    // Otherwise the system's directory of roots would count too.
    options.Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

void SetBounds(const HttpRequest& request, Arrival& arrival, EasyOptions& options) {
  const auto timeout_ms =
      static_cast<long>(absl::ToInt64Milliseconds(std::min(request.timeout, kLongestTimeout)));
  options.Set(CURLOPT_TIMEOUT_MS, timeout_ms);
  options.Set(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  // Refuses by Content-Length before the body; OnBody counts what really comes.
  options.Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.max_response_size));
  options.Set(CURLOPT_WRITEFUNCTION, &OnBody);
  options.Set(CURLOPT_WRITEDATA, static_cast<void*>(&arrival));
  options.Set(CURLOPT_HEADERFUNCTION, &OnHeader);
  options.Set(CURLOPT_HEADERDATA, static_cast<void*>(&arrival));
}

void SetAddresses(const HttpRequest& request, Arrival& arrival, EasyOptions& options) {
  if (!request.public_addresses_only) return;
  options.Set(CURLOPT_OPENSOCKETFUNCTION, &OnOpenSocket);
  options.Set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&arrival));
  // A connection that another request opened was never asked about.
  options.Set(CURLOPT_FRESH_CONNECT, 1L);
  options.Set(CURLOPT_FORBID_REUSE, 1L);
}

// The headers that are sent; with a body also the body. The list must live as long as the transfer.
absl::StatusOr<ListPtr> SetContent(const HttpRequest& request, EasyOptions& options) {
  ListPtr headers;
  if (!request.content_type.empty()) {
    for (const char c : request.content_type) {
      if (c < ' ' || c > '~') {
        return MakeError(Reason::kConfigurationInvalid, "content type is not visible ASCII");
      }
    }
    headers.reset(
        curl_slist_append(nullptr, absl::StrCat("Content-Type: ", request.content_type).c_str()));
    if (headers == nullptr || curl_slist_append(headers.get(), "Expect:") == nullptr) {
      return MakeError(Reason::kInternal, "out of memory");
    }
    options.Set(CURLOPT_POST, 1L);
    options.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    options.Set(CURLOPT_POSTFIELDS, reinterpret_cast<const char*>(request.body.data()));
  }
  options.Set(CURLOPT_HTTPHEADER, headers.get());
  options.Set(CURLOPT_USERAGENT, "enkrat");
  return headers;
}

absl::Status TransferError(CURLcode code, const Arrival& arrival) {
  if (arrival.too_long || code == CURLE_FILESIZE_EXCEEDED) {
    return MakeError(Reason::kLimitExceeded, "the answer is too long");
  }
  if (arrival.address_refused) {
    return MakeError(Reason::kConfigurationInvalid, "URL leads to an address that is not public");
  }
  const Reason reason =
      code == CURLE_SSL_CACERT_BADFILE ? Reason::kConfigurationInvalid : Reason::kInternal;
  return MakeError(reason, absl::StrCat("HTTP: ", curl_easy_strerror(code)));
}

absl::StatusOr<HttpResponse> ReadResponse(CURL* easy, Arrival arrival) {
  HttpResponse response;
  long status = 0;
  const char* content_type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &content_type);
  if (status < 200 || status > 599) {
    return MakeError(Reason::kInternal, "HTTP: the answer has no proper status");
  }
  response.status = static_cast<int>(status);
  if (content_type != nullptr) {
    absl::string_view type = content_type;
    type = absl::StripAsciiWhitespace(type.substr(0, type.find(';')));
    response.content_type = absl::AsciiStrToLower(type);
  }
  response.body = std::move(arrival.body);
  return response;
}

absl::StatusOr<HttpResponse> Exchange(CURL* easy, CURLU* url, const HttpRequest& request) {
  Arrival arrival{.max_body_size = request.max_response_size};
  EasyOptions options(easy);
  options.Set(CURLOPT_CURLU, url);
  SetTransport(request, options);
  SetBounds(request, arrival, options);
  SetAddresses(request, arrival, options);
  ENKRAT_ASSIGN_OR_RETURN(const ListPtr headers, SetContent(request, options));
  if (!options.ok()) return MakeError(Reason::kInternal, "libcurl refuses an option");
  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) return TransferError(code, arrival);
  return ReadResponse(easy, std::move(arrival));
}

}  // namespace

// Idle handles, each with the connections that it keeps open. A handle serves one thread at a time.
class CurlFetcher::Connections {
 public:
  explicit Connections(size_t most_idle) : most_idle_(most_idle) {}
  ~Connections() {
    {
      MutexLock lock(mutex_);
      idle_.clear();
    }
    curl_global_cleanup();
  }

  EasyPtr Take() {
    MutexLock lock(mutex_);
    if (idle_.empty()) return EasyPtr(curl_easy_init());
    EasyPtr easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }

  void GiveBack(EasyPtr easy) {
    curl_easy_reset(easy.get());  // forgets every option; open connections stay
    MutexLock lock(mutex_);
    if (idle_.size() < most_idle_) idle_.push_back(std::move(easy));
  }

 private:
  const size_t most_idle_;
  Mutex mutex_;
  std::vector<EasyPtr> idle_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::unique_ptr<CurlFetcher>> CurlFetcher::Create(Options options) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return MakeError(Reason::kInternal, "libcurl cannot be initialised");
  }
  return std::unique_ptr<CurlFetcher>(
      new CurlFetcher(std::make_unique<Connections>(options.most_idle_connections)));
}

CurlFetcher::CurlFetcher(std::unique_ptr<Connections> connections)
    : connections_(std::move(connections)) {}
CurlFetcher::~CurlFetcher() = default;

absl::StatusOr<HttpResponse> CurlFetcher::Fetch(const HttpRequest& request) {
  if (request.timeout < absl::Milliseconds(1)) {
    return MakeError(Reason::kInternal, "HTTP: no time is left for the request");
  }
  if (!request.body.empty() && request.content_type.empty()) {
    return MakeError(Reason::kConfigurationInvalid, "a body needs a content type");
  }
  ENKRAT_ASSIGN_OR_RETURN(const CurlUrlPtr url, ParseAllowedUrl(request.url, request.plain_http));
  if (request.public_addresses_only) ENKRAT_RETURN_IF_ERROR(CheckUsualPort(url.get()));
  EasyPtr easy = connections_->Take();
  if (easy == nullptr) return MakeError(Reason::kInternal, "out of memory");
  absl::StatusOr<HttpResponse> response = Exchange(easy.get(), url.get(), request);
  connections_->GiveBack(std::move(easy));
  return response;
}

}  // namespace enkrat::http_client
