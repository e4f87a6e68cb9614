// The three products of a dense layer: forward, backward to the input, and the weight gradient with its update. Every
// output element is one chain of fused multiply-adds in index order, whatever the tile.
#pragma once

#include "kernels/activation.hpp"
#include "kernels/update.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// Vectors of a full panel, and rows of a tile that keep the multiply-add pipes full with the registers there are.
#if defined(DENIM_NEON)
constexpr int kPanelVectors = kDouble ? 2 : 3;  // a panel has fours of columns
constexpr int rows_for(int) { return 8; }
#elif defined(DENIM_AVX512)
constexpr int kPanelVectors = 3;
constexpr int rows_for(int vectors) { return vectors > 3 ? 4 : 8; }
#elif defined(DENIM_AVX2)
constexpr int kPanelVectors = 3;
constexpr int rows_for(int vectors) { return vectors == 3 ? 4 : vectors == 2 ? 6 : 8; }
#else
constexpr int kPanelVectors = 2;
constexpr int rows_for(int) { return 4; }
#endif
constexpr long kPanel = kPanelVectors * kLanes;
// Lanes of the narrowest vector: the last panel's width is a multiple of it.
constexpr long kTail = sizeof(Half) / sizeof(Real);
// Steps of a chain between two visits of a tile: one panel block of weights stays in the first-level cache.
constexpr long kBlock = 256;

template <class V>
constexpr long kLanesOf = sizeof(V) / sizeof(Real);

// acc[i][v] = fma(a(i, p), b[p * b_stride + v], acc[i][v]) for p in order.
template <class V, int kRows, int kVectors, class Scalar>
DENIM_INLINE void chain(V (&acc)[kRows][kVectors], Scalar a, const Real* b, long b_stride, long steps) {
    for (long p = 0; p < steps; ++p) {
        V column[kVectors];
        for (int v = 0; v < kVectors; ++v) column[v] = load<V>(b + v * kLanesOf<V>);
        for (int i = 0; i < kRows; ++i) {
            const V x = set1<V>(a(i, p));
            for (int v = 0; v < kVectors; ++v) acc[i][v] = fma(x, column[v], acc[i][v]);
        }
        b += b_stride;
    }
}

// Rows [row0, row1) in tiles of at most kRows: visit.template operator()<rows>(row).
template <int kRows, class Visit>
DENIM_INLINE void row_tiles(long row0, long row1, Visit visit) {
    long r = row0;
    for (; r + kRows <= row1; r += kRows) visit.template operator()<kRows>(r);
    if constexpr (kRows > 1) row_tiles<kRows / 2>(r, row1, visit);
}

// One panel's share of rows [row0, row1): out += x[., k0:k1] . panel, then finish(out, row, rows) on the last block.
// x(row) says where a row begins.
template <class V, int kVectors, class Rows, class Finish>
DENIM_INLINE void panel_product(Rows x, const Real* panel, long k0, long k1, bool last,
                                Real* out, long out_stride, bool resume, long row0, long row1, Finish finish) {
    constexpr long kWidth = kVectors * kLanesOf<V>;
    row_tiles<rows_for(kVectors)>(row0, row1, [&]<int kRows>(long r) __attribute__((always_inline)) {
        V acc[kRows][kVectors];
        for (int i = 0; i < kRows; ++i)
            for (int v = 0; v < kVectors; ++v)
                acc[i][v] = resume ? load<V>(out + (r + i) * out_stride + v * kLanesOf<V>) : V{};
        const Real* rows[kRows];
        for (int i = 0; i < kRows; ++i) rows[i] = x(r + i) + k0;
        chain<V, kRows, kVectors>(acc, [&](int i, long p) __attribute__((always_inline)) { return rows[i][p]; },
                                  panel + k0 * kWidth, kWidth, k1 - k0);
        for (int i = 0; i < kRows; ++i)
            for (int v = 0; v < kVectors; ++v) {
                Real* at = out + (r + i) * out_stride + v * kLanesOf<V>;
                store(at, last ? finish(acc[i][v], r + i, v * kLanesOf<V>) : acc[i][v]);
            }
    });
}

// visit.template operator()<vector type, vectors>() for a panel's width.
template <class Visit>
DENIM_INLINE void each_width(long width, Visit visit) {
    if (width == kPanel) return visit.template operator()<Vec, kPanelVectors>();
    if constexpr (kPanelVectors > 2)
        if (width == 2 * kLanes) return visit.template operator()<Vec, 2>();
    if constexpr (kTail < kLanes) {
        if (width == kTail) return visit.template operator()<Half, 1>();
        if (width == 3 * kTail) return visit.template operator()<Half, 3>();
        if (width == 5 * kTail) return visit.template operator()<Half, 5>();
    }
    visit.template operator()<Vec, 1>();
}

// What a thread has to do of a product: rows and panels.
struct Range {
    long row0, row1, panel0, panel1;
};

