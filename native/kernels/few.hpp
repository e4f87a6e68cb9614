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

// Sums that the registers hold beside weights and a factor.
#if defined(DENIM_AVX512) || defined(DENIM_NEON)
constexpr int kMostSums = 26;
#elif defined(DENIM_AVX2)
constexpr int kMostSums = 13;
#else
constexpr int kMostSums = 6;
#endif
constexpr int kMostRows = rows_for(kPanelVectors);
// So few rows wait for their weights, and take each from memory once.
constexpr long kWaitingRows = 3;

// visit.template operator()<count>() for a count from kLeast to kMost.
template <int kLeast, int kMost, class Visit>
DENIM_INLINE void exactly(long count, Visit visit) {
    if (count == kMost) return visit.template operator()<kMost>();
    if constexpr (kMost > kLeast) exactly<kLeast, kMost - 1>(count, visit);
}

// visit.template operator()<i>() for each i below kCount. A loop over sums that the compiler does not unroll would keep
// them in memory.
template <int kCount, class Visit>
DENIM_INLINE void each(Visit visit) {
    if constexpr (kCount > 1) each<kCount - 1>(visit);
    visit.template operator()<kCount - 1>();
}

// [first, last) in as few parts as can be of at most kMost, all nearly equal, none smaller than kLeast:
// visit.template operator()<size>(start).
template <int kLeast, int kMost, class Visit>
DENIM_INLINE void parts(long first, long last, Visit visit) {
    const long size = last - first, count = (size + kMost - 1) / kMost;
    const auto part = [&](long start, long end) __attribute__((always_inline)) {
        exactly<kLeast, kMost>(end - start, [&]<int kSize>() __attribute__((always_inline)) {
            visit.template operator()<kSize>(start);
        });
    };
    if (count == 1) return part(first, last);
    for (long i = 0; i < count; ++i) part(first + size * i / count, first + size * (i + 1) / count);
}

// Columns [j, j + kCount vectors) of some rows. The sums stay in registers while the weights stream past. Where the last
// vector goes beyond the columns it reads the next row's weights, whose sums nobody looks at, but nothing beyond the last.
template <class V, int kRows, int kCount>
__attribute__((noinline)) static void few_tile(const DenseUnpacked& d, long row, long j) {
    constexpr long kWidth = kLanesOf<V>;
    const Real* x[kRows];
    for (int i = 0; i < kRows; ++i) x[i] = d.x[row + i];
    V sum[kRows][kCount] = {};
    const auto add = [&](long p, auto read_last) __attribute__((always_inline)) {
        const Real* w = d.kernel + p * d.n + j;
        const auto column = [&]<int c>() __attribute__((always_inline)) {
            if constexpr (c + 1 < kCount) return load<V>(w + c * kWidth);
            else return read_last(w + c * kWidth);
        };
        if constexpr (kRows < kCount) {
            V factor[kRows];
            each<kRows>([&]<int i>() __attribute__((always_inline)) { factor[i] = set1<V>(x[i][p]); });
            each<kCount>([&]<int c>() __attribute__((always_inline)) {
                const V weights = column.template operator()<c>();
                each<kRows>([&]<int i>() __attribute__((always_inline)) {
                    sum[i][c] = fma(factor[i], weights, sum[i][c]);
                });
            });
        } else {
            V weights[kCount];
            each<kCount>([&]<int c>() __attribute__((always_inline)) { weights[c] = column.template operator()<c>(); });
            each<kRows>([&]<int i>() __attribute__((always_inline)) {
                const V factor = set1<V>(x[i][p]);
                each<kCount>([&]<int c>() __attribute__((always_inline)) {
                    sum[i][c] = fma(factor, weights[c], sum[i][c]);
                });
            });
        }
    };
    if constexpr (kWidth != kTail) {
        for (long p = 0; p < d.k; ++p) add(p, [](const Real* w) __attribute__((always_inline)) { return load<V>(w); });
    } else {
        // Rows whose last vector would end beyond the weights; laid aside now, while the registers are free.
        const long left = d.n - j - (kCount - 1) * kWidth, most = left >= kWidth ? 0 : (kWidth + d.n - 1) / d.n;
        const long beyond = most < d.k ? most : d.k, inside = d.k - beyond;
        V ends[kTail];
        for (long e = 0; e < beyond; ++e) ends[e] = load_first(d.kernel + (inside + e + 1) * d.n - left, left);
        for (long p = 0; p < inside; ++p) add(p, [](const Real* w) __attribute__((always_inline)) { return load<V>(w); });
        for (long p = inside; p < d.k; ++p)
            add(p, [&](const Real*) __attribute__((always_inline)) { return ends[p - inside]; });
    }
    each<kRows>([&]<int i>() __attribute__((always_inline)) {
        each<kCount>([&]<int c>() __attribute__((always_inline)) {
            store(d.y + (row + i) * d.y_stride + j + c * kWidth, sum[i][c]);
        });
    });
}

// The columns from `begin` on, in halves of vectors: rows of weights begin anywhere, and nearly every whole vector would lie
// in two cache lines.
template <int kRows>
DENIM_INLINE void few_halves(const DenseUnpacked& d, long row, long begin) {
    constexpr int kMost = kMostSums / kRows;
    const long halves = (d.n - begin + kTail - 1) / kTail;
    parts<1, kMost>(0, halves, [&]<int kCount>(long half) __attribute__((always_inline)) {
        few_tile<Half, kRows, kCount>(d, row, begin + half * kTail);
    });
}

static void dense_unpacked(const DenseUnpacked& d, long row0, long row1) {
    if (row1 - row0 <= kWaitingRows) {
        exactly<1, kWaitingRows>(row1 - row0, [&]<int kRows>() __attribute__((always_inline)) {
            few_halves<kRows>(d, row0, 0);
        });
    } else {
        const long whole = d.n / kPanel * kPanel;
        constexpr int kLeastRows = kMostRows / 2 < kWaitingRows + 1 ? kMostRows / 2 : kWaitingRows + 1;
        for (long j = 0; j < whole; j += kPanel)
            parts<kLeastRows, kMostRows>(row0, row1, [&]<int kRows>(long row) __attribute__((always_inline)) {
                few_tile<Vec, kRows, kPanelVectors>(d, row, j);
            });
        if (whole < d.n)
            parts<kLeastRows, kMostRows>(row0, row1, [&]<int kRows>(long row) __attribute__((always_inline)) {
                few_halves<kRows>(d, row, whole);
            });
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
