// Elementary functions from additions, multiplications, fused multiply-adds, divisions and integer operations alone, so
// that every instruction set gives the same bits. One algorithm for both precisions; simd/polynomials.hpp has what
// differs. Error bounds, in units in the last place of the Real result, are those that tests/test_math.cpp checks against
// the C library's long double.
#pragma once

#include "simd/polynomials.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

template <int N>
DENIM_INLINE Vec polynomial(const Real (&c)[N], Vec x) {
    Vec r = set1(c[N - 1]);
    for (int i = N - 2; i >= 0; --i) r = fma(r, x, set1(c[i]));
    return r;
}

// Adding it to a number rounds that to an integer, which is then in the sum's low bits: 1.5 * 2^kFraction.
constexpr Real kMagic = (Real)((Integer)3 << (Format<Real>::kFraction - 1));
constexpr Integer kFractionMask = ((Integer)1 << Format<Real>::kFraction) - 1;

// x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) - 1 = r + r^2 q(r).
struct ExpParts {
    Int n;
    Vec minus_one;
};

DENIM_INLINE ExpParts exp_parts(Vec x) {
    const Vec magic = set1(kMagic);
    const Vec shifted = fma(x, set1(1.4426950408889634), magic);  // log2 e
    const Vec whole = shifted - magic;
    Vec r = fma(whole, set1(-Of::kLn2High), x);
    r = fma(whole, set1(-Of::kLn2Low), r);
    return {bits(shifted) - bits(magic), fma(polynomial(Of::kExp, r), r * r, r)};
}

DENIM_INLINE Vec power_of_two(Int n) { return from_bits((n + Format<Real>::kBias) << Format<Real>::kFraction); }

// exp; 2 ulp. Underflows gradually to 0, overflows to infinity.
DENIM_INLINE Vec vexp(Vec x) {
    x = select(x > set1(Of::kExpMost), set1(Of::kExpMost), x);
    x = select(x < set1(Of::kExpLeast), set1(Of::kExpLeast), x);
    const ExpParts e = exp_parts(x);
    const Int half = e.n >> 1;
    return (set1(1.0) + e.minus_one) * power_of_two(half) * power_of_two(e.n - half);
}

// exp(x) - 1 for x <= 0; 3 ulp.
DENIM_INLINE Vec vexpm1_negative(Vec x) {
    x = select(x < set1(-50.0), set1(-50.0), x);
    const ExpParts e = exp_parts(x);
    const Vec scale = power_of_two(e.n);
    return fma(scale, e.minus_one, scale - set1(1.0));
}

// Natural logarithm; 2 ulp. 0 gives -infinity, negative numbers NaN, infinity itself.
DENIM_INLINE Vec vlog(Vec x) {
    constexpr int kFraction = Format<Real>::kFraction;
    const Vec one = set1(1.0);
    const Int tiny = x < set1(Of::kSmallestNormal);
    const Vec normal = select(tiny, x * set1((Real)((Integer)1 << kFraction)), x);
    Int b = bits(normal);
    const Int up = (b & kFractionMask) > (bits(set1(1.4142135623730950)) & kFractionMask);  // above it: the next power
    const Int n = ((b >> kFraction) - Format<Real>::kBias) - up - (tiny & kFraction);
    b = (b & kFractionMask) | (bits(one) + (up & -(kFractionMask + 1)));
    const Vec m = from_bits(b);
    const Vec s = (m - one) / (m + one);
    const Vec s2 = s * s;
    const Vec count = from_bits(bits(set1(kMagic)) + n) - set1(kMagic);
    const Vec tail = fma(s2 * s, polynomial(Of::kLog, s2), count * set1(Of::kLn2Low));
    Vec r = fma(count, set1(Of::kLn2High), fma(s, set1(2.0), tail));
    const Vec infinity = set1((Real)__builtin_inf());
    r = select(x == set1(0.0), -infinity, r);
    r = select(x == infinity, infinity, r);
    return select((x < set1(0.0)) | (x != x), set1((Real)__builtin_nan("")), r);
}

// log(1 + u) for 0 <= u <= 1; 3 ulp.
DENIM_INLINE Vec vlog1p_unit(Vec u) {
    const Vec w = set1(1.0) + u;
    return vlog(w) + (u - (w - set1(1.0))) / w;
}

DENIM_INLINE Vec vsigmoid(Vec x) { return set1(1.0) / (set1(1.0) + vexp(-x)); }

// 3 ulp.
DENIM_INLINE Vec vtanh(Vec x) {
    const Vec a = vabs(x);
    const Vec x2 = x * x;
    const Vec small = fma(x * x2, polynomial(Of::kTanh, x2), x);
    const Vec large = set1(1.0) - set1(2.0) / (vexp(a + a) + set1(1.0));
    const Vec signed_large = from_bits(bits(large) | (bits(x) & bits(set1(-0.0))));
    return select(a < set1(0.625), small, signed_large);
}

// erfc(|z|) where |z| >= 1. z^2 is rounded, so that the relative error grows with it, to 1e-5 (in double 2e-13) where
// erfc itself vanishes, beyond about 10 (in double 27).
DENIM_INLINE Vec verfc_tail(Vec a) {
    const Vec t = set1(1.0) / fma(a, set1(0.5), set1(1.0));
    return t * polynomial(Of::kErfc, t - set1(Of::kErfcCentre)) * vexp(-(a * a));
}

