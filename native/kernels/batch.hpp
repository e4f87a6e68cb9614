// Samples reduced to one, element by element, and the gradients. Sums go in the written order of 16 virtual lanes, sample s
// to lane s mod 16; extremes from the first sample to the last.
#pragma once

#include "kernels/activation.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// x is where the element lies of the first sample, which is `step` from the next one's.
DENIM_INLINE Vec summed_over_batch(const Real* x, long step, long samples) {
    Vec lanes[kVirtualLanes]{};
    for (long first = 0; first < samples; first += kVirtualLanes)
        for (long l = 0; l < kVirtualLanes && first + l < samples; ++l) lanes[l] += load(x + (first + l) * step);
    for (long half = kVirtualLanes / 2; half > 0; half /= 2)
        for (long l = 0; l < half; ++l) lanes[l] += lanes[l + half];
    return lanes[0];
}

// A number that is none wins, as in NumPy.
DENIM_INLINE Vec extreme_over_batch(const Real* x, long step, long samples, bool most) {
    Vec best = load(x);
    for (long s = 1; s < samples; ++s) {
        const Vec v = load(x + s * step);
        best = select((most ? v > best : v < best) | (v != v), v, best);
    }
    return best;
}

static void batch_reduce_forward(const Reduce& given, long samples, long rows, long column0, long column1) {
    using F = ReduceFunction;
    const Reduce e = given;
    for (long r = 0; r < rows; ++r)
        for (long j = column0; j < column1; j += kLanes) {
            const Real* x = e.x + r * e.x_stride + j;
            const long step = rows * e.x_stride;
            const bool extreme = e.function == F::max || e.function == F::min;
            Vec y = extreme ? extreme_over_batch(x, step, samples, e.function == F::max) : summed_over_batch(x, step, samples);
            if (e.function == F::mean) y = y / set1((Real)samples);
            store(e.y + r * e.y_stride + j, y);
        }
}

// What each of all samples gets of dy; of an extreme, those that have it share.
DENIM_INLINE Vec share_of_batch(const Reduce& e, const Real* x, long step, long samples, Vec y, Vec dy) {
    using F = ReduceFunction;
    if (e.function == F::sum) return dy;
    if (e.function == F::mean) return dy / set1((Real)samples);
    Vec chosen = Vec{};
    for (long s = 0; s < samples; ++s) chosen += select(load(x + s * step) == y, set1(1.0), Vec{});
    return dy / chosen;
}

// Samples [sample0, sample1) of the batch's.
static void batch_reduce_backward(const Reduce& given, long samples, long rows, long sample0, long sample1) {
    using F = ReduceFunction;
    const Reduce e = given;
    const bool extreme = e.function == F::max || e.function == F::min;
    const long step = rows * e.x_stride;
    for (long r = 0; r < rows; ++r)
        for (long j = 0; j < e.n; j += kLanes) {
            const long at = r * e.x_stride + j;
            const Vec y = load(e.y + r * e.y_stride + j), dy = load(e.dy + r * e.y_stride + j);
            const Vec share = share_of_batch(e, e.x + at, step, samples, y, dy);
            for (long s = sample0; s < sample1; ++s) {
                const Vec d = extreme ? select(load(e.x + at + s * step) == y, share, Vec{}) : share;
                Real* dx = e.dx + at + s * step;
                store(dx, e.accumulate ? load(dx) + d : d);
            }
        }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
