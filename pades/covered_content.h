// What a new annotation lies over on its page, as far as that can be said without painting it.
#ifndef ENKRAT_PADES_COVERED_CONTENT_H_
#define ENKRAT_PADES_COVERED_CONTENT_H_

#include <optional>
#include <string>

#include "pades/pdf_values.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// "another annotation", "text", "an image", "much of the page"; nullopt if it is a free place.
// Knows the annotations, the points where text starts and the places of images, those in form
// XObjects too; content that is too large to look at counts as text.
std::optional<std::string> WhatIsCovered(QPDFObjectHandle page, const Box& place);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_COVERED_CONTENT_H_