// y = x . W over k-blocks and panels; finish(panel, value, row, lane) makes a stored value of a finished chain.
template <class Rows, class Finish>
DENIM_INLINE void product(Rows x, const Real* block, long block_rows, long k, long n, Real* y, long y_stride,
                          const Range& range, Finish finish) {
    for (long k0 = 0; k0 < k; k0 += kBlock) {
        const long k1 = k0 + kBlock < k ? k0 + kBlock : k;
        for (long p = range.panel0; p < range.panel1; ++p) {
            const Real* panel = block + p * kPanel * block_rows;
            each_width(panel_width(n, kPanel, kTail, p), [&]<class V, int kVectors>() __attribute__((always_inline)) {
                panel_product<V, kVectors>(x, panel, k0, k1, k1 == k, y + p * kPanel, y_stride, k0 > 0, range.row0,
                                        range.row1, [&](V v, long row, long lane) __attribute__((always_inline)) {
                                            return finish(panel + k * kVectors * kLanesOf<V>, p, v, row, lane);
                                        });
            });
        }
    }
}

// Vectors of panels [panel0, panel1) of n columns: where they begin, and how many numbers they are.
DENIM_INLINE long span_of(long n, long panel0, long panel1) {
    const long end = panel1 * kPanel < n ? panel1 * kPanel : round_up(n, kLanes);
    return end - panel0 * kPanel;
}

static void dense_forward(const DenseForward& d, long row0, long row1, long panel0, long panel1) {
    const bool relu = d.function == Function::relu;
    product([&](long row) __attribute__((always_inline)) { return d.x[row]; }, d.block, d.k + 1, d.k, d.n, d.y,
            d.y_stride, {row0, row1, panel0, panel1},
            [&]<class V>(const Real* bias, long, V v, long, long lane) __attribute__((always_inline)) {
                v = v + load<V>(bias + lane);
                if (relu) v = v < V{} ? V{} : v;
                return v;
            });
    if (relu || d.function == Function::linear) return;
    for (long r = row0; r < row1; ++r) {
        const long at = r * d.y_stride + panel0 * kPanel;
        activate_run(d.function, d.alpha, d.y + at, d.y + at, d.slope ? d.slope + at : nullptr,
                     span_of(d.n, panel0, panel1));
    }
}

static void dense_backward(const DenseBackward& d, long row0, long row1, long panel0, long panel1) {
    const bool relu = d.function == Function::relu;
    if (d.accumulate) {
        // The chain must be whole before it is added, so it cannot start from what is there.
        Real sum[rows_for(1) * kPanel];
        for (long r = row0; r < row1; ++r)
            for (long p = panel0; p < panel1; ++p) {
                const Real* panel = d.transposed + p * kPanel * d.n;
                each_width(panel_width(d.k, kPanel, kTail, p), [&]<class V, int kVectors>() {
                    panel_product<V, kVectors>([&](long) { return d.dy + r * d.dy_stride; }, panel, 0, d.n, true, sum,
                                            kPanel, false, 0, 1, [](V v, long, long) { return v; });
                    Real* dx = d.dx + r * d.dx_stride + p * kPanel;
                    for (long at = 0; at < kVectors * kLanesOf<V>; at += kLanesOf<V>)
                        store(dx + at, load<V>(dx + at) + load<V>(sum + at));
                });
            }
        return;
    }
    product([&](long row) __attribute__((always_inline)) { return d.dy + row * d.dy_stride; }, d.transposed, d.n, d.n,
            d.k, d.dx, d.dx_stride, {row0, row1, panel0, panel1},
            [&]<class V>(const Real*, long p, V v, long row, long lane) __attribute__((always_inline)) {
                if (relu) v = load<V>(d.y + row * d.y_stride + p * kPanel + lane) > V{} ? v * d.scale : V{};
                return v;
            });
    if (relu || d.function == Function::linear) return;
    for (long r = row0; r < row1; ++r) {
        Real* dx = d.dx + r * d.dx_stride + panel0 * kPanel;
        const long at = r * d.y_stride + panel0 * kPanel;
        multiply_by_slope(d.function, d.alpha, dx, d.y + at, d.slope ? d.slope + at : nullptr, dx, false,
                          span_of(d.k, panel0, panel1));
    }
}

typedef Real Four __attribute__((vector_size(4 * sizeof(Real))));

