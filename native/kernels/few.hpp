// A dense layer for a few rows, straight from the caller's row-major weights: packing them would cost more than the
// product. Each element is the same chain as in dense.hpp.
#pragma once

#include "kernels/dense.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// Rows of weights between two visits of y, which stays in the first-level cache meanwhile.
constexpr int kWeightRows = 8;
// Halves of vectors: rows of weights begin anywhere, and nearly every whole one would lie in two cache lines.
constexpr long kHalf = kLanesOf<Half>;

// The first `count` numbers at p, then zeros; reads nothing else.
DENIM_INLINE Half load_first(const Real* p, long count) {
    Real part[kHalf] = {};
    for (long i = 0; i < count; ++i) part[i] = p[i];
    return load<Half>(part);
}

// y += x[p .. p + kSteps) . W, or, from the first step on, y = ...
template <int kSteps>
DENIM_INLINE void add_weight_rows(const Real* kernel, long k, long n, const Real* x, Real* y, long p) {
    Half factor[kSteps];
    const Real* weights[kSteps];
    for (int q = 0; q < kSteps; ++q) {
        factor[q] = set1<Half>(x[p + q]);
        weights[q] = kernel + (p + q) * n;
    }
    const bool first = p == 0;
    const auto vector = [&](long j, auto read) __attribute__((always_inline)) {
        Half sum = first ? Half{} : load<Half>(y + j);
        for (int q = 0; q < kSteps; ++q) sum = fma(factor[q], read(weights[q] + j), sum);
        store(y + j, sum);
    };
    const long whole = n / kHalf * kHalf;
    for (long j = 0; j < whole; j += kHalf) vector(j, [](const Real* w) { return load<Half>(w); });
    if (whole == n) return;
    // Past the last column lies the next row, except at the end. What it makes of y's padding is never read.
    if ((p + kSteps - 1) * n + whole + kHalf <= k * n)
        vector(whole, [](const Real* w) { return load<Half>(w); });
    else
        vector(whole, [&](const Real* w) { return load_first(w, n - whole); });
}

static void dense_unpacked(const DenseUnpacked& d, long row0, long row1) {
    row_tiles<kWeightRows>(0, d.k, [&]<int kSteps>(long p) __attribute__((always_inline)) {
        for (long r = row0; r < row1; ++r)
            add_weight_rows<kSteps>(d.kernel, d.k, d.n, d.x[r], d.y + r * d.y_stride, p);
    });
    const bool relu = d.function == Function::relu;
    for (long j = 0; j < d.n; j += kHalf) {
        const Half bias = d.bias ? load_first(d.bias + j, d.n - j < kHalf ? d.n - j : kHalf) : Half{};
        for (long r = row0; r < row1; ++r) {
            Real* y = d.y + r * d.y_stride + j;
            Half v = load<Half>(y) + bias;
            if (relu) v = v < Half{} ? Half{} : v;
            store(y, v);
        }
    }
    if (relu || d.function == Function::linear) return;
    for (long r = row0; r < row1; ++r) {
        Real* y = d.y + r * d.y_stride;
        activate_run(d.function, d.alpha, y, y, nullptr, round_up(d.n, kLanes));
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
