// Rows from the caller's arrays.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

template <class T>
DENIM_INLINE void convert_row(const void* from, Real* to, long n) {
    const T* x = static_cast<const T*>(from);
    for (long i = 0; i < n; ++i) {
        T value;
        __builtin_memcpy(&value, x + i, sizeof value);
        to[i] = (Real)value;
    }
}

static void gather_rows(const GatherRows& g, const int64_t* rows, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        const char* from = static_cast<const char*>(g.base) + rows[r] * g.row_bytes;
        Real* to = g.out + r * g.out_stride;
        switch (g.element) {
            case Element::uint8: convert_row<uint8_t>(from, to, g.n); break;
            case Element::float32: convert_row<float>(from, to, g.n); break;
            case Element::float64: convert_row<double>(from, to, g.n); break;
            case Element::int32: convert_row<int32_t>(from, to, g.n); break;
            case Element::int64: convert_row<int64_t>(from, to, g.n); break;
        }
    }
}

static void prefetch(const char* from, long bytes) {
    for (long at = 0; at < bytes; at += 64) __builtin_prefetch(from + at, 0, 2);
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
