// Rows from the caller's arrays.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

template <class T>
struct VectorOf {
    typedef T Type __attribute__((vector_size(kLanes * sizeof(T))));
};

struct Float16 {
    uint16_t bits;
};

typedef VectorOf<int32_t>::Type Widened;

// Element by element, because compilers see one widening instruction in this and several in a conversion of vectors.
template <class T>
DENIM_INLINE Widened widened(const char* from) {
    T narrow[kLanes];
    int32_t wide[kLanes];
    __builtin_memcpy(narrow, from, sizeof narrow);
    for (int i = 0; i < kLanes; ++i) wide[i] = narrow[i];
    Widened x;
    __builtin_memcpy(&x, wide, sizeof x);
    return x;
}

// Exact. A normal number's exponent is biased anew; one below them is its fraction times 2^-24.
DENIM_INLINE Vec from_half(Widened half) {
    typedef VectorOf<float>::Type Floats;
    constexpr int kFraction = 13, kBias = (127 - 15) << 23, kSpecial = 0x7c00, kLeastNormal = 0x0400;
    const Widened magnitude = half & 0x7fff;
    const Widened normal = (magnitude << kFraction) + kBias + ((magnitude >= kSpecial) & kBias);
    const Floats tiny = __builtin_convertvector(magnitude, Floats) * 0x1p-24f;
    const Widened value = magnitude < kLeastNormal ? (Widened)tiny : normal;
    return __builtin_convertvector((Floats)(value | ((half & 0x8000) << 16)), Vec);
}

// A vector's worth of the caller's numbers, which may lie at any address, each rounded once.
template <class T>
DENIM_INLINE Vec converted(const char* from) {
    if constexpr (__is_same(T, Float16)) {
        return from_half(widened<uint16_t>(from));
    } else if constexpr (sizeof(T) < 4) {
        return __builtin_convertvector(widened<T>(from), Vec);
    } else {
        typename VectorOf<T>::Type x;
        __builtin_memcpy(&x, from, sizeof x);
        return __builtin_convertvector(x, Vec);
    }
}

// Rows of kCount numbers, one by one: what targets mostly are.
template <class T, int kCount>
DENIM_INLINE void gather_few(const GatherRows& g, const int64_t* rows, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        T from[kCount];
        __builtin_memcpy(from, static_cast<const char*>(g.base) + rows[r] * g.row_bytes, sizeof from);
        for (int j = 0; j < kCount; ++j) g.out[r * g.out_stride + j] = (Real)from[j];
    }
}

template <class T>
DENIM_INLINE void gather(const GatherRows& given, const int64_t* rows, long row0, long row1) {
    const GatherRows g = given;
    if constexpr (!__is_same(T, Float16)) {
        if (!g.scale && g.n == 1) return gather_few<T, 1>(g, rows, row0, row1);
        if (!g.scale && g.n == 2) return gather_few<T, 2>(g, rows, row0, row1);
    }
    const long whole = g.n - g.n % kLanes, rest = (g.n - whole) * (long)sizeof(T);
    const Real *const shift = g.shift, *const scale = g.scale, *const offset = g.offset;
    const auto scaled = [=, step = g.constant_step](Vec x, long j) __attribute__((always_inline)) {
        return scale ? fma(x - load(shift + j * step), load(scale + j * step), load(offset + j * step)) : x;
    };
    for (long r = row0; r < row1; ++r) {
        const char* from = static_cast<const char*>(g.base) + rows[r] * g.row_bytes;
        Real* to = g.out + r * g.out_stride;
        if (__is_same(T, Real) && !scale) {
            __builtin_memcpy(to, from, (size_t)g.n * sizeof(Real));
            continue;
        }
        for (long j = 0; j < whole; j += kLanes) store(to + j, scaled(converted<T>(from + j * (long)sizeof(T)), j));
        if (rest == 0) continue;
        char last[kLanes * sizeof(T)] = {};  // the caller's array may end here
        __builtin_memcpy(last, from + whole * (long)sizeof(T), (size_t)rest);
        const Vec x = scaled(converted<T>(last), whole);
        __builtin_memcpy(to + whole, &x, (size_t)(g.n - whole) * sizeof(Real));
    }
}

static void gather_rows(const GatherRows& g, const int64_t* rows, long row0, long row1) {
    switch (g.element) {
        case Element::uint8: return gather<uint8_t>(g, rows, row0, row1);
        case Element::float32: return gather<float>(g, rows, row0, row1);
        case Element::float64: return gather<double>(g, rows, row0, row1);
        case Element::int32: return gather<int32_t>(g, rows, row0, row1);
        case Element::int64: return gather<int64_t>(g, rows, row0, row1);
        case Element::float16: return gather<Float16>(g, rows, row0, row1);
        case Element::int8: return gather<int8_t>(g, rows, row0, row1);
        case Element::int16: return gather<int16_t>(g, rows, row0, row1);
        case Element::uint16: return gather<uint16_t>(g, rows, row0, row1);
        case Element::uint32: return gather<uint32_t>(g, rows, row0, row1);
        case Element::uint64: return gather<uint64_t>(g, rows, row0, row1);
    }
}

// Every line that holds a part of a row.
static void prefetch_rows(const char* base, long row_bytes, long bytes, const int64_t* rows, long count) {
    constexpr uintptr_t kLine = 64;
    for (long i = 0; i < count; ++i) {
        const auto row = (uintptr_t)(base + rows[i] * row_bytes);
        for (uintptr_t line = row & ~(kLine - 1); line < row + (uintptr_t)bytes; line += kLine)
            __builtin_prefetch((const void*)line, 0, 2);
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
