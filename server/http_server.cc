#include "server/http_server.h"

#include <utility>

// Asio 1.74 with gcc 12 needs <utility> first (docs/stack.md).
#include <array>
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
#include "common/mutex.h"
#include "common/reason.h"
#include "server/network_peer.h"

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

HttpRequest FromWire(WireRequest wire, const asio::ip::address& peer) {
  const std::string target(wire.target());
  return {.method = std::string(wire.method_string()),
          .path = target.substr(0, target.find('?')),
          .content_type = std::string(wire[http::field::content_type]),
          .body = std::move(wire.body()),
          .peer = peer.to_string()};
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

std::chrono::milliseconds Milliseconds(absl::Duration duration) {
  return std::chrono::milliseconds(absl::ToInt64Milliseconds(duration));
}

// Without descriptors or memory accept fails at once, again and again.
constexpr std::chrono::milliseconds kPauseAfterFailedAccept(100);

}  // namespace

class HttpServer::Network {
 public:
  Network(const Options& options, ThreadPool& pool, Handler handler)
      : options_(options),
        pool_(pool),
        handler_(std::move(handler)),
        connections_(
            {.most = options.max_connections, .most_of_a_peer = options.max_connections_of_a_peer}),
        acceptor_(context_) {}

  ~Network() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    // Answers that the pool still makes are posted into context_: wait for them before it goes.
    MutexLock lock(mutex_);
    while (answering_ > 0) answered_.wait(mutex_);
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
  // A request on its way through the pool.
  template <typename Completion>
  struct Question {
    HttpRequest request;
    Completion completion;
  };

  asio::awaitable<void> Accept() {
    while (true) {
      error_code error;
      tcp::endpoint peer;
      tcp::socket socket(context_);
      co_await acceptor_.async_accept(socket, peer,
                                      asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        asio::steady_timer pause(context_, kPauseAfterFailedAccept);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      } else if (connections_.HasRoomFor(peer.address().to_string())) {
        asio::co_spawn(context_, Serve(beast::tcp_stream(std::move(socket)), peer.address()),
                       asio::detached);
      }  // otherwise the socket closes
    }
  }

  asio::awaitable<void> Serve(beast::tcp_stream stream, asio::ip::address peer) {
    const PeerConnections::Place place(connections_, peer.to_string());
    try {
      co_await Exchange(stream, peer);
    } catch (const std::exception&) {
      // A client that went away or a broken message: nothing to answer, the connection ends.
    }
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  asio::awaitable<void> Exchange(beast::tcp_stream& stream, const asio::ip::address& peer) {
    stream.socket().set_option(tcp::no_delay(true));
    beast::flat_buffer buffer;
    bool keep_alive = true;
    for (bool first = true; keep_alive; first = false) {
      Parser parser;
      parser.body_limit(options_.max_body_size);
      parser.header_limit(static_cast<uint32_t>(options_.max_header_size));
      const absl::Duration patience = first ? options_.first_timeout : options_.read_timeout;
      const error_code error = co_await Read(stream, buffer, parser, patience);
      const bool too_large = error == http::error::body_limit || error == http::error::header_limit;
      if (error && !too_large) co_return;
      const unsigned version = parser.get().version() == 10 ? 10 : 11;
      const bool head = parser.get().method() == http::verb::head;
      keep_alive = !error && parser.get().keep_alive();
      HttpResponse response = error == http::error::header_limit
                                  ? PlainAnswer(431, "The header is too large.")
                                  : PlainAnswer(413, "The body is too large.");
      // Not one expression: gcc 12 destroys temporaries of a conditional co_await twice.
      if (!error) response = co_await Answer(FromWire(parser.release(), peer));
      WireResponse wire = ToWire(std::move(response), version, keep_alive);
      co_await Write(stream, wire, head);
      if (too_large) co_await Linger(stream);
    }
  }

  // A HEAD is answered with all but the body (RFC 9110 9.3.2).
  asio::awaitable<void> Write(beast::tcp_stream& stream, WireResponse& wire, bool head) {
    http::response_serializer<http::vector_body<uint8_t>> serializer(wire);
    stream.expires_after(Milliseconds(options_.write_timeout));
    if (head) {
      co_await http::async_write_header(stream, serializer, asio::use_awaitable);
    } else {
      co_await http::async_write(stream, serializer, asio::use_awaitable);
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

  asio::awaitable<error_code> Read(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                   Parser& parser, absl::Duration header_timeout) {
    error_code error;
    stream.expires_after(Milliseconds(header_timeout));
    co_await http::async_read_header(stream, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return error;
    stream.expires_after(Milliseconds(options_.read_timeout));
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  asio::awaitable<HttpResponse> Answer(HttpRequest request) {
    if (options_.quick) {
      if (std::optional<HttpResponse> response = options_.quick(request); response.has_value()) {
        co_return *std::move(response);
      }
    }
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpResponse)>(
        [this](auto completion, HttpRequest moved) {
          Ask(std::make_shared<Question<decltype(completion)>>(
              Question<decltype(completion)>{std::move(moved), std::move(completion)}));
        },
        asio::use_awaitable, std::move(request));
  }

  // Runs the handler on the pool and comes back to the network thread with its answer; 503 when the
  // pool is full.
  template <typename Completion>
  void Ask(std::shared_ptr<Question<Completion>> question) {
    {
      MutexLock lock(mutex_);
      ++answering_;
    }
    const bool accepted = pool_.TrySubmit([this, question]() mutable {
      HttpResponse response = handler_(question->request);
      // Handed over: once the last answer is counted, context_ may go, and nothing of it may be
      // left here.
      Reply(std::move(question), std::move(response));
    });
    if (accepted) return;
    HttpResponse busy = PlainAnswer(503, "The service is busy. Try again later.");
    busy.headers.emplace_back("Retry-After", "1");
    Reply(std::move(question), std::move(busy));
  }

  template <typename Completion>
  void Reply(std::shared_ptr<Question<Completion>> question, HttpResponse response) {
    asio::post(context_,
               [question = std::move(question), response = std::move(response)]() mutable {
                 question->completion(std::move(response));
               });
    MutexLock lock(mutex_);
    --answering_;
    answered_.notify_all();
  }

  const Options options_;
  ThreadPool& pool_;
  const Handler handler_;
  Mutex mutex_;
  CondVar answered_;
  int answering_ ABSL_GUARDED_BY(mutex_) = 0;
  // Touched by the network thread only; before context_, whose end ends the connections.
  PeerConnections connections_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
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
