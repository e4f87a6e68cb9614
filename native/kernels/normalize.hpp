// Normalizations and affine scaling, forward and backward side by side. What is summed over the rows of a batch is summed
// column by column; the rest goes row by row.
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

// The batch's where it was kept, else that of the moving variance.
DENIM_INLINE Vec inverse_of(const Normalize& z, long j) {
    return z.inverse ? load(z.inverse + j) : inverse_deviation(load(z.variance + j), z.epsilon);
}

DENIM_INLINE Vec gain(const Normalize& z, long j) { return z.gamma ? load(z.gamma + j) : set1(1.0); }

DENIM_INLINE Vec bias(const Normalize& z, long j) { return z.beta ? load(z.beta + j) : Vec{}; }

DENIM_INLINE Vec activated(const Normalize& z, Vec y) { return z.relu ? select(y < Vec{}, Vec{}, y) : y; }

// The gradient of what ReLU was given; where its derivative is in dy already, applying it again changes nothing.
DENIM_INLINE Vec gradient_at(const Normalize& z, long row, long j) {
    const Vec dy = load(z.dy + row * z.y_stride + j);
    return z.relu ? select(load(z.y + row * z.y_stride + j) > Vec{}, dy, Vec{}) : dy;
}

DENIM_INLINE void put(Real* to, bool accumulate, Vec d) { store(to, accumulate ? load(to) + d : d); }

// Gradients of beta and gamma, and their means: sums over rows of dy and of dy times the normalized x. The mean and the
// inverse deviation are a column's or, with kByRow, a row's.
template <bool kByRow>
DENIM_INLINE void column_gradients(const Normalize& z, long rows, long column0, long column1) {
    const Vec count = set1((Real)rows);
    column_groups<2>(column0, column1, [&]<int kVectors>(long first) __attribute__((always_inline)) {
        Vec mean[kVectors]{}, inverse[kVectors]{}, beta[kVectors]{}, gamma[kVectors]{};
        if constexpr (!kByRow)
            for (int v = 0; v < kVectors; ++v) {
                mean[v] = load(z.mean + first + v * kLanes);
                inverse[v] = inverse_of(z, first + v * kLanes);
            }
        for (long r = 0; r < rows; ++r)
            for (int v = 0; v < kVectors; ++v) {
                const long j = first + v * kLanes;
                const Vec x = load(z.x + r * z.x_stride + j), dy = gradient_at(z, r, j);
                const Vec normal = kByRow ? (x - set1(z.mean[r])) * set1(z.inverse[r]) : (x - mean[v]) * inverse[v];
                beta[v] += dy;
                gamma[v] = fma(dy, normal, gamma[v]);
            }
        for (int v = 0; v < kVectors; ++v) {
            const long j = first + v * kLanes;
            if (z.d_beta) put(z.d_beta + j, z.accumulate_beta, beta[v]);
            if (z.d_gamma) put(z.d_gamma + j, z.accumulate_gamma, gamma[v]);
            if (!z.mean_beta) continue;
            store(z.mean_beta + j, beta[v] / count);
            store(z.mean_gamma + j, gamma[v] / count);
        }
    });
}

// Columns [column0, column1): statistics over all rows.
static void batch_norm_statistics(const Normalize& given, long rows, long column0, long column1) {
    const Normalize z = given;  // a copy, which stores cannot alias
    const Vec count = set1((Real)rows);
    column_groups<4>(column0, column1, [&]<int kVectors>(long first) __attribute__((always_inline)) {
        Vec mean[kVectors]{}, variance[kVectors]{};
        for (long r = 0; r < rows; ++r)
            for (int v = 0; v < kVectors; ++v) mean[v] += load(z.x + r * z.x_stride + first + v * kLanes);
        for (Vec& m : mean) m /= count;
        for (long r = 0; r < rows; ++r)
            for (int v = 0; v < kVectors; ++v) {
                const Vec d = load(z.x + r * z.x_stride + first + v * kLanes) - mean[v];
                variance[v] = fma(d, d, variance[v]);
            }
        for (int v = 0; v < kVectors; ++v) {
            const long j = first + v * kLanes;
            variance[v] /= count;
            store(z.mean + j, mean[v]);
            store(z.variance + j, variance[v]);
            store(z.inverse + j, inverse_deviation(variance[v], z.epsilon));
        }
    });
}

