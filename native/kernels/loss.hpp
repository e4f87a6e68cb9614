// Losses, row by row: the value, and the gradient with respect to the output or, where the output's softmax or sigmoid
// belongs to nothing else, with respect to that activation's input.
#pragma once

#include "kernels/activation.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

constexpr Real kEpsilon = 1e-7;

// A probability as Keras takes its logarithm: clipped, and whether the clip let the gradient through.
struct Clipped {
    Vec value;
    Int passed;
};

DENIM_INLINE Clipped clip(Vec p) {
    const Vec low = set1(kEpsilon), high = set1(1 - kEpsilon);
    return {select(p < low, low, select(p > high, high, p)), (p >= low) & (p <= high)};
}

DENIM_INLINE void put(Real* to, long j, Int inside, Vec value, bool accumulate) {
    value = select(inside, value, Vec{});
    store(to + j, accumulate ? load(to + j) + value : value);
}

struct Row {
    const Real* p;
    const Real* y;  // targets; null for labels
    int32_t label;
    long n;
    Real scale;
    Real* gradient;
    bool accumulate;
};

DENIM_INLINE Vec smoothed(const Row& row, long j, Real smoothing, Real target) {
    Vec y;
    if (row.y) {
        y = load(row.y + j);
        if (smoothing != 0) y = y * set1(1 - smoothing) + set1(smoothing * target);
    } else {
        y = select(lane_numbers() == set1((Real)(row.label - j)), set1(1.0), Vec{});
    }
    return y;
}

// -sum y log softmax(z); gradient softmax(z) sum(y) - y.
template <int kMost>
static Real categorical_from_logits(const LossRows& l, const Row& row) {
    const Real uniform = 1 / (Real)row.n;
    const Real top = row_max<kMost>(row.p, row.n);
    const Vec shift = set1(top);
    Lanes16 sum{};
    each_vector<kMost>(row.n, [&](int part, long j, Int inside) {
        sum.part[part] += select(inside, vexp(load(row.p + j) - shift), Vec{});
    });
    const Real total = fold_sum(sum);
    const Vec log_total = vlog(set1(total));
    const Real value =
        row_sum<kMost>(row.n, [&](long j) { return smoothed(row, j, l.smoothing, uniform) * (log_total - (load(row.p + j) - shift)); });
    if (row.gradient) {
        const Vec mass = set1(row_sum<kMost>(row.n, [&](long j) { return smoothed(row, j, l.smoothing, uniform); }));
        each_vector<kMost>(row.n, [&](int, long j, Int inside) {
            const Vec q = vexp(load(row.p + j) - shift) / set1(total);
            put(row.gradient, j, inside, (q * mass - smoothed(row, j, l.smoothing, uniform)) * set1(row.scale),
                row.accumulate);
        });
    }
    return value;
}

// q = p / sum p, clipped; -sum y log q.
template <int kMost>
static Real categorical_from_probabilities(const LossRows& l, const Row& row) {
    const Real uniform = 1 / (Real)row.n;
    const Vec total = set1(row_sum<kMost>(row.n, [&](long j) { return load(row.p + j); }));
    Real value;
    if (row.y) {
        value = row_sum<kMost>(row.n, [&](long j) {
            return -smoothed(row, j, l.smoothing, uniform) * vlog(clip(load(row.p + j) / total).value);
        });
    } else {
        value = -vlog(clip(set1(row.p[row.label]) / total).value)[0];
    }
    if (!row.gradient) return value;
    // y where the clip passes it on; d value / d q = -y / q.
    const auto passed = [&](long j) {
        return select(clip(load(row.p + j) / total).passed, smoothed(row, j, l.smoothing, uniform), Vec{});
    };
    const Vec mass = set1(row_sum<kMost>(row.n, passed));
    const Vec scale = set1(row.scale);
    each_vector<kMost>(row.n, [&](int, long j, Int inside) {
        const Vec q = load(row.p + j) / total;
        const Vec dz = q * mass - passed(j);
        const Vec dp = mass / total - select(clip(q).passed, passed(j) / load(row.p + j), Vec{});
        put(row.gradient, j, inside, (l.fused_activation ? dz : dp) * scale, row.accumulate);
    });
    return value;
}

