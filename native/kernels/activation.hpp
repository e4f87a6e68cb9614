// Activations: value, derivative from the value or stored by the forward pass, and the row operations softmax and log_softmax.
#pragma once

#include "kernels/table.hpp"
#include "simd/math.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

constexpr Real kSeluAlpha = 1.6732632423543772;
constexpr Real kSeluScale = 1.0507009873554805;
constexpr Real kGeluTanhScale = 0.79788456080286536;  // sqrt(2 / pi)
constexpr Real kGeluTanhCubic = 0.044715;
constexpr Real kNormalDensity = 0.39894228040143268;  // 1 / sqrt(2 pi)

DENIM_INLINE Vec vhard_sigmoid(Vec x) {
    const Vec six = set1(6.0), lifted = x + set1(3.0);
    return select(lifted < Vec{}, Vec{}, select(lifted > six, six, lifted)) / six;
}

// Forward: the value, and the derivative for the functions whose slope does not follow from the value.
template <Function kF>
DENIM_INLINE Vec activate(Vec x, Vec alpha, Vec& slope) {
    const Vec zero = Vec{}, one = set1(1.0);
    if constexpr (kF == Function::relu) return select(x < zero, zero, x);  // so that NaN stays NaN
    if constexpr (kF == Function::sigmoid) return vsigmoid(x);
    if constexpr (kF == Function::tanh) return vtanh(x);
    if constexpr (kF == Function::exponential) return vexp(x);
    if constexpr (kF == Function::leaky_relu) {
        slope = select(x >= zero, one, alpha);
        return x * slope;
    }
    if constexpr (kF == Function::elu) {
        const Vec below = alpha * vexpm1_negative(select(x > zero, zero, x));
        slope = select(x > zero, one, below + alpha);
        return select(x > zero, x, below);
    }
    if constexpr (kF == Function::selu) {
        const Vec below = set1(kSeluAlpha) * vexpm1_negative(select(x > zero, zero, x));
        return set1(kSeluScale) * select(x > zero, x, below);
    }
    if constexpr (kF == Function::silu) {
        const Vec s = vsigmoid(x), y = x * s;
        slope = s + y * (one - s);
        return y;
    }
    if constexpr (kF == Function::softplus) {
        slope = vsigmoid(x);
        return vsoftplus(x);
    }
    if constexpr (kF == Function::gelu) {
        const Vec cdf = vnormal_cdf(x);
        slope = fma(x * set1(kNormalDensity), vexp(x * x * set1(-0.5)), cdf);
        return x * cdf;
    }
    if constexpr (kF == Function::gelu_tanh) {
        const Vec x2 = x * x;
        const Vec t = vtanh(set1(kGeluTanhScale) * x * fma(set1(kGeluTanhCubic), x2, one));
        const Vec half = set1(0.5) * (one + t);
        const Vec inner = set1(kGeluTanhScale) * fma(set1(3 * kGeluTanhCubic), x2, one);
        slope = fma(set1(0.5) * x * (one - t * t), inner, half);
        return x * half;
    }
    if constexpr (kF == Function::softsign) return x / (one + vabs(x));
    if constexpr (kF == Function::hard_sigmoid) return vhard_sigmoid(x);
    if constexpr (kF == Function::relu6) return select(x < zero, zero, select(x > alpha, alpha, x));
    if constexpr (kF == Function::mish) {
        // tanh(log(1 + e)) = n / (n + 2) for n = e (e + 2); the function is x itself long before exp(40).
        const Vec low = select(x > set1(40.0), set1(40.0), x), e = vexp(low);
        const Vec n = e * (e + set1(2.0)), d = n + set1(2.0);
        const Vec t = n / d;
        slope = fma(low * set1(4.0), e * (one + e) / (d * d), t);
        return x * t;
    }
    if constexpr (kF == Function::hard_silu) {
        const Vec s = vhard_sigmoid(x);
        slope = select(vabs(x) < set1(3.0), fma(x, set1(1.0 / 3.0), set1(0.5)), s);
        return x * s;
    }
    if constexpr (kF == Function::celu)
        return select(x > zero, x, alpha * vexpm1_negative(select(x > zero, zero, x) / alpha));
    if constexpr (kF == Function::log_sigmoid) {
        slope = vsigmoid(-x);
        return -vsoftplus(-x);
    }
    return x;
}

