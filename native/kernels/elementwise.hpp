// Functions of one to three numbers, element by element: the value, and the derivative by each operand.
#pragma once

#include "kernels/activation.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

constexpr Real kErfSlope = 1.1283791670955126;  // 2 / sqrt(pi)

DENIM_INLINE Vec truth(Int mask) { return select(mask, set1(1.0), Vec{}); }

template <ElementFunction kF>
DENIM_INLINE Vec element_value(Vec a, Vec b, Vec c) {
    using F = ElementFunction;
    const Vec zero = Vec{}, one = set1(1.0);
    if constexpr (kF == F::negative) return -a;
    if constexpr (kF == F::abs) return vabs(a);
    if constexpr (kF == F::square) return a * a;
    if constexpr (kF == F::sqrt) return vsqrt(a);
    if constexpr (kF == F::rsqrt) return one / vsqrt(a);
    if constexpr (kF == F::reciprocal) return one / a;
    if constexpr (kF == F::exp) return vexp(a);
    if constexpr (kF == F::expm1) return vexpm1(a);
    if constexpr (kF == F::log) return vlog(a);
    if constexpr (kF == F::log1p) return vlog1p(a);
    if constexpr (kF == F::sin) return vsincos(a).sin;
    if constexpr (kF == F::cos) return vsincos(a).cos;
    if constexpr (kF == F::erf) return verf(a);
    if constexpr (kF == F::sign) return select(a > zero, one, select(a < zero, -one, a));
    if constexpr (kF == F::floor) return vfloor(a);
    if constexpr (kF == F::ceil) return vceil(a);
    if constexpr (kF == F::round) return vround(a);
    if constexpr (kF == F::trunc) return vtrunc(a);
    if constexpr (kF == F::isnan) return truth(a != a);
    if constexpr (kF == F::isfinite) return truth(vabs(a) < set1(kInfinity));
    if constexpr (kF == F::logical_not) return truth(a == zero);
    if constexpr (kF == F::add) return a + b;
    if constexpr (kF == F::subtract) return a - b;
    if constexpr (kF == F::multiply) return a * b;
    if constexpr (kF == F::divide) return a / b;
    if constexpr (kF == F::power) return vpower(a, b);
    if constexpr (kF == F::maximum) return select((a > b) | (a != a), a, b);
    if constexpr (kF == F::minimum) return select((a < b) | (a != a), a, b);
    if constexpr (kF == F::equal) return truth(a == b);
    if constexpr (kF == F::not_equal) return truth(a != b);
    if constexpr (kF == F::less) return truth(a < b);
    if constexpr (kF == F::less_equal) return truth(a <= b);
    if constexpr (kF == F::greater) return truth(a > b);
    if constexpr (kF == F::greater_equal) return truth(a >= b);
    if constexpr (kF == F::logical_and) return truth((a != zero) & (b != zero));
    if constexpr (kF == F::logical_or) return truth((a != zero) | (b != zero));
    if constexpr (kF == F::floor_divide) return vfloor(a / b);
    if constexpr (kF == F::where) return select(a != zero, b, c);
    return a;  // stop_gradient
}

// The gradient by operand k, given that by the value y. Equal operands of a maximum share it.
template <ElementFunction kF>
DENIM_INLINE Vec element_gradient(int k, Vec a, Vec b, Vec y, Vec dy) {
    using F = ElementFunction;
    const Vec zero = Vec{}, one = set1(1.0), half = set1(0.5);
    if constexpr (kF == F::negative) return -dy;
    if constexpr (kF == F::abs) return dy * element_value<F::sign>(a, b, b);
    if constexpr (kF == F::square) return dy * (set1(2.0) * a);
    if constexpr (kF == F::sqrt) return dy * (half / y);
    if constexpr (kF == F::rsqrt) return dy * (-half * y / a);
    if constexpr (kF == F::reciprocal) return dy * (-y * y);
    if constexpr (kF == F::exp) return dy * y;
    if constexpr (kF == F::expm1) return dy * (y + one);
    if constexpr (kF == F::log) return dy / a;
    if constexpr (kF == F::log1p) return dy / (one + a);
    if constexpr (kF == F::sin) return dy * vsincos(a).cos;
    if constexpr (kF == F::cos) return dy * -vsincos(a).sin;
    if constexpr (kF == F::erf) return dy * (set1(kErfSlope) * vexp(-(a * a)));
    if constexpr (kF == F::add) return dy;
    if constexpr (kF == F::subtract) return k == 0 ? dy : -dy;
    if constexpr (kF == F::multiply) return dy * (k == 0 ? b : a);
    if constexpr (kF == F::divide) return k == 0 ? dy / b : -dy * y / b;
    if constexpr (kF == F::power)
        return k == 0 ? select(b == zero, zero, dy * b * vpower(a, b - one)) : select(a == zero, zero, dy * y * vlog(a));
    if constexpr (kF == F::maximum || kF == F::minimum) {
        const Int mine = (kF == F::maximum) == (k == 0) ? a > b : a < b;
        return dy * select(a == b, half, select(mine, one, zero));
    }
    if constexpr (kF == F::where) return k == 1 ? select(a != zero, dy, zero) : select(a != zero, zero, dy);
    return zero;
}

