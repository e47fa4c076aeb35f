// What a new annotation lies over on its page, as far as that can be said without painting it.
#ifndef ENKRAT_PADES_COVERED_CONTENT_H_
#define ENKRAT_PADES_COVERED_CONTENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "pades/pdf_values.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// "another annotation", "text", "an image", "much of the page"; nullopt if it is a free place.
// Knows the annotations, the points where text starts and the places of images, those in form
// XObjects too; content that is too large to look at counts as text. `spend` is asked before
// content is followed, in steps of a walk; if it says no, nothing more is looked at.
std::optional<std::string> WhatIsCovered(QPDFObjectHandle page, const Box& place,
                                         absl::FunctionRef<bool(uint64_t)> spend);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_COVERED_CONTENT_H_
