// Included in front of what clang compiles against qpdf 11.3, in place of qpdf/JSON.hh: its class
// JSON has a member of type std::vector<JSON> in a nested class with a virtual destructor, and clang
// 14 evaluates libstdc++ 12's constexpr destructor there and then, where JSON is not complete (gcc
// waits). Nobody here uses JSON, and QPDF's other headers only name it. May go with a later clang.
#ifndef JSON_HH
#define JSON_HH

#include <qpdf/DLL.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <qpdf/InputSource.hh>
#include <qpdf/Pipeline.hh>
#include <qpdf/PointerHolder.hh>
#include <set>
#include <string>
#include <vector>

class JSON;

#endif  // JSON_HH
