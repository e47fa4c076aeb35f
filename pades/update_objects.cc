#include "pades/update_objects.h"

#include "absl/strings/str_cat.h"

namespace enkrat::pades {

int UpdateObjects::AddStream(absl::string_view entries, ByteSpan octets) {
  std::string body = absl::StrCat("<< ", entries, " /Length ", octets.size(), " >>\nstream\n");
  body.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  body.append("\nendstream");
  return Add(std::move(body));
}

}  // namespace enkrat::pades
