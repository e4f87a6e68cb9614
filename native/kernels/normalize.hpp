// Normalizations and affine scaling, forward and backward side by side. Batch normalization's statistics are chains
// over the rows of a batch, so they are computed column by column; the rest goes row by row.
#pragma once

#include "kernels/activation.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

static void affine_forward(const Affine& a, long row0, long row1) {
    for (long r = row0; r < row1; ++r)
        for (long j = 0; j < round_up(a.n, kLanes); j += kLanes)
            store(a.y + r * a.y_stride + j,
                  fma(load(a.x + r * a.x_stride + j) - load(a.shift + j), load(a.scale + j), load(a.offset + j)));
}

static void affine_backward(const Affine& a, long row0, long row1) {
    for (long r = row0; r < row1; ++r)
        for (long j = 0; j < round_up(a.n, kLanes); j += kLanes) {
            const Vec d = load(a.dy + r * a.y_stride + j) * load(a.scale + j);
            Real* dx = a.dx + r * a.x_stride + j;
            store(dx, a.accumulate ? load(dx) + d : d);
        }
}

DENIM_INLINE Vec inverse_deviation(Vec variance, Real epsilon) { return set1(1.0) / vsqrt(variance + set1(epsilon)); }

DENIM_INLINE Vec gain(const Normalize& z, long j) { return z.gamma ? load(z.gamma + j) : set1(1.0); }

DENIM_INLINE Vec bias(const Normalize& z, long j) { return z.beta ? load(z.beta + j) : Vec{}; }

// The gradients of beta and gamma for one vector of columns: sums over rows of dy and of dy times the normalized x.
struct ColumnGradients {
    Vec beta{}, gamma{};
};

template <class Normal>
DENIM_INLINE ColumnGradients column_gradients(const Normalize& z, long rows, long j, Normal normal) {
    ColumnGradients d;
    for (long r = 0; r < rows; ++r) {
        const Vec dy = load(z.dy + r * z.y_stride + j);
        d.beta += dy;
        d.gamma = fma(dy, normal(r, load(z.x + r * z.x_stride + j)), d.gamma);
    }
    return d;
}

DENIM_INLINE void keep_gradients(const Normalize& z, long j, const ColumnGradients& d) {
    if (z.d_beta) store(z.d_beta + j, z.accumulate_beta ? load(z.d_beta + j) + d.beta : d.beta);
    if (z.d_gamma) store(z.d_gamma + j, z.accumulate_gamma ? load(z.d_gamma + j) + d.gamma : d.gamma);
}

// Columns [column0, column1): statistics over all rows, then y.
static void batch_norm_forward(const Normalize& z, long rows, long column0, long column1) {
    const Vec count = set1((Real)rows);
    for (long j = column0; j < column1; j += kLanes) {
        Vec sum{}, squares{};
        for (long r = 0; r < rows; ++r) sum += load(z.x + r * z.x_stride + j);
        const Vec mean = sum / count;
        for (long r = 0; r < rows; ++r) {
            const Vec d = load(z.x + r * z.x_stride + j) - mean;
            squares = fma(d, d, squares);
        }
        const Vec variance = squares / count, inverse = inverse_deviation(variance, z.epsilon);
        store(z.mean + j, mean);
        store(z.variance + j, variance);
        store(z.inverse + j, inverse);
        for (long r = 0; r < rows; ++r)
            store(z.y + r * z.y_stride + j,
                  fma((load(z.x + r * z.x_stride + j) - mean) * inverse, gain(z, j), bias(z, j)));
    }
}

// dx, and the gradients of gamma and beta.
static void batch_norm_backward(const Normalize& z, long rows, long column0, long column1) {
    const Vec count = set1((Real)rows);
    for (long j = column0; j < column1; j += kLanes) {
        const Vec mean = load(z.mean + j), inverse = load(z.inverse + j);
        const ColumnGradients d = column_gradients(z, rows, j, [&](long, Vec x) { return (x - mean) * inverse; });
        const Vec factor = gain(z, j) * inverse, mean_beta = d.beta / count, mean_gamma = d.gamma / count;
        if (z.dx)
            for (long r = 0; r < rows; ++r) {
                const Vec normal = (load(z.x + r * z.x_stride + j) - mean) * inverse;
                const Vec change = factor * (load(z.dy + r * z.y_stride + j) - mean_beta - normal * mean_gamma);
                Real* dx = z.dx + r * z.x_stride + j;
                store(dx, z.accumulate ? load(dx) + change : change);
            }
        keep_gradients(z, j, d);
    }
}

