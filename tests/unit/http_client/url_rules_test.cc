// Which URLs may be asked.
#include "http_client/url_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace enkrat::http_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(UrlRulesTest, HttpsAnywhereIsAllowed) {
  EXPECT_THAT(ParseAllowedUrl("https://idp.example/keys?x=1", PlainHttp::kRefused).status(),
              IsOk());
}

class LoopbackUrlTest : public ::testing::TestWithParam<const char*> {};

TEST_P(LoopbackUrlTest, IsAllowedWherePlainHttpIs) {
  EXPECT_THAT(ParseAllowedUrl(GetParam(), PlainHttp::kOnLoopback).status(), IsOk());
}

TEST_P(LoopbackUrlTest, IsRefusedWherePlainHttpIsNot) {
  EXPECT_THAT(ParseAllowedUrl(GetParam(), PlainHttp::kRefused).status(),
              FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(Hosts, LoopbackUrlTest,
                         ::testing::Values("http://127.0.0.1/", "http://127.8.9.10:80/x",
                                           "http://localhost:8080/", "http://[::1]:8080/",
                                           "http://127.1/"));

class ForbiddenUrlTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ForbiddenUrlTest, IsRefusedEvenWherePlainHttpIsAllowed) {
  EXPECT_THAT(ParseAllowedUrl(GetParam(), PlainHttp::kOnLoopback).status(),
              FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Urls, ForbiddenUrlTest,
    ::testing::Values("", "idp.example", "http://idp.example/", "http://128.0.0.1/",
                      "http://10.0.0.1/", "http://0.0.0.0/", "http://[::]/", "http://[::2]/",
                      "http://localhost.idp.example/", "http://127.0.0.1.idp.example/",
                      "http://127.0.0.1@idp.example/", "https://user@idp.example/",
                      "https://user:word@idp.example/", "file:///etc/passwd", "ftp://127.0.0.1/",
                      "gopher://127.0.0.1/", "ldap://127.0.0.1/", "https://idp.example/a b",
                      "https://idp.example/\r\nX: y", "https://", "//idp.example/",
                      "http://[::ffff:127.0.0.1]/"));

TEST(UrlRulesTest, PlainHttpAnywhereIsAllowedOnlyWhereItIsSaid) {
  EXPECT_THAT(ParseAllowedUrl("http://tsa.example/", PlainHttp::kAnywhere).status(), IsOk());
}

TEST(UrlRulesTest, WhatIsNotHttpIsRefusedWherePlainHttpMayGoAnywhere) {
  for (const char* url : {"", "tsa.example", "ftp://tsa.example/", "file:///etc/passwd",
                          "http://user@tsa.example/"}) {
    EXPECT_THAT(ParseAllowedUrl(url, PlainHttp::kAnywhere).status(),
                FailsWith(Reason::kConfigurationInvalid))
        << url;
  }
}

TEST(UrlRulesTest, UrlOfMoreThan2048OctetsIsRefused) {
  const std::string url = "https://idp.example/" + std::string(2029, 'a');
  EXPECT_THAT(ParseAllowedUrl(url, PlainHttp::kRefused).status(),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(UrlRulesTest, UrlWithNulIsRefused) {
  const std::string url("https://idp.example/\0.evil.example/", 35);
  EXPECT_THAT(ParseAllowedUrl(url, PlainHttp::kRefused).status(),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::http_client
