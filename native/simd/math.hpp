// Elementary functions from additions, multiplications, fused multiply-adds, divisions and integer operations alone, so
// that every instruction set gives the same bits. Polynomials: tools/fit_polynomials.py. Error bounds, in units in the
// last place of the Real result, are those that tests/test_math.cpp checks against the C library in double.
#pragma once

#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

template <int N>
DENIM_INLINE Vec polynomial(const Real (&c)[N], Vec x) {
    Vec r = set1(c[N - 1]);
    for (int i = N - 2; i >= 0; --i) r = fma(r, x, set1(c[i]));
    return r;
}

constexpr Real kExp[] = {0.5, 0.166666672, 0.0416662619, 0.00833328068, 0.00139464461, 0.000199096467};
constexpr Real kLog[] = {0.666666627, 0.400003403, 0.285371095, 0.235854045};
constexpr Real kTanh[] = {-0.333332807, 0.133314312, -0.0537391566, 0.0206378624, -0.0057040425};
constexpr Real kErf[] = {1.12837911,    -0.37612626,    0.112835974,   -0.0268543288,
                          0.00518931216, -0.000801885501, 7.88249745e-05};
constexpr Real kErfc[] = {0.282182693, 0.280227631,  0.262955993,  0.103593804,
                           0.264745563, -0.236569107, 0.0417812802};
constexpr Real kLn2High = 0.693359375;
constexpr Real kLn2Low = -2.12194440e-4;

// x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) - 1 = r + r^2 q(r).
struct ExpParts {
    Int n;
    Vec minus_one;
};

DENIM_INLINE ExpParts exp_parts(Vec x) {
    const Vec magic = set1(12582912.0);  // 1.5 * 2^23: adding it rounds to an integer
    const Vec shifted = fma(x, set1(1.44269504), magic);
    const Vec whole = shifted - magic;
    Vec r = fma(whole, set1(-kLn2High), x);
    r = fma(whole, set1(-kLn2Low), r);
    return {bits(shifted) - set1i(0x4b400000), fma(polynomial(kExp, r), r * r, r)};
}

DENIM_INLINE Vec power_of_two(Int n) { return from_bits((n + Format<Real>::kBias) << Format<Real>::kFraction); }

// exp; 2 ulp. Underflows gradually to 0, overflows to infinity.
DENIM_INLINE Vec vexp(Vec x) {
    x = select(x > set1(89.0), set1(89.0), x);
    x = select(x < set1(-105.0), set1(-105.0), x);
    const ExpParts e = exp_parts(x);
    const Int half = e.n >> 1;
    return (set1(1.0) + e.minus_one) * power_of_two(half) * power_of_two(e.n - half);
}

// exp(x) - 1 for x <= 0; 3 ulp.
DENIM_INLINE Vec vexpm1_negative(Vec x) {
    x = select(x < set1(-30.0), set1(-30.0), x);
    const ExpParts e = exp_parts(x);
    const Vec scale = power_of_two(e.n);
    return fma(scale, e.minus_one, scale - set1(1.0));
}

// Natural logarithm; 2 ulp. 0 gives -infinity, negative numbers NaN, infinity itself.
DENIM_INLINE Vec vlog(Vec x) {
    const Int tiny = x < set1(1.17549435e-38);
    const Vec normal = select(tiny, x * set1(8388608.0), x);
    Int b = bits(normal);
    const Int up = (b & 0x007fffff) > set1i(0x003504f3);  // mantissas above sqrt(2) go to the next power
    const Int n = ((b >> 23) - 127) - up - (tiny & 23);
    b = (b & 0x007fffff) | (set1i(0x3f800000) + (up & -0x00800000));
    const Vec m = from_bits(b);
    const Vec s = (m - set1(1.0)) / (m + set1(1.0));
    const Vec s2 = s * s;
    const Vec count = __builtin_convertvector(n, Vec);
    const Vec tail = fma(s2 * s, polynomial(kLog, s2), count * set1(kLn2Low));
    Vec r = fma(count, set1(kLn2High), fma(s, set1(2.0), tail));
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
    const Vec small = fma(x * x2, polynomial(kTanh, x2), x);
    const Vec large = set1(1.0) - set1(2.0) / (vexp(a + a) + set1(1.0));
    const Vec signed_large = from_bits(bits(large) | (bits(x) & (int32_t)0x80000000));
    return select(a < set1(0.625), small, signed_large);
}

// erfc(|z|) where |z| >= 1, relative error below 1e-5 (z^2 is rounded); 0 from about 10 on.
DENIM_INLINE Vec verfc_tail(Vec a) {
    const Vec t = set1(1.0) / fma(a, set1(0.5), set1(1.0));
    return t * polynomial(kErfc, t) * vexp(-(a * a));
}

// The normal distribution function: (1 + erf(x / sqrt 2)) / 2, without cancellation on the negative side.
DENIM_INLINE Vec vnormal_cdf(Vec x) {
    const Vec z = x * set1(0.707106781);
    const Vec a = vabs(z);
    const Vec near = fma(z * set1(0.5), polynomial(kErf, z * z), set1(0.5));
    const Vec tail = set1(0.5) * verfc_tail(a);
    const Vec far = select(z < set1(0.0), tail, set1(1.0) - tail);
    return select(a < set1(1.0), near, far);
}

// log(1 + exp(x)).
DENIM_INLINE Vec vsoftplus(Vec x) {
    const Vec positive = select(x < set1(0.0), set1(0.0), x);
    return positive + vlog1p_unit(vexp(-vabs(x)));
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
