#include "ca/sequence.h"

#include <openssl/asn1.h>

#include <memory>
#include <utility>

#include "common/openssl_ptr.h"

namespace enkrat::ca {
namespace {

struct MembersDeleter {
  void operator()(ASN1_SEQUENCE_ANY* members) const {
    sk_ASN1_TYPE_pop_free(members, ASN1_TYPE_free);
  }
};

SequenceMember MemberOf(const ASN1_TYPE* any) {
  SequenceMember member{.type = any->type, .octets = {}};
  if (any->type == V_ASN1_OBJECT) {
    const ASN1_OBJECT* object = any->value.object;
    member.octets = ToBytes(ByteSpan(OBJ_get0_data(object), OBJ_length(object)));
  } else if (any->type != V_ASN1_NULL && any->type != V_ASN1_BOOLEAN) {
    const ASN1_STRING* string = any->value.asn1_string;
    // The decoder notes a minus in the string alone.
    if (any->type == V_ASN1_INTEGER) member.type = ASN1_STRING_type(string);
    member.octets = ToBytes(
        ByteSpan(ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string))));
  }
  return member;
}

}  // namespace

std::optional<SequenceMembers> ReadSequence(ByteSpan der) {
  const unsigned char* cursor = der.data();
  const std::unique_ptr<ASN1_SEQUENCE_ANY, MembersDeleter> members(
      d2i_ASN1_SEQUENCE_ANY(nullptr, &cursor, static_cast<long>(der.size())));
  if (members == nullptr || cursor != der.data() + der.size()) return std::nullopt;
  SequenceMembers result;
  for (int i = 0; i < sk_ASN1_TYPE_num(members.get()); ++i) {
    result.push_back(MemberOf(sk_ASN1_TYPE_value(members.get(), i)));
  }
  return result;
}

}  // namespace enkrat::ca
