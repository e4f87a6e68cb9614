#include "plan/measures.hpp"

#include <algorithm>
#include <cstring>

namespace denim::DENIM_PRECISION {

namespace {

template <class T>
T read(const void* from, long index) {
    T value;
    std::memcpy(&value, static_cast<const T*>(from) + index, sizeof value);
    return value;
}

template <class T>
T element(const Column& column, int64_t row, long index) {
    const void* from = static_cast<const char*>(column.base) + row * column.row_bytes;
    switch (column.element) {
        case Element::uint8: return static_cast<T>(read<uint8_t>(from, index));
        case Element::float32: return static_cast<T>(read<float>(from, index));
        case Element::float64: return static_cast<T>(read<double>(from, index));
        case Element::int32: return static_cast<T>(read<int32_t>(from, index));
        case Element::int64: return static_cast<T>(read<int64_t>(from, index));
        case Element::int8: return static_cast<T>(read<int8_t>(from, index));
        case Element::int16: return static_cast<T>(read<int16_t>(from, index));
        case Element::uint16: return static_cast<T>(read<uint16_t>(from, index));
        case Element::uint32: return static_cast<T>(read<uint32_t>(from, index));
        case Element::uint64: return static_cast<T>(read<uint64_t>(from, index));
        case Element::float16: break;  // Python passes no weights or class numbers in half precision
    }
    return T{};
}

// The first largest of n.
long argmax(const Real* x, long n) {
    long best = 0;
    for (long j = 1; j < n; ++j)
        if (x[j] > x[best]) best = j;
    return best;
}

Real metric_row(const MetricSpec& metric, const LossRows& in, long row) {
    const Real* p = in.p + row * in.p_stride;
    if (metric.kind == MetricKind::sparse_categorical_accuracy) return argmax(p, in.n) == in.labels[row] ? 1.0 : 0.0;
    const Real* y = in.target + row * in.target_stride;
    if (metric.kind == MetricKind::categorical_accuracy) return argmax(p, in.n) == argmax(y, in.n) ? 1.0 : 0.0;
    long hits = 0;
    for (long j = 0; j < in.n; ++j) hits += (p[j] > metric.threshold ? 1.0 : 0.0) == y[j];
    return static_cast<Real>(hits) / static_cast<Real>(in.n);
}

}  // namespace

std::function<void(const Step&, long, long)> gather_targets(size_t head, bool labels, long r, long columns, long stride,
                                                            Real* target, const KernelTable* table) {
    if (labels)
        return [head, r, to = reinterpret_cast<int32_t*>(target)](const Step& step, long s0, long s1) {
            if (head >= step.feed->targets.size()) return;
            const Column& column = step.feed->targets[head];
            for (long s = s0; s < s1; ++s)
                for (long i = 0; i < r; ++i) to[s * r + i] = element<int32_t>(column, step.rows[s], i);
        };
    return [=](const Step& step, long s0, long s1) {
        if (head >= step.feed->targets.size()) return;
        const Column& column = step.feed->targets[head];
        const long row_bytes = columns * bytes_of(column.element);
        for (long i = 0; i < r; ++i) {
            const GatherRows g{static_cast<const char*>(column.base) + i * row_bytes,
                               column.row_bytes, column.element, columns, target + i * stride, stride * r};
            table->gather_rows(g, step.rows, s0, s1);
        }
    };
}

bool weighted(const FeedSpec& feed, size_t head) { return head < feed.weights.size() && feed.weights[head].base; }

static const Column* weights_of(const Step& step, size_t head) {
    return weighted(*step.feed, head) ? &step.feed->weights[head] : nullptr;
}

void gather_weights(const Step& step, size_t head, Real* weights, long s0, long s1) {
    const Column* column = weights_of(step, head);
    if (!column) return std::fill(weights + s0, weights + s1, static_cast<Real>(1));
    for (long s = s0; s < s1; ++s) weights[s] = element<Real>(*column, step.rows[s], 0);
}

long counted_values(const LossSpec& loss, const Step& step, size_t head, long s, long r) {
    if (!loss.ignored) return r;
    long count = 0;
    for (long i = 0; i < r; ++i) count += element<double>(step.feed->targets[head], step.rows[s], i) != *loss.ignored;
    return count;
}

Real gradient_scale(const LossSpec& loss, const Step& step, size_t head, const HeadPlan& plan) {
    const long r = plan.loss_rows;
    if (loss.counts >= 0 && loss.reduction != Reduction::sum)
        return *plan.valid != 0 ? static_cast<Real>(loss.weight / *plan.valid) : static_cast<Real>(0);
    switch (loss.reduction) {
        case Reduction::sum: return loss.weight;
        case Reduction::sum_over_batch_size:
            if (!loss.ignored) return loss.weight / static_cast<Real>(step.samples * r);
            break;
        case Reduction::mean_with_sample_weight: break;
    }
    const bool weighted = loss.reduction == Reduction::mean_with_sample_weight;
    const Column* column = weighted ? weights_of(step, head) : nullptr;
    double sum = 0;
    for (long s = 0; s < step.samples; ++s)
        sum += (column ? element<double>(*column, step.rows[s], 0) : 1.0) *
               static_cast<double>(counted_values(loss, step, head, s, r));
    return sum != 0 ? static_cast<Real>(loss.weight / sum) : 0.0;
}

double factor_of_batch(Reduction reduction, bool weighted, double weights, long samples) {
    if (!weighted) return 1;
    switch (reduction) {
        case Reduction::sum: return weights;
        case Reduction::sum_over_batch_size: return weights / static_cast<double>(samples);
        case Reduction::mean_with_sample_weight: break;
    }
    return weights != 0 ? 1 : 0;
}

Real batch_gradient_scale(const LossSpec& loss, const Step& step, size_t head, long values) {
    const Column* column = weights_of(step, head);
    double weights = 0;
    for (long s = 0; column && s < step.samples; ++s) weights += element<double>(*column, step.rows[s], 0);
    return static_cast<Real>(static_cast<double>(loss.weight) / static_cast<double>(values) *
                             factor_of_batch(loss.reduction, column, weights, step.samples));
}

std::function<void(const Step&, long, long)> measure(const MetricSpec& metric, const LossRows& inputs, Real* values,
                                                     long r, const KernelTable* table) {
    LossRows l = inputs;
    l.values = values;
    l.gradient = nullptr;
    if (metric.kind == MetricKind::loss) {
        l.kind = metric.loss;
        l.from_logits = metric.from_logits;
        l.smoothing = metric.smoothing;
        return [l, r, table](const Step&, long s0, long s1) { table->loss_rows(l, s0 * r, s1 * r); };
    }
    return [l, r, metric](const Step&, long s0, long s1) {
        for (long row = s0 * r; row < s1 * r; ++row) l.values[row] = metric_row(metric, l, row);
    };
}

}  // namespace denim::DENIM_PRECISION
