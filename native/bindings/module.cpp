// Python's door, denim.engines._native: one submodule a precision.
#include <nanobind/nanobind.h>

namespace denim::float32 {
void bind(nanobind::module_ m);
}
namespace denim::float64 {
void bind(nanobind::module_ m);
}

NB_MODULE(_native, m) {
    // What a daemon thread holds as the interpreter ends is nobody's mistake.
    nanobind::set_leak_warnings(false);
    nanobind::module_ single = m.def_submodule("float32"), twice = m.def_submodule("float64");
    denim::float32::bind(single);
    denim::float64::bind(twice);
}
