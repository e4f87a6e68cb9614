// A thin SIMD shim: one vector of floats per instruction set, on compiler vector types. Each kernel translation unit
// defines DENIM_ISA (its namespace) and exactly one of DENIM_PORTABLE, DENIM_AVX2, DENIM_AVX512; everything here is in
// that namespace and static, so that no copy built for one instruction set can be linked into another.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(DENIM_AVX2) || defined(DENIM_AVX512)
#include <immintrin.h>
#endif

#define DENIM_INLINE static inline __attribute__((always_inline))

namespace denim::DENIM_ISA {

#if defined(DENIM_AVX512)
constexpr int kLanes = 16;
#elif defined(DENIM_AVX2)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

typedef float Vec __attribute__((vector_size(kLanes * 4)));
typedef int32_t Int __attribute__((vector_size(kLanes * 4)));
typedef uint32_t Uint __attribute__((vector_size(kLanes * 4)));

DENIM_INLINE Vec load(const float* p) {
    Vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

DENIM_INLINE void store(float* p, Vec v) { __builtin_memcpy(p, &v, sizeof v); }

DENIM_INLINE Vec set1(float x) { return x - Vec{}; }

DENIM_INLINE Int set1i(int32_t x) { return x - Int{}; }

DENIM_INLINE Int bits(Vec v) { return (Int)v; }

DENIM_INLINE Vec from_bits(Int v) { return (Vec)v; }

DENIM_INLINE Vec select(Int mask, Vec yes, Vec no) { return mask ? yes : no; }

DENIM_INLINE Vec vmax(Vec a, Vec b) { return select(a > b, a, b); }

DENIM_INLINE Vec vmin(Vec a, Vec b) { return select(a < b, a, b); }

DENIM_INLINE Vec vabs(Vec a) { return from_bits(bits(a) & set1i(0x7fffffff)); }

// a * b + c, rounded once.
#if defined(DENIM_AVX512)
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) { return (Vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
DENIM_INLINE Vec vsqrt(Vec a) { return (Vec)_mm512_sqrt_ps((__m512)a); }
#elif defined(DENIM_AVX2)
DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) { return (Vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
DENIM_INLINE Vec vsqrt(Vec a) { return (Vec)_mm256_sqrt_ps((__m256)a); }
#else
// Without the instruction: the product of two floats is exact in double; the sum is rounded to odd there, so that the
// rounding to float that follows is the only one (Boldo, Melquiond: "Emulation of FMA and correctly rounded sums", 2008).
typedef double Wide __attribute__((vector_size(kLanes * 8)));
typedef int64_t WideInt __attribute__((vector_size(kLanes * 8)));

DENIM_INLINE Vec fma(Vec a, Vec b, Vec c) {
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
    for (int i = 0; i < kLanes; ++i) r[i] = __builtin_sqrtf(a[i]);
    return r;
}
#endif

DENIM_INLINE float fma1(float a, float b, float c) { return fma(set1(a), set1(b), set1(c))[0]; }

// The written order of a sum or maximum over a row: element i belongs to virtual lane i % 16; lanes are folded in halves.
constexpr int kVirtualLanes = 16;
constexpr int kLaneVectors = kVirtualLanes / kLanes;

struct Lanes16 {
    Vec part[kLaneVectors];
};

DENIM_INLINE float fold_sum(const Lanes16& lanes) {
    float x[kVirtualLanes];
    for (int i = 0; i < kLaneVectors; ++i) store(x + i * kLanes, lanes.part[i]);
    for (int width = kVirtualLanes / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) x[i] += x[i + width];
    return x[0];
}

DENIM_INLINE float fold_max(const Lanes16& lanes) {
    float x[kVirtualLanes];
    for (int i = 0; i < kLaneVectors; ++i) store(x + i * kLanes, lanes.part[i]);
    float top = x[0];
    for (int i = 1; i < kVirtualLanes; ++i) top = x[i] > top ? x[i] : top;
    return top;
}

}  // namespace denim::DENIM_ISA
