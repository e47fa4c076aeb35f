// Authentication contexts with texts of attackers: refused, or read back the same by libxml2.
#include <gtest/gtest.h>
#include <libxml/parser.h>

#include <array>
#include <map>
#include <memory>
#include <random>

#include "ca/authentication_context.h"
#include "ca/sequence.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::SubstantialLogin;

struct DocumentDeleter {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using DocumentPtr = std::unique_ptr<xmlDoc, DocumentDeleter>;

// The XML in the Extension.
std::string DocumentOf(const AuthenticationContext& context) {
  const SequenceMembers extension = ReadSequence(EncodeAuthenticationContext(context)).value();
  const SequenceMembers contexts = ReadSequence(extension.at(1).octets).value();
  return ToString(ReadSequence(contexts.at(0).octets).value().at(1).octets);
}

// The attributes of the one element below the root; empty if the document is not of that shape.
std::map<std::string, std::string> ReadInformation(const std::string& xml) {
  const DocumentPtr document(xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr,
                                           nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR));
  if (document == nullptr) return {};
  const xmlNode* root = xmlDocGetRootElement(document.get());
  const xmlNode* information = root->children;
  if (std::string(reinterpret_cast<const char*>(root->ns->href)) != kSamlContextType ||
      information == nullptr || information->next != nullptr || information->children != nullptr) {
    return {};
  }
  std::map<std::string, std::string> attributes;
  for (const xmlAttr* each = information->properties; each != nullptr; each = each->next) {
    xmlChar* text = xmlNodeListGetString(document.get(), each->children, 1);
    attributes[reinterpret_cast<const char*>(each->name)] = reinterpret_cast<const char*>(text);
    xmlFree(text);
  }
  return attributes;
}

bool AcceptedAndReadBack(const std::string& text) {
  AuthenticationContext context = SubstantialLogin();
  context.identity_provider = context.context_class = context.assertion_reference =
      context.service_id = text;
  if (const absl::Status status = CheckAuthenticationContext(context); !status.ok()) {
    const Reason reason = ReasonOf(status);
    EXPECT_TRUE(reason == Reason::kRequestMalformed || reason == Reason::kLimitExceeded) << status;
    return false;
  }
  const std::map<std::string, std::string> expected = {
      {"IdentityProvider", text},
      {"AuthenticationInstant", "2027-01-15T08:00:00Z"},
      {"AuthnContextClassRef", text},
      {"AssertionRef", text},
      {"ServiceID", text}};
  EXPECT_EQ(ReadInformation(DocumentOf(context)), expected) << text;
  return true;
}

TEST(HostileContextsTest, MarkupIsReadBackAsText) {
  for (const char* text :
       {"https://idp.example.com/?a=1&b=2", "\"/><saci:IdAttributes>", "<!DOCTYPE a>", "&xxe;",
        "&#x41;", "<![CDATA[a]]>", "]]>", "<?php?>", "'", "Ž 王 م", "a  b", "\U0001F600"}) {
    EXPECT_TRUE(AcceptedAndReadBack(text)) << text;
  }
}

TEST(HostileContextsTest, WhatXmlCannotHoldIsRefused) {
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("a\tb"), std::string("a\nb"), std::string("\x01"),
        std::string("\xff"), std::string("\xed\xa0\x80"), std::string("\uFFFE"),
        std::string("\uFFFF"), std::string(513, 'a')}) {
    EXPECT_FALSE(AcceptedAndReadBack(text));
  }
}

TEST(HostileContextsTest, RandomMixturesAreRefusedOrReadBack) {
  static constexpr std::array<const char*, 20> kPieces = {
      "a", "&",    "<",   ">", "\"", "'", "/",  "=",    "amp;",   "lt;",
      "#", "<!--", "-->", "Ž", "王", " ", "\n", "\xff", "\u202E", "saci:"};
  std::mt19937 random(20270115);
  int accepted = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    const size_t length = 1 + random() % 10;
    for (size_t k = 0; k < length; ++k) text += kPieces[random() % kPieces.size()];
    accepted += AcceptedAndReadBack(text);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace enkrat::ca
