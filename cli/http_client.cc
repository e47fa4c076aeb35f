#include "cli/http_client.h"

#include <curl/curl.h>

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/reason.h"

namespace enkrat::cli {

class HttpClient::Session {
 public:
  explicit Session(Options options) : options_(options), handle_(curl_easy_init()) {}
  ~Session() { curl_easy_cleanup(handle_); }

  bool usable() const { return handle_ != nullptr; }

  absl::StatusOr<HttpReply> Post(const std::string& url, absl::string_view content_type,
                                 ByteSpan body) {
    HttpReply reply;
    Receiver receiver{.into = &reply.body, .limit = options_.max_reply_bytes};
    // An empty Expect keeps libcurl from waiting for "100 Continue" before a large body.
    curl_slist* headers =
        curl_slist_append(nullptr, absl::StrCat("Content-Type: ", content_type).c_str());
    headers = curl_slist_append(headers, "Expect:");
    Prepare(url, headers, body, &receiver);
    std::array<char, CURL_ERROR_SIZE> error{};
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error.data());
    const CURLcode code = curl_easy_perform(handle_);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, nullptr);
    curl_slist_free_all(headers);
    if (receiver.overflow) return MakeError(Reason::kLimitExceeded, "the HTTP answer is too large");
    if (code != CURLE_OK) {
      return UnavailableError(absl::StrCat(
          "cannot reach ", url, ": ", error[0] != 0 ? error.data() : curl_easy_strerror(code)));
    }
    ReadHead(reply);
    return reply;
  }

 private:
  struct Receiver {
    Bytes* into;
    size_t limit;
    bool overflow = false;
  };

  static size_t Receive(char* octets, size_t size, size_t count, void* user) {
    auto* receiver = static_cast<Receiver*>(user);
    if (receiver->into->size() + size * count > receiver->limit) {
      receiver->overflow = true;
      return 0;
    }
    Append(*receiver->into, AsSpan(absl::string_view(octets, size * count)));
    return size * count;
  }

  void Prepare(const std::string& url, curl_slist* headers, ByteSpan body, Receiver* receiver) {
    curl_easy_reset(handle_);
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, reinterpret_cast<const char*>(body.data()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Session::Receive);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, receiver);
  }

  void ReadHead(HttpReply& reply) {
    long status = 0;
    const char* type = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle_, CURLINFO_CONTENT_TYPE, &type);
    reply.status = static_cast<int>(status);
    const absl::string_view full = type != nullptr ? type : "";
    reply.content_type =
        absl::AsciiStrToLower(absl::StripAsciiWhitespace(full.substr(0, full.find(';'))));
  }

  const Options options_;
  CURL* const handle_;
};

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(Options options) {
  auto session = std::make_unique<Session>(options);
  if (!session->usable()) return MakeError(Reason::kInternal, "libcurl cannot start");
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(session)));
}

HttpClient::HttpClient(std::unique_ptr<Session> session) : session_(std::move(session)) {}
HttpClient::~HttpClient() = default;

absl::StatusOr<HttpReply> HttpClient::Post(const std::string& url, absl::string_view content_type,
                                           ByteSpan body) {
  return session_->Post(url, content_type, body);
}

}  // namespace enkrat::cli