// Backward: the derivative from the value.
template <Function kF>
DENIM_INLINE Vec slope_of(Vec y, Vec alpha) {
    const Vec zero = Vec{}, one = set1(1.0);
    if constexpr (kF == Function::relu) return select(y > zero, one, zero);
    if constexpr (kF == Function::sigmoid) return y * (one - y);
    if constexpr (kF == Function::tanh) return fma(-y, y, one);
    if constexpr (kF == Function::exponential) return y;
    if constexpr (kF == Function::leaky_relu) return select(y >= zero, one, alpha);
    if constexpr (kF == Function::elu) return select(y > zero, one, y + alpha);
    if constexpr (kF == Function::selu)
        return select(y > zero, set1(kSeluScale), y + set1(kSeluScale * kSeluAlpha));
    if constexpr (kF == Function::softsign) {
        const Vec rest = one - vabs(y);
        return rest * rest;
    }
    if constexpr (kF == Function::hard_sigmoid)
        return select((y > zero) & (y < one), set1(1.0 / 6.0), zero);
    if constexpr (kF == Function::relu6) return select((y > zero) & (y < alpha), one, zero);
    if constexpr (kF == Function::celu) return select(y > zero, one, y / alpha + one);
    return one;
}

#define DENIM_EACH_FUNCTION(DO)                                                                                        \
    switch (function) {                                                                                                \
        case Function::linear:                                                                                         \
        case Function::softmax:                                                                                        \
        case Function::log_softmax: DO(Function::linear) break;                                                        \
        case Function::relu: DO(Function::relu) break;                                                                 \
        case Function::sigmoid: DO(Function::sigmoid) break;                                                           \
        case Function::tanh: DO(Function::tanh) break;                                                                 \
        case Function::gelu: DO(Function::gelu) break;                                                                 \
        case Function::gelu_tanh: DO(Function::gelu_tanh) break;                                                       \
        case Function::leaky_relu: DO(Function::leaky_relu) break;                                                     \
        case Function::elu: DO(Function::elu) break;                                                                   \
        case Function::selu: DO(Function::selu) break;                                                                 \
        case Function::silu: DO(Function::silu) break;                                                                 \
        case Function::softplus: DO(Function::softplus) break;                                                         \
        case Function::exponential: DO(Function::exponential) break;                                                   \
        case Function::softsign: DO(Function::softsign) break;                                                         \
        case Function::hard_sigmoid: DO(Function::hard_sigmoid) break;                                                 \
        case Function::relu6: DO(Function::relu6) break;                                                               \
        case Function::mish: DO(Function::mish) break;                                                                 \
        case Function::hard_silu: DO(Function::hard_silu) break;                                                       \
        case Function::celu: DO(Function::celu) break;                                                                 \
        case Function::log_sigmoid: DO(Function::log_sigmoid) break;                                                   \
    }

// n values, a multiple of the vector length; `slope` is written where it is given.
static void activate_run(Function function, Real alpha_value, const Real* x, Real* y, Real* slope, long n) {
    const Vec alpha = set1(alpha_value);
#define DENIM_RUN(F)                                                                                                   \
    for (long i = 0; i < n; i += kLanes) {                                                                             \
        Vec s = set1(1.0);                                                                                            \
        store(y + i, activate<F>(load(x + i), alpha, s));                                                              \
        if (slope) store(slope + i, s);                                                                                \
    }
    DENIM_EACH_FUNCTION(DENIM_RUN)
#undef DENIM_RUN
}

static void multiply_by_slope(Function function, Real alpha_value, const Real* dy, const Real* y,
                              const Real* slope, Real* dx, bool accumulate, long n) {
    const Vec alpha = set1(alpha_value);
    if (slope) {
        for (long i = 0; i < n; i += kLanes) {
            const Vec d = load(dy + i) * load(slope + i);
            store(dx + i, accumulate ? load(dx + i) + d : d);
        }
        return;
    }
#define DENIM_RUN(F)                                                                                                   \
    for (long i = 0; i < n; i += kLanes) {                                                                             \
        const Vec d = load(dy + i) * slope_of<F>(load(y + i), alpha);                                                  \
        store(dx + i, accumulate ? load(dx + i) + d : d);                                                              \
    }
    DENIM_EACH_FUNCTION(DENIM_RUN)
#undef DENIM_RUN
}

DENIM_INLINE Vec lane_numbers() {
    Vec v;
    for (int i = 0; i < kLanes; ++i) v[i] = (Real)i;
    return v;
}

// Calls visit(part, column, inside) for each vector of a row of n, in the order of the 16 virtual lanes. Of a row known to have
// at most kMost numbers only the vectors that these need, without a loop.
template <int kMost = 0, class Visit>
DENIM_INLINE void each_vector(long n, Visit visit) {
    static_assert(kMost <= kVirtualLanes);
    constexpr int kParts = kMost == 0 ? kLaneVectors : (kMost + kLanes - 1) / kLanes;
    const Vec numbers = lane_numbers();
    const auto block = [&](long j) __attribute__((always_inline)) {
        for (int part = 0; part < kParts; ++part) {
            const long column = j + part * kLanes;
            visit(part, column, (Int)(numbers < set1((Real)(n - column))));
        }
    };
    if constexpr (kMost > 0) return block(0);
    for (long j = 0; j < n; j += kVirtualLanes) block(j);
}

