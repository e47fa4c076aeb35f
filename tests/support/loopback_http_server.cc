#include "tests/support/loopback_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/openssl_ptr.h"

namespace enkrat::testing {
namespace {

void Must(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "loopback server: " << what << " failed\n";
  std::abort();
}

// One accepted connection, with or without TLS.
class Stream {
 public:
  Stream(int socket, SSL_CTX* tls) : socket_(socket), ssl_(nullptr, &SSL_free) {
    if (tls == nullptr) return;
    ssl_.reset(SSL_new(tls));
    SSL_set_fd(ssl_.get(), socket_);
    usable_ = SSL_accept(ssl_.get()) == 1;
  }
  ~Stream() {
    if (ssl_ != nullptr && usable_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  bool usable() const { return usable_; }
  // False at the end of the stream or an error.
  bool ReadMore(std::string& into) {
    char buffer[4096];
    const auto size = ssl_ != nullptr ? SSL_read(ssl_.get(), buffer, sizeof buffer)
                                      : recv(socket_, buffer, sizeof buffer, 0);
    if (size > 0) into.append(buffer, static_cast<size_t>(size));
    return size > 0;
  }
  void Write(const std::string& octets) {
    if (octets.empty()) return;
    if (ssl_ != nullptr) {
      SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
      return;
    }
    size_t sent = 0;
    while (sent < octets.size()) {
      const ssize_t size = send(socket_, octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return;
      sent += static_cast<size_t>(size);
    }
  }

 private:
  int socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool usable_ = true;
};

// Headers and as much body as Content-Length says.
bool IsWhole(const std::string& request) {
  const size_t end = request.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string lower = absl::AsciiStrToLower(request.substr(0, end));
  const size_t field = lower.find("content-length:");
  size_t length = 0;
  if (field != std::string::npos) {
    const size_t line_end = lower.find("\r\n", field);
    const std::string value = lower.substr(field + 15, line_end - field - 15);
    if (!absl::SimpleAtoi(value, &length)) return true;
  }
  return request.size() >= end + 4 + length;
}

}  // namespace

RawAnswer OkAnswer(const std::string& content_type, const std::string& body) {
  return {.octets = absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: ", content_type,
                                 "\r\nContent-Length: ", body.size(),
                                 "\r\nConnection: close\r\n\r\n", body)};
}

LoopbackHttpServer::LoopbackHttpServer(Options options) : options_(std::move(options)) {
  if (options_.tls) MakeTlsContext();
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  Must(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  Must(listen(listener_, 64) == 0, "listen");
  Must(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

LoopbackHttpServer::~LoopbackHttpServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

std::string LoopbackHttpServer::Url(const std::string& path) const {
  return absl::StrCat(options_.tls ? "https" : "http", "://127.0.0.1:", port_, path);
}

void LoopbackHttpServer::Serve() {
  // OpenSSL writes to clients that have gone with write(), not send().
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (;;) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    ServeOne(connection);
    close(connection);
  }
}

void LoopbackHttpServer::ServeOne(int connection) {
  // A test that goes wrong must not hang here.
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  Stream stream(connection, tls_.get());
  std::string request;
  while (stream.usable() && !IsWhole(request)) {
    if (!stream.ReadMore(request)) return;
  }
  if (!stream.usable()) return;
  const RawAnswer answer = options_.handler(request);
  stream.Write(answer.octets);
  std::string ignored;
  while (answer.stay_silent && stream.ReadMore(ignored)) {
  }
}

void LoopbackHttpServer::MakeTlsContext() {
  EvpPkeyPtr key(EVP_EC_gen("P-256"));
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509ExtensionPtr names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                             options_.certificate_names.c_str()));
  Must(names != nullptr, "subjectAltName");
  X509_add_ext(certificate.get(), names.get(), -1);
  Must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "X509_sign");
  BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate.get());
  char* pem = nullptr;
  const long size = BIO_get_mem_data(out.get(), &pem);
  certificate_pem_.assign(pem, static_cast<size_t>(size));

  tls_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_security_level(tls_.get(), 0);  // the client is what refuses old versions
  SSL_CTX_set_min_proto_version(tls_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls_.get(), options_.tls_max_version);
  Must(SSL_CTX_use_certificate(tls_.get(), certificate.get()) == 1, "certificate");
  Must(SSL_CTX_use_PrivateKey(tls_.get(), key.get()) == 1, "key");
}

}  // namespace enkrat::testing