// to[j * to_stride + i] = from[i * from_stride + j] for i, j < 4.
DENIM_INLINE void transpose_4x4(const Real* from, long from_stride, Real* to, long to_stride) {
    Four r[4];
    for (int i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * from_stride, sizeof(Four));
    const Four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
    const Four c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    const Four columns[4] = {__builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
                             __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
    for (int j = 0; j < 4; ++j) __builtin_memcpy(to + j * to_stride, &columns[j], sizeof(Four));
}

// W^T follows W: rows [k0, k0 + rows) of one panel of W are columns of W^T, taken by fours, which share a panel there.
static void transpose_unit(const DenseUpdate& d, const Real* w, long width, long k0, long rows, long first_column) {
    static_assert(kPanel % 4 == 0 && kUnitRows % 4 == 0);
    const long columns = d.n - first_column < width ? d.n - first_column : width;
    for (long i = 0; i < rows; i += 4) {
        const long panel = (k0 + i) / kPanel;
        const long panel_columns = panel_width(d.k, kPanel, kTail, panel);
        const Real* from = w + i * width;
        Real* to = d.transposed + panel * kPanel * d.n + first_column * panel_columns + (k0 + i - panel * kPanel);
        const long taken = rows - i < 4 ? rows - i : 4, whole_columns = taken == 4 ? columns / 4 * 4 : 0;
        for (long j = 0; j < whole_columns; j += 4)
            transpose_4x4(from + j, width, to + j * panel_columns, panel_columns);
        for (long j = whole_columns; j < columns; ++j)
            for (long h = 0; h < taken; ++h) to[j * panel_columns + h] = from[h * width + j];
    }
}

// One unit: where it lies in the block, and how many rows it has.
struct Unit {
    long panel, width, k0, rows, at;
    bool bias;
};

DENIM_INLINE Unit unit_of(const DenseUpdate& d, long index) {
    const long per_panel = units_per_panel(d.k);
    Unit u;
    u.panel = index / per_panel;
    const long inside = index % per_panel;
    u.width = panel_width(d.n, kPanel, kTail, u.panel);
    u.bias = inside == per_panel - 1;
    u.k0 = u.bias ? d.k : inside * kUnitRows;
    u.rows = u.bias ? 1 : (d.k - u.k0 < kUnitRows ? d.k - u.k0 : kUnitRows);
    u.at = u.panel * kPanel * (d.k + 1) + u.k0 * u.width;
    return u;
}

template <class V, int kVectors>
DENIM_INLINE void gradient_unit(const DenseUpdate& d, const Unit& u, Real* out) {
    constexpr long kWidth = kVectors * kLanesOf<V>;
    row_tiles<rows_for(kVectors) < kUnitRows ? (kVectors == 2 ? 4 : rows_for(kVectors)) : (int)kUnitRows>(
        0, u.rows, [&]<int kRows>(long r) __attribute__((always_inline)) {
            V acc[kRows][kVectors];
            for (int i = 0; i < kRows; ++i)
                for (int v = 0; v < kVectors; ++v)
                    acc[i][v] = d.accumulate ? load<V>(out + (r + i) * kWidth + v * kLanesOf<V>) : V{};
            const Real* dy = d.dy + u.panel * kPanel;
            if (u.bias)
                chain<V, kRows, kVectors>(acc, [](int, long) __attribute__((always_inline)) { return (Real)1; }, dy,
                                       d.dy_stride, d.rows);
            else
                chain<V, kRows, kVectors>(acc, [&](int i, long p) __attribute__((always_inline)) { return d.x[p][u.k0 + r + i]; },
                                       dy, d.dy_stride, d.rows);
            // The update reads whole vectors: halves stored one by one would have to reach the cache first.
            if constexpr (kWidth < kLanes && kRows % 2 == 0) {
                for (int i = 0; i < kRows; i += 2) {
                    const V both[] = {acc[i][0], acc[i + 1][0]};
                    Vec whole;
                    __builtin_memcpy(&whole, both, sizeof whole);
                    store(out + (r + i) * kWidth, whole);
                }
            } else {
                for (int i = 0; i < kRows; ++i)
                    for (int v = 0; v < kVectors; ++v) store(out + (r + i) * kWidth + v * kLanesOf<V>, acc[i][v]);
            }
        });
}

static void finish_unit(const DenseUpdate& d, const Unit& u, const Real* gradient) {
    update_run(*d.update, u.bias ? d.bias_rules : d.kernel_rules, d.block, d.slots, u.at, gradient, u.rows * u.width);
    if (d.transposed && !u.bias) transpose_unit(d, d.block + u.at, u.width, u.k0, u.rows, u.panel * kPanel);
}

static void dense_update(const DenseUpdate& d, long unit0, long unit1) {
    Real tile[kUnitRows * kPanel];
    for (long index = unit0; index < unit1; ++index) {
        const Unit u = unit_of(d, index);
        if (!(u.bias ? d.train_bias : d.train_kernel)) continue;
        Real* out = d.gradient ? d.gradient + u.at : tile;
        each_width(u.width, [&]<class V, int kVectors>() __attribute__((always_inline)) { gradient_unit<V, kVectors>(d, u, out); });
        if (!d.gradient) finish_unit(d, u, tile);
    }
}

// The update alone, from a gradient in memory.
static void apply_update(const DenseUpdate& d, long unit0, long unit1) {
    for (long index = unit0; index < unit1; ++index) {
        const Unit u = unit_of(d, index);
        if (!(u.bias ? d.train_bias : d.train_kernel)) continue;
        finish_unit(d, u, d.gradient + u.at);
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
