// A small HTTP/1.1 server behind a plain interface: one thread does the network and answers what is
// quick, a pool answers the rest.
#ifndef ENKRAT_SERVER_HTTP_SERVER_H_
#define ENKRAT_SERVER_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/thread_pool.h"

namespace enkrat::server {

struct HttpRequest {
  std::string method;        // "GET"
  std::string path;          // without the query, not decoded
  std::string content_type;  // as sent, empty if absent
  Bytes body;
  std::string peer = {};  // the client's address, numeric
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  Bytes body;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones, such as Allow
};

// Thread-safe after Start.
class HttpServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    uint16_t port = 0;                  // 0: any free one, see port()
    size_t max_body_size = 8 * 1024;    // octets; more is answered 413
    size_t max_header_size = 8 * 1024;  // likewise 431
    size_t max_connections = 1024;      // more are closed at once
    // Of them, from one address, of IPv6 from one /64 (network_peer.h); one peer alone does not
    // shut the others out.
    size_t max_connections_of_a_peer = 64;
    absl::Duration first_timeout = absl::Seconds(5);  // from the connection to its first header
    absl::Duration read_timeout = absl::Seconds(15);  // of a body, and of the next header
    absl::Duration write_timeout = absl::Seconds(15);
    // Asked first, on the network's thread, so it must not block; nothing: the handler shall
    // answer. What a full pool must not silence belongs here.
    std::function<std::optional<HttpResponse>(const HttpRequest&)> quick = {};
  };
  // Runs on the pool, several at once. A HEAD is answered like the GET, without the body.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // Listens at once. Neither pool nor handler may go before the server. kConfigurationInvalid if
  // the address cannot be taken.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const Options& options, ThreadPool& pool,
                                                           Handler handler);
  // Stops listening, closes the connections, waits for answers that are being made.
  ~HttpServer();

  uint16_t port() const;

 private:
  class Network;  // keeps Asio out of this header
  explicit HttpServer(std::unique_ptr<Network> network);

  std::unique_ptr<Network> network_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_HTTP_SERVER_H_
