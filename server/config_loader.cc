#include "server/config_loader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMaxFileSize = 1024 * 1024;
constexpr int kMaxDepth = 16;

absl::Status ErrorAt(const YAML::Node& node, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("line ", node.Mark().line + 1, ": ", what));
}

// LEVEL_ADVANCED can be written `advanced`: the prefix is the enum's name in upper snake case.
std::string EnumPrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

absl::StatusOr<const EnumValueDescriptor*> ReadEnum(const YAML::Node& node,
                                                    const EnumDescriptor& type) {
  const std::string name = EnumPrefix(type) + absl::AsciiStrToUpper(node.Scalar());
  const EnumValueDescriptor* value = type.FindValueByName(name);
  if (value != nullptr && value->number() != 0) return value;
  std::string known;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&known, i > 1 ? ", " : "",
                    absl::AsciiStrToLower(type.value(i)->name().substr(EnumPrefix(type).size())));
  }
  return ErrorAt(node, absl::StrCat("'", node.Scalar(), "' is not one of: ", known));
}

absl::Status ReadDuration(const YAML::Node& node, Message& message) {
  absl::Duration duration;
  if (!absl::ParseDuration(node.Scalar(), &duration) || duration < absl::ZeroDuration() ||
      duration > absl::Hours(24 * 366 * 100)) {
    return ErrorAt(node, absl::StrCat("'", node.Scalar(), "' is not a duration like 15m or 180s"));
  }
  Duration& target = static_cast<Duration&>(message);
  target.set_seconds(absl::ToInt64Seconds(duration));
  target.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(duration - absl::Seconds(target.seconds()))));
  return absl::OkStatus();
}

absl::Status ReadMapping(const YAML::Node& node, Message& message, int depth);

// Sets or adds one scalar.
absl::Status ReadScalar(const YAML::Node& node, const FieldDescriptor& field, Message& message) {
  const Reflection& set = *message.GetReflection();
  const bool add = field.is_repeated();
  const std::string& text = node.Scalar();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      add ? set.AddString(&message, &field, text) : set.SetString(&message, &field, text);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL: {
      if (text != "true" && text != "false") return ErrorAt(node, "expected true or false");
      const bool value = text == "true";
      add ? set.AddBool(&message, &field, value) : set.SetBool(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return ErrorAt(node, "expected a whole number");
      add ? set.AddUInt32(&message, &field, value) : set.SetUInt32(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return ErrorAt(node, "expected a whole number");
      add ? set.AddUInt64(&message, &field, value) : set.SetUInt64(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      ENKRAT_ASSIGN_OR_RETURN(const EnumValueDescriptor* value, ReadEnum(node, *field.enum_type()));
      add ? set.AddEnum(&message, &field, value) : set.SetEnum(&message, &field, value);
      return absl::OkStatus();
    }
    default:
      return ErrorAt(node, absl::StrCat("'", field.name(), "' cannot be configured"));
  }
}

// One value of a field that is not a map: a scalar, a duration or a mapping.
absl::Status ReadValue(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                       int depth) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const bool is_duration =
      is_message && field.message_type()->full_name() == Duration::descriptor()->full_name();
  if (is_message && !is_duration) {
    if (!node.IsMap()) return ErrorAt(node, absl::StrCat("'", field.name(), "' takes a mapping"));
  } else if (!node.IsScalar()) {
    return ErrorAt(node, absl::StrCat("'", field.name(), "' takes a single value"));
  }
  if (!is_message) return ReadScalar(node, field, message);
  const Reflection& reflection = *message.GetReflection();
  Message* child = field.is_repeated() ? reflection.AddMessage(&message, &field)
                                       : reflection.MutableMessage(&message, &field);
  return is_duration ? ReadDuration(node, *child) : ReadMapping(node, *child, depth + 1);
}

// A map field: keys as they are, values by the entry's type.
absl::Status ReadMapField(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                          int depth) {
  if (!node.IsMap()) return ErrorAt(node, absl::StrCat("'", field.name(), "' takes a mapping"));
  std::set<std::string> seen;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar() || !seen.insert(pair.first.Scalar()).second) {
      return ErrorAt(pair.first, "a key is not a text or is there twice");
    }
    Message* entry = message.GetReflection()->AddMessage(&message, &field);
    const Descriptor& type = *entry->GetDescriptor();
    ENKRAT_RETURN_IF_ERROR(ReadScalar(pair.first, *type.map_key(), *entry));
    ENKRAT_RETURN_IF_ERROR(ReadValue(pair.second, *type.map_value(), *entry, depth));
  }
  return absl::OkStatus();
}

absl::Status ReadField(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                       int depth) {
  if (field.is_map()) return ReadMapField(node, field, message, depth);
  if (!field.is_repeated()) return ReadValue(node, field, message, depth);
  if (!node.IsSequence()) return ErrorAt(node, absl::StrCat("'", field.name(), "' takes a list"));
  for (const YAML::Node& item : node) {
    ENKRAT_RETURN_IF_ERROR(ReadValue(item, field, message, depth));
  }
  return absl::OkStatus();
}

absl::Status ReadMapping(const YAML::Node& node, Message& message, int depth) {
  if (depth > kMaxDepth) return ErrorAt(node, "nested too deeply");
  std::set<std::string> seen;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) return ErrorAt(pair.first, "a key is not a text");
    const std::string& name = pair.first.Scalar();
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return ErrorAt(pair.first, absl::StrCat("unknown key '", name, "'"));
    if (!seen.insert(name).second) {
      return ErrorAt(pair.first, absl::StrCat("key '", name, "' is there twice"));
    }
    // The key's line: an empty value has none of its own.
    if (pair.second.IsNull()) {
      return ErrorAt(pair.first, absl::StrCat("'", name, "' has no value"));
    }
    ENKRAT_RETURN_IF_ERROR(ReadField(pair.second, *field, message, depth));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadYaml(const std::string& yaml, Message& message) {
  if (yaml.size() > kMaxFileSize) {
    return MakeError(Reason::kConfigurationInvalid, "the configuration is larger than 1 MiB");
  }
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (!root.IsMap()) return ErrorAt(root, "the configuration is not a mapping");
    return ReadMapping(root, message, 0);
  } catch (const YAML::Exception& error) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("line ", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace enkrat::server
