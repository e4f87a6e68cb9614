// The precision a translation unit is compiled for. Everything from the kernels to the runner exists once in float32 and
// once in float64, from one source: DENIM_PRECISION names the namespace, DENIM_REAL the type.
#pragma once

namespace denim::DENIM_PRECISION {

using Real = DENIM_REAL;

}  // namespace denim::DENIM_PRECISION