template <int kMost = 0>
DENIM_INLINE Real row_max(const Real* x, long n) {
    Lanes16 top;
    for (Vec& v : top.part) v = set1(-kInfinity);
    each_vector<kMost>(n, [&](int part, long j, Int inside) __attribute__((always_inline)) {
        top.part[part] = vmax(select(inside, load(x + j), set1(-kInfinity)), top.part[part]);
    });
    return fold_max(top);
}

template <int kMost = 0, class Value>
DENIM_INLINE Real row_sum(long n, Value value) {
    Lanes16 sum{};
    each_vector<kMost>(n, [&](int part, long j, Int inside) __attribute__((always_inline)) {
        sum.part[part] += select(inside, value(j), Vec{});
    });
    if constexpr (kMost == 2) {  // the other lanes are zero, and no zero is negative
        Lanes<2>::Type low;
        __builtin_memcpy(&low, &sum.part[0], sizeof low);
        return fold<2>(low);
    }
    return fold_sum(sum);
}

// In place is fine. Columns past n become zero.
template <int kMost = 0>
DENIM_INLINE void softmax_row(const Real* x, Real* y, long n) {
    const Vec top = set1(row_max<kMost>(x, n));
    Lanes16 sum{};
    each_vector<kMost>(n, [&](int part, long j, Int inside) __attribute__((always_inline)) {
        const Vec e = select(inside, vexp(load(x + j) - top), Vec{});
        sum.part[part] += e;
        store(y + j, e);
    });
    const Vec total = set1(fold_sum(sum));
    each_vector<kMost>(n, [&](int, long j, Int) __attribute__((always_inline)) { store(y + j, load(y + j) / total); });
}

// dx = y (dy - sum(y dy)).
DENIM_INLINE void softmax_row_backward(const Real* dy, const Real* y, Real* dx, bool accumulate, long n) {
    const Vec dot = set1(row_sum(n, [&](long j) { return load(y + j) * load(dy + j); }));
    each_vector(n, [&](int, long j, Int inside) {
        const Vec d = select(inside, load(y + j) * (load(dy + j) - dot), Vec{});
        store(dx + j, accumulate ? load(dx + j) + d : d);
    });
}

// In place is fine. Columns past n become zero.
DENIM_INLINE void log_softmax_row(const Real* x, Real* y, long n) {
    const Vec top = set1(row_max(x, n));
    const Vec total = vlog(set1(row_sum(n, [&](long j) { return vexp(load(x + j) - top); })));
    each_vector(n, [&](int, long j, Int inside) { store(y + j, select(inside, (load(x + j) - top) - total, Vec{})); });
}

// dx = dy - exp(y) sum(dy).
DENIM_INLINE void log_softmax_row_backward(const Real* dy, const Real* y, Real* dx, bool accumulate, long n) {
    const Vec sum = set1(row_sum(n, [&](long j) { return load(dy + j); }));
    each_vector(n, [&](int, long j, Int inside) {
        const Vec d = select(inside, fma(-vexp(load(y + j)), sum, load(dy + j)), Vec{});
        store(dx + j, accumulate ? load(dx + j) + d : d);
    });
}

static void activation_forward(const ActivationForward& a, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        const Real* x = a.x + r * a.x_stride;
        Real* y = a.y + r * a.y_stride;
        if (a.function == Function::softmax && a.n <= kVirtualLanes)
            softmax_row<kVirtualLanes>(x, y, a.n);
        else if (a.function == Function::softmax)
            softmax_row(x, y, a.n);
        else if (a.function == Function::log_softmax)
            log_softmax_row(x, y, a.n);
        else
            activate_run(a.function, a.alpha, x, y, a.slope ? a.slope + r * a.slope_stride : nullptr,
                         round_up(a.n, kLanes));
    }
}

static void activation_backward(const ActivationBackward& a, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        const Real* dy = a.dy + r * a.dy_stride;
        const Real* y = a.y + r * a.y_stride;
        Real* dx = a.dx + r * a.dx_stride;
        if (a.function == Function::softmax)
            softmax_row_backward(dy, y, dx, a.accumulate, a.n);
        else if (a.function == Function::log_softmax)
            log_softmax_row_backward(dy, y, dx, a.accumulate, a.n);
        else if (a.scale != 1)
            for (long j = 0; j < a.n; j += kLanes)
                store(dx + j, select(load(y + j) > Vec{}, load(dy + j) * set1(a.scale), Vec{}));
        else
            multiply_by_slope(a.function, a.alpha, dy, y, a.slope ? a.slope + r * a.slope_stride : nullptr, dx,
                              a.accumulate, round_up(a.n, kLanes));
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
