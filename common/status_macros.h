// The two ways to pass an error on, and nothing else.
#ifndef ENKRAT_COMMON_STATUS_MACROS_H_
#define ENKRAT_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define ENKRAT_RETURN_IF_ERROR(expression)                                \
  do {                                                                    \
    if (absl::Status enkrat_status = (expression); !enkrat_status.ok()) { \
      return enkrat_status;                                               \
    }                                                                     \
  } while (false)

#define ENKRAT_MACRO_JOIN_INNER(x, y) x##y
#define ENKRAT_MACRO_JOIN(x, y) ENKRAT_MACRO_JOIN_INNER(x, y)

// ENKRAT_ASSIGN_OR_RETURN(auto value, FallibleCall());
#define ENKRAT_ASSIGN_OR_RETURN(target, expression) \
  ENKRAT_ASSIGN_OR_RETURN_INNER(ENKRAT_MACRO_JOIN(enkrat_or_, __LINE__), target, expression)
#define ENKRAT_ASSIGN_OR_RETURN_INNER(holder, target, expression) \
  auto holder = (expression);                                     \
  if (!holder.ok()) return std::move(holder).status();            \
  target = *std::move(holder)

#endif  // ENKRAT_COMMON_STATUS_MACROS_H_