// y, once the statistics are there.
static void batch_norm_forward(const Normalize& given, long row0, long row1) {
    const Normalize z = given;
    column_groups<2>(0, round_up(z.n, kLanes), [&]<int kVectors>(long first) __attribute__((always_inline)) {
        Vec mean[kVectors], inverse[kVectors], gamma[kVectors], beta[kVectors];
        for (int v = 0; v < kVectors; ++v) {
            const long j = first + v * kLanes;
            mean[v] = load(z.mean + j);
            inverse[v] = inverse_of(z, j);
            gamma[v] = gain(z, j);
            beta[v] = bias(z, j);
        }
        for (long r = row0; r < row1; ++r)
            for (int v = 0; v < kVectors; ++v) {
                const Vec normal = (load(z.x + r * z.x_stride + first + v * kLanes) - mean[v]) * inverse[v];
                store(z.y + r * z.y_stride + first + v * kLanes, activated(z, fma(normal, gamma[v], beta[v])));
            }
    });
}

static void batch_norm_gradients(const Normalize& given, long rows, long column0, long column1) {
    const Normalize z = given;
    column_gradients<false>(z, rows, column0, column1);
}

// dx: once the gradients' means are there, or with moving statistics, which do not follow x.
static void batch_norm_backward(const Normalize& given, long row0, long row1) {
    const Normalize z = given;
    for (long j = 0; j < round_up(z.n, kLanes); j += kLanes) {
        const Vec inverse = inverse_of(z, j), factor = gain(z, j) * inverse;
        if (!z.mean_beta) {
            for (long r = row0; r < row1; ++r)
                put(z.dx + r * z.x_stride + j, z.accumulate, gradient_at(z, r, j) * factor);
            continue;
        }
        const Vec mean = load(z.mean + j), mean_beta = load(z.mean_beta + j), mean_gamma = load(z.mean_gamma + j);
        for (long r = row0; r < row1; ++r) {
            const Vec normal = (load(z.x + r * z.x_stride + j) - mean) * inverse;
            put(z.dx + r * z.x_stride + j, z.accumulate,
                factor * (gradient_at(z, r, j) - mean_beta - normal * mean_gamma));
        }
    }
}

// Rows [row0, row1): statistics over a row's n elements; mean and inverse are kept, one a row.
static void layer_norm_forward(const Normalize& given, long row0, long row1) {
    const Normalize z = given;
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
        for (long j = 0; j < z.n; j += kLanes) {
            const Vec y = fma((load(x + j) - set1(mean)) * set1(inverse), gain(z, j), bias(z, j));
            store(z.y + r * z.y_stride + j, activated(z, y));
        }
    }
}

static void layer_norm_backward(const Normalize& given, long row0, long row1) {
    const Normalize z = given;
    const Real count = (Real)z.n;
    for (long r = row0; r < row1; ++r) {
        const Real* x = z.x + r * z.x_stride;
        const Vec mean = set1(z.mean[r]), inverse = set1(z.inverse[r]);
        const auto slope = [&](long j) { return gradient_at(z, r, j) * gain(z, j); };
        const auto normal = [&](long j) { return (load(x + j) - mean) * inverse; };
        Lanes16 slopes{}, products{};
        each_vector(z.n, [&](int part, long j, Int inside) {
            const Vec d = slope(j);
            slopes.part[part] += select(inside, d, Vec{});
            products.part[part] += select(inside, d * normal(j), Vec{});
        });
        const Vec mean_slope = set1(fold_sum(slopes) / count), mean_product = set1(fold_sum(products) / count);
        for (long j = 0; j < z.n; j += kLanes)
            put(z.dx + r * z.x_stride + j, z.accumulate, inverse * (slope(j) - mean_slope - normal(j) * mean_product));
    }
}

static void layer_norm_gradients(const Normalize& given, long rows, long column0, long column1) {
    const Normalize z = given;
    column_gradients<true>(z, rows, column0, column1);
}

// moving <- momentum moving + (1 - momentum) batch.
static void move_statistics(Real* moving, const Real* batch, Real momentum, long n) {
    for (long j = 0; j < n; j += kLanes)
        store(moving + j, fma(set1(momentum), load(moving + j), set1(1 - momentum) * load(batch + j)));
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