// The normal distribution function: (1 + erf(x / sqrt 2)) / 2, without cancellation on the negative side.
DENIM_INLINE Vec vnormal_cdf(Vec x) {
    const Vec z = x * set1(0.70710678118654752);
    const Vec a = vabs(z);
    const Vec near = fma(z * set1(0.5), polynomial(Of::kErf, z * z), set1(0.5));
    const Vec tail = set1(0.5) * verfc_tail(a);
    const Vec far = select(z < set1(0.0), tail, set1(1.0) - tail);
    return select(a < set1(1.0), near, far);
}

// log(1 + exp(x)).
DENIM_INLINE Vec vsoftplus(Vec x) {
    const Vec positive = select(x < set1(0.0), set1(0.0), x);
    return positive + vlog1p_unit(vexp(-vabs(x)));
}

// Numbers from here on have nothing behind the point.
constexpr Real kWholeFrom = (Real)((Integer)1 << Format<Real>::kFraction);

DENIM_INLINE Vec with_sign_of(Vec magnitude, Vec x) {
    return from_bits(bits(magnitude) | (bits(x) & bits(set1(-0.0))));
}

// To the nearest whole number, halves to the even one; as all of these four, exact.
DENIM_INLINE Vec vround(Vec x) {
    const Vec a = vabs(x), whole = (a + set1(kWholeFrom)) - set1(kWholeFrom);
    return select(a < set1(kWholeFrom), with_sign_of(whole, x), x);
}

DENIM_INLINE Vec vfloor(Vec x) {
    const Vec near = vround(x);
    return select(near > x, near - set1(1.0), near);
}

DENIM_INLINE Vec vceil(Vec x) {
    const Vec near = vround(x);
    return select(near < x, near + set1(1.0), near);
}

DENIM_INLINE Vec vtrunc(Vec x) { return select(x < Vec{}, vceil(x), vfloor(x)); }

// exp(x) - 1; 3 ulp.
DENIM_INLINE Vec vexpm1(Vec x) {
    const Vec most = set1(20.0), low = select(x > most, most, x);
    const Vec held = select(low < set1(-50.0), set1(-50.0), low);
    const ExpParts e = exp_parts(held);
    const Vec scale = power_of_two(e.n);
    return select(x > most, vexp(x) - set1(1.0), fma(scale, e.minus_one, scale - set1(1.0)));
}

// log(1 + x); 4 ulp.
DENIM_INLINE Vec vlog1p(Vec x) {
    const Vec w = set1(1.0) + x, infinity = set1((Real)__builtin_inf());
    const Vec y = vlog(w) + (x - (w - set1(1.0))) / w;
    return select((w == Vec{}) | (w == infinity), vlog(w), y);
}

// Taylor's series on [-pi/4, pi/4], which are short enough there; the quarter turns are taken off in three steps.
struct SinCos {
    Vec sin, cos;
};

// Both for |x| < 1e4 within 4 ulp of 1; beyond, the error grows with x.
DENIM_INLINE SinCos vsincos(Vec x) {
    const Vec turns = vround(x * set1(0.63661977236758134));  // 2 / pi
    Vec r = fma(turns, set1(-Of::kQuarterHigh), x);
    r = fma(turns, set1(-Of::kQuarterMiddle), r);
    r = fma(turns, set1(-Of::kQuarterLow), r);
    const Vec r2 = r * r;
    const Vec s = fma(r * r2, polynomial(Of::kSin, r2), r);
    const Vec c = fma(r2 * r2, polynomial(Of::kCos, r2), fma(r2, set1(-0.5), set1(1.0)));
    const Vec quarter = turns - set1(4.0) * vfloor(turns * set1(0.25));  // 0, 1, 2, 3
    const Int swapped = (quarter == set1(1.0)) | (quarter == set1(3.0));
    const Vec sine = select(swapped, c, s), cosine = select(swapped, s, c);
    return {select(quarter > set1(1.5), -sine, sine),
            select((quarter == set1(1.0)) | (quarter == set1(2.0)), -cosine, cosine)};
}

// erf; 4 ulp.
DENIM_INLINE Vec verf(Vec x) {
    const Vec a = vabs(x);
    const Vec near = x * polynomial(Of::kErf, x * x);
    return select(a < set1(1.0), near, with_sign_of(set1(1.0) - verfc_tail(a), x));
}

// a to the power of b. The exponent b log a is rounded, so that the relative error grows with it.
DENIM_INLINE Vec vpower(Vec a, Vec b) {
    const Vec zero = Vec{}, one = set1(1.0), half = b * set1(0.5);
    const Vec size = vexp(b * vlog(vabs(a)));
    const Int whole = vtrunc(b) == b, odd = whole & (vtrunc(half) != half);
    Vec y = select(a < zero, select(whole, select(odd, -size, size), set1((Real)__builtin_nan(""))), size);
    y = select(a == zero, select(b > zero, zero, set1((Real)__builtin_inf())), y);
    return select((b == zero) | (a == one), one, y);
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
