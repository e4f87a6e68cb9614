// A thin SIMD shim: one vector of numbers per instruction set, on compiler vector types. Each kernel translation unit
// defines DENIM_ISA (its namespace) and exactly one of DENIM_PORTABLE, DENIM_AVX2, DENIM_AVX512, DENIM_NEON;
// everything here is in that namespace and static, so that no copy built for one instruction set can be linked into
// another.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(DENIM_AVX2) || defined(DENIM_AVX512)
#include <immintrin.h>
#elif defined(DENIM_NEON)
#include <arm_neon.h>
#endif

#include "kernels/precision.hpp"

#define DENIM_INLINE static inline __attribute__((always_inline))

namespace denim::DENIM_PRECISION::DENIM_ISA {

#if defined(DENIM_AVX512)
constexpr int kVectorBytes = 64;
#elif defined(DENIM_AVX2)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
constexpr int kLanes = kVectorBytes / (int)sizeof(Real);

// The integers that are as wide as a number, and how its bits are laid out.
template <class T>
struct Format;
template <>
struct Format<float> {
    using Integer = int32_t;
    static constexpr int kFraction = 23, kBias = 127;
};
template <>
struct Format<double> {
    using Integer = int64_t;
    static constexpr int kFraction = 52, kBias = 1023;
};
using Integer = Format<Real>::Integer;
constexpr bool kDouble = sizeof(Real) == 8;

typedef Real Vec __attribute__((vector_size(kVectorBytes)));
typedef Integer Int __attribute__((vector_size(kVectorBytes)));

// Where the last columns of a product leave half of a vector empty, halves do them. Other sets have no half.
#if defined(DENIM_AVX512)
typedef Real Half __attribute__((vector_size(kVectorBytes / 2)));
#else
typedef Vec Half;
#endif

template <class V = Vec>
DENIM_INLINE V load(const Real* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

template <class V>
DENIM_INLINE void store(Real* p, V v) {
    __builtin_memcpy(p, &v, sizeof v);
}

template <class V = Vec>
DENIM_INLINE V set1(Real x) {
    return x - V{};
}

DENIM_INLINE Int set1i(Integer x) { return x - Int{}; }

DENIM_INLINE Int bits(Vec v) { return (Int)v; }

DENIM_INLINE Vec from_bits(Int v) { return (Vec)v; }

DENIM_INLINE Vec select(Int mask, Vec yes, Vec no) { return mask ? yes : no; }

DENIM_INLINE Vec vmax(Vec a, Vec b) { return select(a > b, a, b); }

DENIM_INLINE Vec vmin(Vec a, Vec b) { return select(a < b, a, b); }

DENIM_INLINE Vec vabs(Vec a) { return from_bits(bits(a) & ~bits(set1(-0.0))); }

// a * b + c, rounded once.
#if defined(DENIM_AVX512)
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) {
    return kDouble ? (Vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c)
                   : (Vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
DENIM_INLINE Half fma(Half a, Half b, Half c) {
    return kDouble ? (Half)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c)
                   : (Half)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
DENIM_INLINE Vec vsqrt(Vec a) { return kDouble ? (Vec)_mm512_sqrt_pd((__m512d)a) : (Vec)_mm512_sqrt_ps((__m512)a); }
#elif defined(DENIM_AVX2)
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) {
    return kDouble ? (Vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c)
                   : (Vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
DENIM_INLINE Vec vsqrt(Vec a) { return kDouble ? (Vec)_mm256_sqrt_pd((__m256d)a) : (Vec)_mm256_sqrt_ps((__m256)a); }
#elif defined(DENIM_NEON)
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) {
    return kDouble ? (Vec)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b)
                   : (Vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
DENIM_INLINE Vec vsqrt(Vec a) { return kDouble ? (Vec)vsqrtq_f64((float64x2_t)a) : (Vec)vsqrtq_f32((float32x4_t)a); }
#else
// Without the instruction. In float: the product of two is exact in double; the sum is rounded to odd there, so that the
// rounding to float that follows is the only one (Boldo, Melquiond: "Emulation of FMA and correctly rounded sums", 2008).
// In double: the C library's, which is rounded once by definition.
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) {
    if constexpr (kDouble) {
        Vec r;
        for (int i = 0; i < kLanes; ++i) r[i] = (Real)__builtin_fma(a[i], b[i], c[i]);
        return r;
    }
    typedef double Wide __attribute__((vector_size(kLanes * 8)));
    typedef int64_t WideInt __attribute__((vector_size(kLanes * 8)));
    const Wide product = __builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide);
    const Wide addend = __builtin_convertvector(c, Wide);
    const Wide sum = product + addend;
    const Wide back = sum - product;
    const Wide error = (product - (sum - back)) + (addend - back);
    const WideInt inexact = (error < 0) | (error > 0);
    const WideInt even = ((WideInt)sum & 1) == 0;
    const WideInt outward = (((WideInt)error ^ (WideInt)sum) >> 63) | 1;
    const Wide odd = (Wide)((WideInt)sum + (inexact & even & outward));
    return __builtin_convertvector(odd, Vec);
}

DENIM_INLINE Vec vsqrt(Vec a) {
    Vec r;
    for (int i = 0; i < kLanes; ++i) r[i] = kDouble ? (Real)__builtin_sqrt(a[i]) : (Real)__builtin_sqrtf((float)a[i]);
    return r;
}
#endif

DENIM_INLINE Real fma1(Real a, Real b, Real c) { return fma(set1(a), set1(b), set1(c))[0]; }

// Columns [column0, column1) in groups of at most kMost vectors: visit.template operator()<vectors>(column). Several
// chains at a time hide each other's latency.
template <int kMost, class Visit>
DENIM_INLINE void column_groups(long column0, long column1, Visit visit) {
    long j = column0;
    for (; j + kMost * kLanes <= column1; j += kMost * kLanes) visit.template operator()<kMost>(j);
    if constexpr (kMost > 1) column_groups<kMost / 2>(j, column1, visit);
}

// The written order of a sum or maximum over a row: element i belongs to virtual lane i % 16; lanes are folded in halves.
constexpr int kVirtualLanes = 16;
constexpr int kLaneVectors = kVirtualLanes / kLanes;

struct Lanes16 {
    Vec part[kLaneVectors];
};

// Halves added to each other until one number is left; in registers.
template <int N>
struct Lanes {
    typedef Real Type __attribute__((vector_size(N * sizeof(Real))));
};

template <int N>
DENIM_INLINE Real fold(typename Lanes<N>::Type v) {
    using Part = typename Lanes<N / 2>::Type;
    Part low, high;
    __builtin_memcpy(&low, &v, sizeof low);
    __builtin_memcpy(&high, (const char*)&v + sizeof low, sizeof high);
    if constexpr (N == 2)
        return low[0] + high[0];
    else
        return fold<N / 2>(low + high);
}

DENIM_INLINE Real fold_sum(const Lanes16& lanes) {
    Vec part[kLaneVectors];
    for (int i = 0; i < kLaneVectors; ++i) part[i] = lanes.part[i];
    for (int width = kLaneVectors / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) part[i] = part[i] + part[i + width];
    return fold<kLanes>(part[0]);
}

// Which of two zeros is the largest is left open.
template <int N>
DENIM_INLINE Real fold_most(typename Lanes<N>::Type v) {
    using Part = typename Lanes<N / 2>::Type;
    Part low, high;
    __builtin_memcpy(&low, &v, sizeof low);
    __builtin_memcpy(&high, (const char*)&v + sizeof low, sizeof high);
    if constexpr (N == 2)
        return low[0] > high[0] ? low[0] : high[0];
    else
        return fold_most<N / 2>(low > high ? low : high);
}

DENIM_INLINE Real fold_max(const Lanes16& lanes) {
    Vec top = lanes.part[0];
    for (int i = 1; i < kLaneVectors; ++i) top = vmax(top, lanes.part[i]);
    return fold_most<kLanes>(top);
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