DENIM_INLINE long row_of(const Elementwise& e, int k, long row) { return e.period[k] ? row % e.period[k] : row; }

struct Operands {
    const Real* x[3];
};

// Where each operand's row lies; those that there are not, where the first one's does.
template <ElementFunction kF>
DENIM_INLINE Operands operands(const Elementwise& e, long row) {
    Operands o;
    for (int k = 0; k < 3; ++k) {
        const int from = k < arity_of(kF) ? k : 0;
        o.x[k] = e.x[from] + row_of(e, from, row) * e.x_stride[from];
    }
    return o;
}

#define DENIM_CASE(name)                                                                                               \
    case ElementFunction::name: return run.template operator()<ElementFunction::name>();

template <class Run>
DENIM_INLINE void for_function(ElementFunction function, Run run) {
    switch (function) { DENIM_ELEMENTWISE(DENIM_CASE) }
}
#undef DENIM_CASE

static void elementwise_forward(const Elementwise& given, long row0, long row1) {
    const Elementwise e = given;
    for_function(e.function, [&]<ElementFunction kF>() __attribute__((always_inline)) {
        for (long r = row0; r < row1; ++r) {
            const Operands o = operands<kF>(e, r);
            for (long j = 0; j < e.n; j += kLanes)
                store(e.y + r * e.y_stride + j, element_value<kF>(load(o.x[0] + j), load(o.x[1] + j), load(o.x[2] + j)));
        }
    });
}

template <ElementFunction kF>
DENIM_INLINE Vec gradient_in(const Elementwise& e, int k, long row, long j) {
    const Operands o = operands<kF>(e, row);
    const long at = row * e.y_stride + j;
    return element_gradient<kF>(k, load(o.x[0] + j), load(o.x[1] + j), load(e.y + at), load(e.dy + at));
}

static void elementwise_backward(const ElementwiseGradient& given, long row0, long row1) {
    const ElementwiseGradient g = given;
    const long stride = g.of.x_stride[g.operand];
    for_function(g.of.function, [&]<ElementFunction kF>() __attribute__((always_inline)) {
        for (long r = row0; r < row1; ++r)
            for (long j = 0; j < g.of.n; j += kLanes) {
                const Vec d = gradient_in<kF>(g.of, g.operand, r, j);
                Real* dx = g.dx + r * stride + j;
                store(dx, g.accumulate ? load(dx) + d : d);
            }
    });
}

static void elementwise_shared_backward(const ElementwiseGradient& given, long samples, long rows, long column0,
                                        long column1) {
    const ElementwiseGradient g = given;
    const long stride = g.of.x_stride[g.operand];
    for_function(g.of.function, [&]<ElementFunction kF>() __attribute__((always_inline)) {
        for (long r = 0; r < rows; ++r)
            for (long j = column0; j < column1; j += kLanes) {
                Vec sum = Vec{};
                for (long s = 0; s < samples; ++s) sum += gradient_in<kF>(g.of, g.operand, s * rows + r, j);
                Real* dx = g.dx + r * stride + j;
                store(dx, g.accumulate ? load(dx) + sum : sum);
            }
    });
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
