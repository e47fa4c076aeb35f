// The HTTP server, spoken to over a plain socket.
#include "server/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <functional>
#include <latch>

#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Connection {
 public:
  // `before` is done when there is a socket that is not connected yet.
  explicit Connection(
      uint16_t port, const std::function<void()>& before = [] {})
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    before();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Connection() { close(fd_); }

  void Send(const std::string& text) {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // To whoever may have closed already.
  void TrySend(const std::string& text) { send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  bool HasSomething(int within_ms) {
    pollfd descriptor{.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&descriptor, 1, within_ms) > 0;
  }
  // Reads until the answer ends with `end` or the server closes.
  std::string ReadUntil(const std::string& end) {
    std::string all;
    char buffer[4096];
    while (end.empty() || all.size() < end.size() ||
           all.compare(all.size() - end.size(), end.size(), end) != 0) {
      const ssize_t size = read(fd_, buffer, sizeof(buffer));
      if (size <= 0) break;
      all.append(buffer, static_cast<size_t>(size));
    }
    return all;
  }

 private:
  int fd_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  static HttpResponse Echo(const HttpRequest& request) {
    HttpResponse response;
    response.body = ToBytes(request.method + " " + request.path + " " + request.content_type + " " +
                            ToString(request.body));
    return response;
  }

  std::unique_ptr<HttpServer> StartServer(HttpServer::Handler handler = Echo) {
    auto server = HttpServer::Start({.max_body_size = 16}, pool_, std::move(handler));
    EXPECT_THAT(server, enkrat::testing::IsOk());
    return *std::move(server);
  }

  ThreadPool pool_{{.threads = 2, .queue_limit = 1}};
};

TEST_F(HttpServerTest, RequestsOfOneConnectionAreAnsweredInTurn) {
  auto server = StartServer();
  Connection connection(server->port());
  connection.Send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil("GET /a  "), StartsWith("HTTP/1.1 200 OK\r\n"));
  connection.Send(
      "POST /tsa HTTP/1.1\r\nHost: x\r\nContent-Type: t/u\r\nContent-Length: 3\r\n\r\nxyz");
  EXPECT_THAT(connection.ReadUntil("POST /tsa t/u xyz"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpServerTest, OversizedBodyIsAnswered413AndTheConnectionEnds) {
  auto server = StartServer();
  Connection connection(server->port());
  connection.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n12345678901234567");
  EXPECT_THAT(connection.ReadUntil(""), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, AnswerToAnOversizedBodyIsNotLostWhileMoreIsSent) {
  auto server = StartServer();
  Connection connection(server->port());
  connection.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n");
  for (int i = 0; i < 6; ++i) connection.Send(std::string(100'000, 'x'));
  EXPECT_THAT(connection.ReadUntil(""), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, OversizedHeaderIsAnswered431AndTheConnectionEnds) {
  auto server = StartServer();
  Connection connection(server->port());
  connection.Send("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil(""), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, GarbageEndsTheConnectionAndNotTheServer) {
  auto server = StartServer();
  {
    Connection connection(server->port());
    connection.Send("\x16\x03\x01\x02 this is no HTTP\r\n\r\n");
    EXPECT_EQ(connection.ReadUntil(""), "");
  }
  Connection connection(server->port());
  connection.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil(""), HasSubstr("GET /"));
}

TEST_F(HttpServerTest, FullPoolIsAnswered503) {
  std::latch release(1);
  std::atomic<int> running = 0;
  auto server = StartServer([&](const HttpRequest& request) {
    if (request.path == "/slow") {
      ++running;
      running.notify_all();
      release.wait();
    }
    return Echo(request);
  });
  Connection first(server->port());
  Connection second(server->port());
  Connection third(server->port());
  Connection fourth(server->port());
  first.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  running.wait(0);  // or the queue of one might still hold the first
  second.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  running.wait(1);
  third.Send("GET /queued HTTP/1.1\r\nHost: x\r\n\r\n");
  while (pool_.waiting() == 0) std::this_thread::yield();
  fourth.Send("GET /refused HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(fourth.ReadUntil("later.\n"), StartsWith("HTTP/1.1 503 "));
  release.count_down();
  EXPECT_THAT(third.ReadUntil("GET /queued  "), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, HeadIsAnsweredLikeGetWithoutTheBody) {
  auto server = StartServer();
  Connection connection(server->port());
  connection.Send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = connection.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 9\r\n"));  // of "HEAD /a  "
  // What comes next on the connection is the next answer, not a body.
  connection.Send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil("GET /b  "), StartsWith("HTTP/1.1 200 OK\r\n"));
}

// A flood of slow requests must not take the health check with it.
TEST_F(HttpServerTest, QuickAnswersNeedNoThreadOfThePool) {
  std::latch release(1);
  auto server =
      HttpServer::Start({.quick = [](const HttpRequest& request) -> std::optional<HttpResponse> {
                          if (request.path != "/healthz") return std::nullopt;
                          return Echo(request);
                        }},
                        pool_, [&](const HttpRequest& request) {
                          release.wait();
                          return Echo(request);
                        });
  ASSERT_THAT(server, enkrat::testing::IsOk());
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 3; ++i) {
    slow.push_back(std::make_unique<Connection>((*server)->port()));
    slow.back()->Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  Connection connection((*server)->port());
  connection.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil("GET /healthz  "), StartsWith("HTTP/1.1 200 OK\r\n"));
  release.count_down();
}

TEST_F(HttpServerTest, PeerWithTooManyConnectionsIsTurnedAway) {
  auto server = HttpServer::Start({.max_connections_of_a_peer = 2}, pool_, Echo);
  ASSERT_THAT(server, enkrat::testing::IsOk());
  const auto get = [&](Connection& connection) {
    connection.TrySend("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return connection.ReadUntil("GET /  ");
  };
  auto first = std::make_unique<Connection>((*server)->port());
  Connection second((*server)->port());
  EXPECT_NE(get(*first), "");
  EXPECT_NE(get(second), "");
  Connection third((*server)->port());
  EXPECT_EQ(get(third), "");
  // A place that was left can be taken again, as soon as the server has noticed.
  first.reset();
  std::string answer;
  while (answer.empty()) {
    Connection fourth((*server)->port());
    answer = get(fourth);
  }
}

TEST_F(HttpServerTest, ConnectionThatSaysNothingEnds) {
  auto server = HttpServer::Start({.first_timeout = absl::Milliseconds(20)}, pool_, Echo);
  ASSERT_THAT(server, enkrat::testing::IsOk());
  Connection silent((*server)->port());
  EXPECT_EQ(silent.ReadUntil(""), "");
  Connection slow((*server)->port());
  slow.Send("GET / HT");
  EXPECT_EQ(slow.ReadUntil(""), "");
}

// Without descriptors there is no connection to be had, and nothing to be won by asking in a loop.
TEST_F(HttpServerTest, ListenerWithoutDescriptorsWaitsAndGoesOn) {
  auto server = StartServer();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  Connection connection(server->port(), [&] {
    const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  });
  connection.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto processor_time = [] { return std::clock() / (CLOCKS_PER_SEC / 1000); };
  const auto start = processor_time();
  EXPECT_FALSE(connection.HasSomething(300));
  EXPECT_LT(processor_time() - start, 150);  // milliseconds
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(connection.ReadUntil("GET /  "), StartsWith("HTTP/1.1 200 OK\r\n"));
}

// The server may go as soon as its last answer is counted; run with AddressSanitizer.
TEST_F(HttpServerTest, ServerMayGoWhileItsAnswersAreMade) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<bool> running = false;
    auto server = StartServer([&](const HttpRequest& request) {
      running = true;
      running.notify_all();
      return Echo(request);
    });
    Connection connection(server->port());
    connection.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    running.wait(false);
    server.reset();
  }
}

TEST_F(HttpServerTest, TakenPortIsAConfigurationError) {
  auto server = StartServer();
  // SO_REUSEADDR does not let two sockets listen on one port.
  EXPECT_THAT(HttpServer::Start({.port = server->port()}, pool_, Echo),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(HttpServer::Start({.host = "not an address"}, pool_, Echo),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
