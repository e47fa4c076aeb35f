// The HTTP server, spoken to over a plain socket.
#include "server/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <latch>

#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Connection {
 public:
  explicit Connection(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
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