// With the moving statistics: every row alone.
static void frozen_norm_forward(const Normalize& z, long row0, long row1) {
    for (long j = 0; j < round_up(z.n, kLanes); j += kLanes) {
        const Vec mean = load(z.mean + j), inverse = inverse_deviation(load(z.variance + j), z.epsilon);
        for (long r = row0; r < row1; ++r)
            store(z.y + r * z.y_stride + j,
                  fma((load(z.x + r * z.x_stride + j) - mean) * inverse, gain(z, j), bias(z, j)));
    }
}

static void frozen_norm_backward(const Normalize& z, long row0, long row1) {
    for (long j = 0; j < round_up(z.n, kLanes); j += kLanes) {
        const Vec factor = gain(z, j) * inverse_deviation(load(z.variance + j), z.epsilon);
        for (long r = row0; r < row1; ++r) {
            const Vec d = load(z.dy + r * z.y_stride + j) * factor;
            Real* dx = z.dx + r * z.x_stride + j;
            store(dx, z.accumulate ? load(dx) + d : d);
        }
    }
}

// Gradients of gamma and beta where the statistics are the moving ones.
static void frozen_norm_gradients(const Normalize& z, long rows, long column0, long column1) {
    for (long j = column0; j < column1; j += kLanes) {
        const Vec mean = load(z.mean + j), inverse = inverse_deviation(load(z.variance + j), z.epsilon);
        keep_gradients(z, j, column_gradients(z, rows, j, [&](long, Vec x) { return (x - mean) * inverse; }));
    }
}

// Rows [row0, row1): statistics over a row's n elements; mean and inverse are kept, one a row.
static void layer_norm_forward(const Normalize& z, long row0, long row1) {
    const Real count = (Real)z.n;
    for (long r = row0; r < row1; ++r) {
        const Real* x = z.x + r * z.x_stride;
        const Real mean = row_sum(z.n, [&](long j) { return load(x + j); }) / count;
        const Real variance = row_sum(z.n, [&](long j) {
                                   const Vec d = load(x + j) - set1(mean);
                                   return d * d;
                               }) / count;
        const Real inverse = inverse_deviation(set1(variance), z.epsilon)[0];
        z.mean[r] = mean;
        z.inverse[r] = inverse;
        each_vector(z.n, [&](int, long j, Int inside) {
            const Vec y = fma((load(x + j) - set1(mean)) * set1(inverse), gain(z, j), bias(z, j));
            store(z.y + r * z.y_stride + j, select(inside, y, Vec{}));
        });
    }
}

static void layer_norm_backward(const Normalize& z, long row0, long row1) {
    const Real count = (Real)z.n;
    for (long r = row0; r < row1; ++r) {
        const Real *x = z.x + r * z.x_stride, *dy = z.dy + r * z.y_stride;
        const Vec mean = set1(z.mean[r]), inverse = set1(z.inverse[r]);
        const auto slope = [&](long j) { return load(dy + j) * gain(z, j); };
        const auto normal = [&](long j) { return (load(x + j) - mean) * inverse; };
        const Vec mean_slope = set1(row_sum(z.n, slope) / count);
        const Vec mean_normal = set1(row_sum(z.n, [&](long j) { return slope(j) * normal(j); }) / count);
        each_vector(z.n, [&](int, long j, Int inside) {
            const Vec d = select(inside, inverse * (slope(j) - mean_slope - normal(j) * mean_normal), Vec{});
            Real* dx = z.dx + r * z.x_stride + j;
            store(dx, z.accumulate ? load(dx) + d : d);
        });
    }
}

static void layer_norm_gradients(const Normalize& z, long rows, long column0, long column1) {
    for (long j = column0; j < column1; j += kLanes)
        keep_gradients(z, j, column_gradients(z, rows, j, [&](long r, Vec x) {
                           return (x - set1(z.mean[r])) * set1(z.inverse[r]);
                       }));
}

// moving <- momentum moving + (1 - momentum) batch.
static void move_statistics(Real* moving, const Real* batch, Real momentum, long n) {
    for (long j = 0; j < n; j += kLanes)
        store(moving + j, fma(set1(momentum), load(moving + j), set1(1 - momentum) * load(batch + j)));
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
