#include "server/http_server.h"

#include <utility>

// Asio 1.74 with gcc 12 needs <utility> first (stack.md).
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

using WireRequest = http::request<http::vector_body<uint8_t>>;
using WireResponse = http::response<http::vector_body<uint8_t>>;
using Parser = http::request_parser<http::vector_body<uint8_t>>;

constexpr std::chrono::seconds kLongestLinger(2);
constexpr size_t kMostUnread = 1024 * 1024;

HttpResponse PlainAnswer(int status, absl::string_view text) {
  HttpResponse response;
  response.status = status;
  response.body = ToBytes(absl::StrCat(text, "\n"));
  return response;
}

HttpRequest FromWire(WireRequest wire) {
  const std::string target(wire.target());
  return {.method = std::string(wire.method_string()),
          .path = target.substr(0, target.find('?')),
          .content_type = std::string(wire[http::field::content_type]),
          .body = std::move(wire.body())};
}

WireResponse ToWire(HttpResponse response, unsigned version, bool keep_alive) {
  WireResponse wire(static_cast<http::status>(response.status), version);
  wire.set(http::field::server, "enkrat");
  wire.set(http::field::content_type, response.content_type);
  wire.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) wire.set(name, value);
  wire.body() = std::move(response.body);
  wire.keep_alive(keep_alive);
  wire.prepare_payload();
  return wire;
}

}  // namespace

class HttpServer::Network {
 public:
  Network(const Options& options, ThreadPool& pool, Handler handler)
      : options_(options), pool_(pool), handler_(std::move(handler)), acceptor_(context_) {}

  ~Network() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    // Answers that the pool still makes are posted into context_: wait for them before it goes.
    for (int left = answering_; left > 0; left = answering_) answering_.wait(left);
  }

  absl::Status Listen() {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(options_.host, error);
    const tcp::endpoint endpoint(address, options_.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return MakeError(Reason::kConfigurationInvalid,
                       absl::StrCat("cannot listen on ", options_.host, ":", options_.port, ": ",
                                    error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(context_, Accept(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }

  uint16_t port() const { return port_; }

 private:
  asio::awaitable<void> Accept() {
    while (true) {
      error_code error;
      tcp::socket socket(context_);
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // such as no descriptor left: wait until some come back, do not spin
        asio::steady_timer pause(context_, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (connections_ >= options_.max_connections) continue;  // the socket closes
      asio::co_spawn(context_, Serve(beast::tcp_stream(std::move(socket))), asio::detached);
    }
  }

  asio::awaitable<void> Serve(beast::tcp_stream stream) {
    ++connections_;
    try {
      co_await Exchange(stream);
    } catch (const std::exception&) {
      // A client that went away or a broken message: nothing to answer, the connection ends.
    }
    --connections_;
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  asio::awaitable<void> Exchange(beast::tcp_stream& stream) {
    stream.socket().set_option(tcp::no_delay(true));
    beast::flat_buffer buffer;
    bool keep_alive = true;
    while (keep_alive) {
      Parser parser;
      parser.body_limit(options_.max_body_size);
      parser.header_limit(static_cast<uint32_t>(options_.max_header_size));
      stream.expires_after(
          std::chrono::milliseconds(absl::ToInt64Milliseconds(options_.read_timeout)));
      error_code error;
      co_await http::async_read(stream, buffer, parser,
                                asio::redirect_error(asio::use_awaitable, error));
      HttpResponse response;
      const unsigned version = parser.get().version() == 10 ? 10 : 11;
      const bool too_large = error == http::error::body_limit || error == http::error::header_limit;
      if (too_large) {
        response = error == http::error::body_limit ? PlainAnswer(413, "The body is too large.")
                                                    : PlainAnswer(431, "The header is too large.");
        keep_alive = false;
      } else if (error) {
        co_return;
      } else {
        keep_alive = parser.get().keep_alive();
        response = co_await Answer(FromWire(parser.release()));
      }
      WireResponse wire = ToWire(std::move(response), version, keep_alive);
      stream.expires_after(
          std::chrono::milliseconds(absl::ToInt64Milliseconds(options_.write_timeout)));
      co_await http::async_write(stream, wire, asio::use_awaitable);
      if (too_large) co_await Linger(stream);
    }
  }

  // Reads for a moment what the client is still sending: a connection that is closed over unread
  // octets is reset, and the answer may be lost on its way (RFC 9112 9.6).
  asio::awaitable<void> Linger(beast::tcp_stream& stream) {
    error_code error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.expires_after(kLongestLinger);
    std::array<char, 4096> unread;
    for (size_t size = 0; !error && size < kMostUnread;) {
      size += co_await stream.async_read_some(asio::buffer(unread),
                                              asio::redirect_error(asio::use_awaitable, error));
    }
  }

  // Runs the handler on the pool and comes back to the network thread with its answer; 503 when the
  // pool is full.
  asio::awaitable<HttpResponse> Answer(HttpRequest request) {
    const auto initiate = [this](auto completion, HttpRequest moved) {
      auto done = std::make_shared<decltype(completion)>(std::move(completion));
      auto finish = [this, done](HttpResponse response) {
        asio::post(context_, [done, response = std::move(response)]() mutable {
          (*done)(std::move(response));
        });
      };
      auto job = [this, finish, shared = std::make_shared<HttpRequest>(std::move(moved))] {
        finish(handler_(*shared));
        --answering_;
        answering_.notify_all();
      };
      ++answering_;
      if (pool_.TrySubmit(std::move(job))) return;
      --answering_;
      HttpResponse busy = PlainAnswer(503, "The service is busy. Try again later.");
      busy.headers.emplace_back("Retry-After", "1");
      finish(std::move(busy));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpResponse)>(
        initiate, asio::use_awaitable, std::move(request));
  }

  const Options options_;
  ThreadPool& pool_;
  const Handler handler_;
  std::atomic<int> answering_ = 0;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  size_t connections_ = 0;  // touched by the network thread only
  uint16_t port_ = 0;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const Options& options,
                                                              ThreadPool& pool, Handler handler) {
  auto network = std::make_unique<Network>(options, pool, std::move(handler));
  if (absl::Status listening = network->Listen(); !listening.ok()) return listening;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(network)));
}

HttpServer::HttpServer(std::unique_ptr<Network> network) : network_(std::move(network)) {}
HttpServer::~HttpServer() = default;
uint16_t HttpServer::port() const { return network_->port(); }

}  // namespace enkrat::server
