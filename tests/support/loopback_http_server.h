// An HTTP server for tests: one thread on 127.0.0.1, one connection after the other, answers
// exactly the octets it is told to.
#ifndef ENKRAT_TESTS_SUPPORT_LOOPBACK_HTTP_SERVER_H_
#define ENKRAT_TESTS_SUPPORT_LOOPBACK_HTTP_SERVER_H_

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace enkrat::testing {

// What goes back over the connection.
struct RawAnswer {
  std::string octets;        // the status line and all that follows
  bool stay_silent = false;  // afterwards leave the connection open until the client closes it
};

// "HTTP/1.1 200 OK" with a Content-Length.
RawAnswer OkAnswer(const std::string& content_type, const std::string& body);

class LoopbackHttpServer {
 public:
  // Called on the server's thread with the request as it came: request line, headers, body.
  using Handler = std::function<RawAnswer(const std::string& request)>;

  struct Options {
    Handler handler = {};
    bool tls = false;
    std::string certificate_names = "IP:127.0.0.1,DNS:localhost";  // subjectAltName
    int tls_max_version = TLS1_3_VERSION;
  };

  explicit LoopbackHttpServer(Options options);
  ~LoopbackHttpServer();

  LoopbackHttpServer(const LoopbackHttpServer&) = delete;
  LoopbackHttpServer& operator=(const LoopbackHttpServer&) = delete;

  int port() const { return port_; }
  // "http://127.0.0.1:port" or "https://127.0.0.1:port", and the path.
  std::string Url(const std::string& path) const;
  // The self-signed certificate of a TLS server, PEM.
  const std::string& certificate_pem() const { return certificate_pem_; }

 private:
  void Serve();
  void ServeOne(int connection);
  void MakeTlsContext();

  Options options_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_{nullptr, &SSL_CTX_free};
  std::string certificate_pem_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_LOOPBACK_HTTP_SERVER_H_
