// config/example.yaml is what an operator starts from: it is read as the service reads it, and
// names every setting that there is.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/settings.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::IsOk;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string ExamplePath() { return enkrat::testing::SourcePath("config/example.yaml"); }

std::string ExampleText() {
  std::ifstream file(ExamplePath());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void CollectFields(const Descriptor& type, std::vector<std::string>* names) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    names->push_back(field.name());
    if (field.message_type() != nullptr && !field.is_map() &&
        field.message_type()->full_name() !=
            google::protobuf::Duration::descriptor()->full_name()) {
      CollectFields(*field.message_type(), names);
    }
  }
}

// Whether a line sets `name`, be it commented out.
bool Sets(const std::string& text, const std::string& name) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    while (absl::ConsumePrefix(&line, " ") || absl::ConsumePrefix(&line, "#") ||
           absl::ConsumePrefix(&line, "- ")) {
    }
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, ":")) return true;
  }
  return false;
}

TEST(ExampleConfigTest, IsReadAsTheServiceReadsIt) {
  EXPECT_THAT(LoadSettings(ExamplePath()), IsOk());
}

TEST(ExampleConfigTest, ItsProfilesProvidersAndRelyingPartiesAreAccepted) {
  const auto config = LoadSettings(ExamplePath());
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(IssuersFrom(*config), IsOk());
  EXPECT_THAT(ProfilesFrom(*config), IsOk());
  EXPECT_THAT(CallersFrom(*config), IsOk());
}

TEST(ExampleConfigTest, NamesEverySetting) {
  std::vector<std::string> names;
  CollectFields(*Config::descriptor(), &names);
  const std::string text = ExampleText();
  for (const std::string& name : names) EXPECT_TRUE(Sets(text, name)) << name;
}

TEST(ExampleConfigTest, AsksForNothingThatWeakensTheDefaults) {
  const auto config = LoadSettings(ExamplePath());
  ASSERT_THAT(config, IsOk());
  EXPECT_FALSE(config->server().plaintext_on_loopback());
  EXPECT_FALSE(config->server().reflection());
  EXPECT_TRUE(config->timestamping().own().require_synchronised_clock());
  for (const auto& profile : config->certificates().profiles()) {
    EXPECT_FALSE(profile.allow_qualified_claims());
  }
  for (const auto& party : config->relying_parties()) {
    for (const auto& level : party.levels()) {
      EXPECT_NE(level.binding(), config::v1::BINDING_OPTIONAL);
      EXPECT_NE(level.minimal_level_of_assurance(), config::v1::LEVEL_OF_ASSURANCE_LOW);
    }
  }
}

}  // namespace
}  // namespace enkrat::server
