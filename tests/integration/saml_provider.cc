#include "tests/integration/saml_provider.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

constexpr int kMostPorts = 5;

absl::Status Fail(absl::string_view what) { return MakeError(Reason::kInternal, what); }

// A port that was free a moment ago: PHP's server cannot be asked which one it took.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener, any, size), 0);
  EXPECT_EQ(getsockname(listener, any, &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

// DEFLATE (RFC 1951) without compressing: one stored block.
std::string Deflate(const std::string& text) {
  const auto size = static_cast<uint16_t>(text.size());
  std::string block = "\x01";
  for (const uint16_t number : {size, static_cast<uint16_t>(~size)}) {
    block.push_back(static_cast<char>(number & 0xFF));
    block.push_back(static_cast<char>(number >> 8));
  }
  return block + text;
}

std::string UrlEncode(const std::string& text) {
  char* escaped = curl_easy_escape(nullptr, text.c_str(), static_cast<int>(text.size()));
  std::string result = escaped;
  curl_free(escaped);
  return result;
}

// The value of a form's hidden field; empty if it has none of the name.
std::string FieldOf(const std::string& page, const std::string& name) {
  const std::string start = absl::StrCat("name=\"", name, "\" value=\"");
  const size_t place = page.find(start);
  if (place == std::string::npos) return "";
  const size_t begin = place + start.size();
  return absl::StrReplaceAll(page.substr(begin, page.find('"', begin) - begin),
                             {{"&amp;", "&"}, {"&quot;", "\""}});
}

std::string AuthnRequest(const std::string& id, const std::string& destination) {
  return absl::StrCat(
      "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"", id,
      "\" Version=\"2.0\" ForceAuthn=\"true\" IssueInstant=\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()), "\" Destination=\"",
      destination, "\" AssertionConsumerServiceURL=\"", kSamlServiceRecipient,
      "\" ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\">"
      "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
      kSamlServiceEntityId, "</saml:Issuer></samlp:AuthnRequest>");
}

// One browser session: cookies, and redirects followed.
class Browser {
 public:
  Browser() : curl_(curl_easy_init()) {}
  ~Browser() { curl_easy_cleanup(curl_); }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // The page, and in `url` where it is. Posts if there is a form.
  absl::StatusOr<std::string> Fetch(std::string& url, const std::string& form) {
    std::string page;
    curl_easy_reset(curl_);  // cookies and connections stay
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_COOKIEFILE, "");  // the cookie engine, with no file
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl_, CURLOPT_MAXREDIRS, 8L);
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Browser::Take);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &page);
    if (!form.empty()) curl_easy_setopt(curl_, CURLOPT_COPYPOSTFIELDS, form.c_str());
    const CURLcode code = curl_easy_perform(curl_);
    if (code != CURLE_OK) return Fail(absl::StrCat(url, ": ", curl_easy_strerror(code)));
    char* effective = nullptr;
    curl_easy_getinfo(curl_, CURLINFO_EFFECTIVE_URL, &effective);
    url = effective;
    return page;
  }

 private:
  static size_t Take(const char* octets, size_t, size_t count, void* page) {
    static_cast<std::string*>(page)->append(octets, count);
    return count;
  }

  CURL* curl_;
};

}  // namespace

SamlProvider::SamlProvider() {
  std::filesystem::create_directory(folder_.File("tmp"));
  MakeKey("metadata");
  RotateKey();
}

void SamlProvider::MakeKey(const std::string& name) {
  const ProgramOutcome made =
      RunProgram({.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                           folder_.File(name + ".key"), "-out", folder_.File(name + ".crt"),
                           "-subj", "/CN=" + name, "-days", "2"}});
  EXPECT_EQ(made.exit_code, 0) << made.err;
}

void SamlProvider::RotateKey() {
  Stop();
  key_ = absl::StrCat("assertions-", ++keys_);
  MakeKey(key_);
  Start();
}

bool SamlProvider::Run() {
  url_ = absl::StrCat("http://127.0.0.1:", port_);
  const std::string settings = SourcePath("tests/integration/saml_idp");
  server_ = std::make_unique<Subprocess>(ProgramCall{
      .argv = {"php", "-S", absl::StrCat("127.0.0.1:", port_), settings + "/router.php"},
      .environment = {{"SIMPLESAMLPHP_CONFIG_DIR", settings},
                      {"ENKRAT_SAML_FOLDER", folder_.path()},
                      {"ENKRAT_SAML_URL", url_},
                      {"ENKRAT_SAML_KEY", key_},
                      {"ENKRAT_SAML_SALT", ToHex(RandomBytes(16))}}});
  return server_->WaitForLine("Development Server").has_value();
}

void SamlProvider::Start() {
  if (port_ != 0) {
    EXPECT_TRUE(Run()) << server_->err();
    return;
  }
  for (int attempt = 0; attempt < kMostPorts; ++attempt) {
    port_ = FreePort();
    if (Run()) return;
  }
  ADD_FAILURE() << "SimpleSAMLphp does not start: " << server_->err();
}

absl::StatusOr<std::string> SamlProvider::Login(const std::string& request_id) const {
  Browser browser;
  const std::string service = url_ + "/simplesaml/saml2/idp/SSOService.php";
  const std::string request = ToBase64(AsSpan(Deflate(AuthnRequest(request_id, service))));
  std::string url = absl::StrCat(service, "?SAMLRequest=", UrlEncode(request));
  ENKRAT_ASSIGN_OR_RETURN(const std::string login_page, browser.Fetch(url, ""));
  const std::string state = FieldOf(login_page, "AuthState");
  if (state.empty()) return Fail(absl::StrCat("no login page: ", server_->err()));
  const std::string form =
      absl::StrCat("username=ana&password=correct&AuthState=", UrlEncode(state));
  ENKRAT_ASSIGN_OR_RETURN(const std::string answer_page, browser.Fetch(url, form));
  std::string response = FieldOf(answer_page, "SAMLResponse");
  if (response.empty()) return Fail(absl::StrCat("no SAMLResponse: ", server_->err()));
  return response;
}

}  // namespace enkrat::testing
