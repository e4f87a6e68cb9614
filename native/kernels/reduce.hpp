// Rows reduced to one number each, and the gradients. Sums and extremes go in the written order of 16 virtual lanes,
// products and places from left to right.
#pragma once

#include "kernels/activation.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

static void sum_rows(const Real* x, long stride, long n, Real* sums, long row0, long row1) {
    for (long r = row0; r < row1; ++r)
        sums[r] = row_sum(n, [&](long j) { return load(x + r * stride + j); });
}

// A number that is none wins, as in NumPy.
static Real extreme(const Real* x, long n, bool most) {
    Real best = x[0];
    for (long j = 1; j < n; ++j)
        if ((most ? x[j] > best : x[j] < best) || x[j] != x[j]) best = x[j];
    return best;
}

// The first of the most extreme.
static long place_of_extreme(const Real* x, long n, bool most) {
    long best = 0;
    for (long j = 1; j < n && x[best] == x[best]; ++j)
        if ((most ? x[j] > x[best] : x[j] < x[best]) || x[j] != x[j]) best = j;
    return best;
}

static Real reduced(ReduceFunction function, const Real* x, long n) {
    using F = ReduceFunction;
    switch (function) {
        case F::sum: return row_sum(n, [&](long j) { return load(x + j); });
        case F::mean: return row_sum(n, [&](long j) { return load(x + j); }) / (Real)n;
        case F::max:
        case F::min: return extreme(x, n, function == F::max);
        case F::argmax:
        case F::argmin: return (Real)place_of_extreme(x, n, function == F::argmax);
        case F::prod: break;
    }
    Real product = 1;
    for (long j = 0; j < n; ++j) product *= x[j];
    return product;
}

static void reduce_forward(const Reduce& given, long row0, long row1) {
    const Reduce e = given;
    for (long r = row0; r < row1; ++r) e.y[r * e.y_stride] = reduced(e.function, e.x + r * e.x_stride, e.n);
}

static void reduce_backward(const Reduce& given, long row0, long row1) {
    using F = ReduceFunction;
    const Reduce e = given;
    for (long r = row0; r < row1; ++r) {
        const Real *x = e.x + r * e.x_stride, dy = e.dy[r * e.y_stride], y = e.y[r * e.y_stride];
        Real* dx = e.dx + r * e.x_stride;
        const auto put = [&](long j, Real d) { dx[j] = e.accumulate ? dx[j] + d : d; };
        if (e.function == F::max || e.function == F::min) {
            long chosen = 0;
            for (long j = 0; j < e.n; ++j) chosen += x[j] == y;
            for (long j = 0; j < e.n; ++j) put(j, x[j] == y ? dy / (Real)chosen : (Real)0);
        } else if (e.function == F::prod) {
            for (long j = 0; j < e.n; ++j) {
                Real others = 1;
                for (long i = 0; i < e.n; ++i) others *= i == j ? (Real)1 : x[i];
                put(j, dy * others);
            }
        } else {
            const Real share = e.function == F::mean ? dy / (Real)e.n : dy;
            for (long j = 0; j < e.n; ++j) put(j, share);
        }
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