template <int kMost>
static Real binary(const LossRows& l, const Row& row) {
    const Vec one = set1(1.0), count = set1((Real)row.n), scale = set1(row.scale);
    const auto target = [&](long j) { return smoothed(row, j, l.smoothing, 0.5); };
    const Real value = row_sum<kMost>(row.n, [&](long j) {
        const Vec y = target(j), p = load(row.p + j);
        if (l.from_logits) return y * vsoftplus(-p) + (one - y) * vsoftplus(p);
        const Vec q = clip(p).value;
        return -(y * vlog(q) + (one - y) * vlog(one - q));
    });
    if (row.gradient)
        each_vector<kMost>(row.n, [&](int, long j, Int inside) {
            const Vec y = target(j), p = load(row.p + j);
            Vec d;
            if (l.from_logits) {
                d = vsigmoid(p) - y;
            } else {
                const Clipped q = clip(p);
                d = q.value - y;
                if (!l.fused_activation) d = d / (q.value * (one - q.value));
                d = select(q.passed, d, Vec{});
            }
            put(row.gradient, j, inside, d / count * scale, row.accumulate);
        });
    return value;
}

template <int kMost>
DENIM_INLINE Real squared(const Row& row) {
    const Vec step = set1(2 / (Real)row.n * row.scale);
    const Real value = row_sum<kMost>(row.n, [&](long j) {
        const Vec d = load(row.p + j) - load(row.y + j);
        return d * d;
    });
    if (row.gradient)
        each_vector<kMost>(row.n, [&](int, long j, Int inside) {
            put(row.gradient, j, inside, (load(row.p + j) - load(row.y + j)) * step, row.accumulate);
        });
    return value;
}

template <int kMost>
DENIM_INLINE Real absolute(const Row& row) {
    const Vec step = set1(row.scale / (Real)row.n);
    const Real value = row_sum<kMost>(row.n, [&](long j) { return vabs(load(row.p + j) - load(row.y + j)); });
    if (row.gradient)
        each_vector<kMost>(row.n, [&](int, long j, Int inside) {
            const Vec d = load(row.p + j) - load(row.y + j);
            put(row.gradient, j, inside, select(d > Vec{}, step, select(d < Vec{}, -step, Vec{})), row.accumulate);
        });
    return value;
}

// values[r] = value(row).
template <class Value>
DENIM_INLINE void each_row(const LossRows& given, long row0, long row1, Value value) {
    const LossRows l = given;  // a copy, which may stay in registers
    for (long sample = row0 / l.rows_per_sample, r = row0; r < row1; ++sample) {
        const Real weight = l.weights ? l.weights[sample] : (Real)1;
        for (const long end = r + l.rows_per_sample; r < end; ++r)
            l.values[r] = value(Row{l.p + r * l.p_stride,
                                    l.target ? l.target + r * l.target_stride : nullptr,
                                    l.labels ? l.labels[r] : 0,
                                    l.n,
                                    weight * l.scale,
                                    l.gradient ? l.gradient + r * l.gradient_stride : nullptr,
                                    l.accumulate});
    }
}

// Of at most kMost numbers each, or of any if that is 0.
template <int kMost>
DENIM_INLINE void judge_rows(const LossRows& l, long row0, long row1) {
    switch (l.kind) {
        case LossKind::sparse_categorical_crossentropy:
        case LossKind::categorical_crossentropy:
            if (l.from_logits)
                each_row(l, row0, row1, [&](const Row& row) { return categorical_from_logits<kMost>(l, row); });
            else
                each_row(l, row0, row1, [&](const Row& row) { return categorical_from_probabilities<kMost>(l, row); });
            return;
        case LossKind::values:
            return each_row(l, row0, row1, [&](const Row& row) {
                if (row.gradient) row.gradient[0] = row.accumulate ? row.gradient[0] + row.scale : row.scale;
                return row.p[0];
            });
        case LossKind::binary_crossentropy:
            each_row(l, row0, row1, [&](const Row& row) { return binary<kMost>(l, row); });
            break;
        case LossKind::mean_squared_error: each_row(l, row0, row1, squared<kMost>); break;
        case LossKind::mean_absolute_error: each_row(l, row0, row1, absolute<kMost>); break;
    }
    const Real count = (Real)l.n;
    Real* const values = l.values;
    for (long r = row0; r < row1; ++r) values[r] /= count;
}

static void loss_rows(const LossRows& l, long row0, long row1) {
    if (l.n <= 2) return judge_rows<2>(l, row0, row1);
    if (l.n <= kVirtualLanes) return judge_rows<kVirtualLanes>(l, row0, row1);
    judge_rows<0>(l, row0, row1);
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
