#include "common/loopback.h"

#include <gtest/gtest.h>

#include <string>

namespace enkrat {
namespace {

TEST(LoopbackTest, LoopbackHostsAreRecognised) {
  for (const char* host : {"127.0.0.1", "127.255.0.9", "::1", "0:0:0:0:0:0:0:1", "localhost"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
}

TEST(LoopbackTest, HostsThatOnlyLookLikeLoopbackAreNot) {
  for (const char* host :
       {"", "127", "127.0.0", "127.0.0.1.example", "127.evil.example.com", "128.0.0.1",
        "127.0.0.256", "127.0.0.1.1", "localhost.example", "::2", "0.0.0.0", "127..0.1",
        "::", "[::1]", "::ffff:127.0.0.1", " 127.0.0.1", "10.0.0.1"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
  EXPECT_FALSE(IsLoopbackHost(std::string("127.0.0.1\0.example", 18)));
}

TEST(LoopbackTest, LoopbackUrlsAreRecognised) {
  for (const char* url : {"http://127.0.0.1:8090", "https://localhost/token", "http://[::1]:80/x",
                          "http://127.0.0.1", "http://[::1]"}) {
    EXPECT_TRUE(IsLoopbackUrl(url)) << url;
  }
}

TEST(LoopbackTest, UrlsThatLeaveTheMachineAreNotLoopback) {
  for (const char* url :
       {"http://example.com", "http://127.0.0.1@example.com/", "ftp://127.0.0.1", "127.0.0.1:80",
        "http://example.com/127.0.0.1", "http://[::2]/", "http://example.com\\@127.0.0.1/", "",
        "http://", "http://127.evil.example/", "http://[::1].example/", "http://[::1",
        "http://::1/"}) {
    EXPECT_FALSE(IsLoopbackUrl(url)) << url;
  }
}

}  // namespace
}  // namespace enkrat
