// A dense layer for a few rows, straight from the caller's row-major weights: packing them would cost more than the
// product. Each element is the same chain as in dense.hpp.
#pragma once

#include "kernels/dense.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// The first `count` numbers at p, then zeros; reads nothing else.
DENIM_INLINE Half load_first(const Real* p, long count) {
    Real part[kTail] = {};
    for (long i = 0; i < count; ++i) part[i] = p[i];
    return load<Half>(part);
}

// Columns [j, j + kCount halves) of one row: halves of vectors, because rows of weights begin anywhere and nearly every whole
// vector would lie in two cache lines. The sums stay in registers while the weights stream past.
template <int kCount>
DENIM_INLINE void one_row(const Real* kernel, long k, long n, const Real* x, Real* y, long j) {
    Half sum[kCount] = {};
    const auto add = [&](long p, auto read_last) __attribute__((always_inline)) {
        const Half factor = set1<Half>(x[p]);
        const Real* w = kernel + p * n + j;
        for (int c = 0; c + 1 < kCount; ++c) sum[c] = fma(factor, load<Half>(w + c * kTail), sum[c]);
        sum[kCount - 1] = fma(factor, read_last(w + (kCount - 1) * kTail), sum[kCount - 1]);
    };
    const long left = n - j - (kCount - 1) * kTail;
    const long inside = left >= kTail ? k : k - (kTail + n - 1) / n;  // rows whose last half ends within the weights
    for (long p = 0; p < inside; ++p) add(p, [](const Real* w) { return load<Half>(w); });
    for (long p = inside < 0 ? 0 : inside; p < k; ++p) add(p, [&](const Real* w) { return load_first(w, left < kTail ? left : kTail); });
    for (int c = 0; c < kCount; ++c) store(y + j + c * kTail, sum[c]);
}

// As many halves as the registers of every set hold beside a factor and a weight.
constexpr int kMostHalves = 13;

template <int kCount = kMostHalves>
DENIM_INLINE void one_row_of(int count, const DenseUnpacked& d, const Real* x, Real* y, long j) {
    if (count == kCount) return one_row<kCount>(d.kernel, d.k, d.n, x, y, j);
    if constexpr (kCount > 1) one_row_of<kCount - 1>(count, d, x, y, j);
}

static void dense_unpacked(const DenseUnpacked& d, long row0, long row1) {
    // Several rows share each weight that is read; what is left of the columns, and a row alone, goes row by row.
    const long whole = row1 - row0 > 1 ? d.n / kPanel * kPanel : 0;
    for (long j = 0; j < whole; j += kPanel)
        row_tiles<rows_for(kPanelVectors)>(row0, row1, [&]<int kRows>(long r) __attribute__((always_inline)) {
            Vec sum[kRows][kPanelVectors] = {};
            const Real* x[kRows];
            for (int i = 0; i < kRows; ++i) x[i] = d.x[r + i];
            chain<Vec, kRows, kPanelVectors>(sum, [&](int i, long p) __attribute__((always_inline)) { return x[i][p]; },
                                             d.kernel + j, d.n, d.k);
            for (int i = 0; i < kRows; ++i)
                for (int v = 0; v < kPanelVectors; ++v) store(d.y + (r + i) * d.y_stride + j + v * kLanes, sum[i][v]);
        });
    for (long r = row0; r < row1; ++r)
        for (long j = whole; j < d.n; j += kMostHalves * kTail) {
            const long halves = (d.n - j + kTail - 1) / kTail;
            one_row_of(halves < kMostHalves ? (int)halves : kMostHalves, d, d.x[r], d.y + r * d.y_stride, j);
        }
    const bool relu = d.function == Function::relu;
    for (long j = 0; j < d.n; j += kTail) {
        const Half bias = d.bias ? load_first(d.bias + j, d.n - j < kTail ? d.n - j : kTail) : Half{};
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
