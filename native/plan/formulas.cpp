// The operations of nodes that are formulas: constants and weights, functions of elements, reductions, elements put elsewhere,
// products, look-ups and noise; and of losses and metrics that nodes compute.
#include <algorithm>
#include <cmath>

#include "plan/builder.hpp"
#include "plan/measures.hpp"

namespace denim::DENIM_PRECISION {

namespace {

// Where each element of a sample lies, in C order.
std::vector<long> offsets_of(const Tensor& t) {
    std::vector<long> offsets(static_cast<size_t>(t.rows_per_sample * t.columns));
    for (size_t e = 0; e < offsets.size(); ++e) {
        const auto element = static_cast<long>(e);
        offsets[e] = element / t.columns * t.stride + element % t.columns;
    }
    return offsets;
}

void append(std::vector<Run>& runs, long from, long to) {
    if (!runs.empty() && runs.back().from + runs.back().count == from && runs.back().to + runs.back().count == to)
        ++runs.back().count;
    else
        runs.push_back({from, to, 1});
}

// The row of a table that a number means; what lies outside was refused before, or comes from numbers the model made.
long row_of(Real x, long rows) {
    if (!(x > 0)) return 0;
    return x < static_cast<Real>(rows) ? static_cast<long>(x) : rows - 1;
}

}  // namespace

void Builder::add_constant(size_t i) {
    const Tensor t = tensor(i);
    const std::vector<long> offsets = offsets_of(t);
    for (size_t e = 0; e < offsets.size(); ++e) t.value[offsets[e]] = node(i).values[e];
}

// Where a weight's numbers lie, one row after the other, or its gradient.
Real* Builder::weight_of(size_t i, bool gradient) {
    const NodeSpec& n = node(i);
    if (n.vector >= 0) {
        const Parameters::Vector& vector = plan_.parameters.vectors[static_cast<size_t>(n.vector)];
        return gradient ? vector.gradient : vector.value;
    }
    const auto b = static_cast<size_t>(n.block);
    const BlockSpec& spec = plan_.program_.blocks[b];
    const Parameters::Block& block = plan_.parameters.blocks[b];
    return (gradient ? block.flat_gradient : block.flat) + (n.bias ? spec.k * spec.n : 0);
}

void Builder::add_weight(size_t i) {
    const Tensor t = tensor(i);
    if (node(i).block >= 0)
        plan_.shared_.push_back([&parameters = plan_.parameters, block = static_cast<size_t>(node(i).block)] {
            parameters.unpack_for_formulas(block);
        });
    plan_.shared_.push_back([t, value = weight_of(i, false)] {
        for (long row = 0; row < t.rows_per_sample; ++row)
            std::copy_n(value + row * t.columns, t.columns, t.value + row * t.stride);
    });
}

void Builder::add_weight_backward(size_t i) {
    const Tensor t = tensor(i);
    Real* gradient = weight_of(i, true);
    const bool accumulate = !first_write(gradient);
    by_samples(plan_.backward_, [t, gradient, accumulate](const Step&, long, long) {
        for (long row = 0; row < t.rows_per_sample; ++row)
            for (long j = 0; j < t.columns; ++j) {
                Real& g = gradient[row * t.columns + j];
                const Real d = t.gradient[row * t.stride + j];
                g = accumulate ? g + d : d;
            }
    });
}

// For each input, which of its elements go where.
std::vector<std::vector<Run>> Builder::runs_of(size_t i) {
    const NodeSpec& n = node(i);
    const std::vector<long> to = offsets_of(tensor(i));
    std::vector<std::vector<Run>> all;
    size_t before = 0;
    for (const int input : n.inputs) {
        const std::vector<long> from = offsets_of(tensor(static_cast<size_t>(input)));
        std::vector<Run> runs;
        if (n.kind == NodeKind::rearrange) {
            for (size_t e = 0; e < to.size(); ++e) append(runs, from[static_cast<size_t>(n.indices[e])], to[e]);
        } else {
            const auto outer = static_cast<size_t>(n.outer), part = from.size() / outer, whole = to.size() / outer;
            for (size_t o = 0; o < outer; ++o)
                for (size_t e = 0; e < part; ++e) append(runs, from[o * part + e], to[o * whole + before + e]);
            before += part;
        }
        all.push_back(std::move(runs));
    }
    return all;
}

void Builder::add_copies(size_t i) {
    const Tensor t = tensor(i);
    const std::vector<std::vector<Run>> runs = runs_of(i);
    for (size_t k = 0; k < runs.size(); ++k) {
        const auto source = static_cast<size_t>(node(i).inputs[k]);
        by_samples(plan_.forward_, [from = tensor(source).value, from_stride = sample_stride(source), to = t.value,
                                    to_stride = sample_stride(i), runs = runs[k]](const Step&, long s0, long s1) {
            for (long s = s0; s < s1; ++s)
                for (const Run& run : runs)
                    std::copy_n(from + s * from_stride + run.from, run.count, to + s * to_stride + run.to);
        });
    }
}

void Builder::add_copies_backward(size_t i) {
    const Tensor t = tensor(i);
    const std::vector<std::vector<Run>> runs = runs_of(i);
    for (size_t k = 0; k < runs.size(); ++k) {
        const auto source = static_cast<size_t>(node(i).inputs[k]);
        if (!graph_.needs_gradient(source)) continue;
        const Tensor to = tensor(source);
        const bool first = first_write(to.gradient);
        by_samples(plan_.backward_, [from = t.gradient, from_stride = sample_stride(i), to, first,
                                     to_stride = sample_stride(source), runs = runs[k]](const Step&, long s0, long s1) {
            for (long s = s0; s < s1; ++s) {
                Real* dx = to.gradient + s * to_stride;
                if (first) std::fill_n(dx, to.rows_per_sample * to.stride, static_cast<Real>(0));
                for (const Run& run : runs) {
                    const Real* dy = from + s * from_stride + run.to;
                    for (long j = 0; j < run.count; ++j) dx[run.from + j] += dy[j];
                }
            }
        });
    }
}

Elementwise Builder::elementwise_of(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i);
    Elementwise e{};
    e.function = n.element;
    e.n = t.columns;
    for (size_t k = 0; k < n.inputs.size(); ++k) {
        const auto source = static_cast<size_t>(n.inputs[k]);
        e.x[k] = tensor(source).value;
        e.x_stride[k] = tensor(source).stride;
        e.period[k] = node(source).shared && !n.shared ? t.rows_per_sample : 0;
    }
    e.y = t.value;
    e.dy = t.gradient;
    e.y_stride = t.stride;
    return e;
}

void Builder::add_elementwise(size_t i) {
    const long r = tensor(i).rows_per_sample;
    plan_.work_ += static_cast<double>(r * tensor(i).columns) * (training() ? 3 : 1);
    by_samples(plan_.forward_, [e = elementwise_of(i), r, &table = table_](const Step&, long s0, long s1) {
        table.elementwise_forward(e, s0 * r, s1 * r);
    });
}

void Builder::add_elementwise_backward(size_t i) {
    const NodeSpec& n = node(i);
    const long r = tensor(i).rows_per_sample;
    for (size_t k = 0; k < n.inputs.size(); ++k) {
        const auto source = static_cast<size_t>(n.inputs[k]);
        if (!graph_.needs_gradient(source) || (n.element == ElementFunction::where && k == 0)) continue;
        Real* dx = tensor(source).gradient;
        const ElementwiseGradient g{elementwise_of(i), static_cast<int>(k), dx, !first_write(dx)};
        if (node(source).shared && !n.shared)
            plan_.backward_.push_back({[g, r, &table = table_](const Step& step, long c0, long c1) {
                                           table.elementwise_shared_backward(g, step.samples, r, c0, c1);
                                       },
                                       g.of.n, nullptr});
        else
            by_samples(plan_.backward_, [g, r, &table = table_](const Step&, long s0, long s1) {
                table.elementwise_backward(g, s0 * r, s1 * r);
            });
    }
}

void Builder::add_reduce(size_t i) {
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(node(i).input));
    const Reduce e{node(i).reduction, source.columns, source.value, source.stride, t.value, nullptr, t.stride, nullptr, false};
    by_samples(plan_.forward_, [e, r = t.rows_per_sample, &table = table_](const Step&, long s0, long s1) {
        table.reduce_forward(e, s0 * r, s1 * r);
    });
}

void Builder::add_reduce_backward(size_t i) {
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(node(i).input));
    const Reduce e{node(i).reduction, source.columns, source.value,    source.stride, t.value, t.gradient, t.stride,
                   source.gradient,   !first_write(source.gradient)};
    by_samples(plan_.backward_, [e, r = t.rows_per_sample, &table = table_](const Step&, long s0, long s1) {
        table.reduce_backward(e, s0 * r, s1 * r);
    });
}

void Builder::add_matmul(size_t i) {
    const Tensor t = tensor(i), a = tensor(static_cast<size_t>(node(i).inputs[0])), b = tensor(static_cast<size_t>(node(i).inputs[1]));
    MatMul p{};
    p.n = node(i).inner;
    p.k = a.columns;
    p.m = t.columns;
    p.a = a.value;
    p.a_stride = a.stride;
    p.b = b.value;
    p.b_stride = b.stride;
    p.y = t.value;
    p.y_stride = t.stride;
    const long matrices = t.rows_per_sample / p.n;
    plan_.work_ += 2.0 * static_cast<double>(t.rows_per_sample * p.k * p.m) * (training() ? 3 : 1);
    by_samples(plan_.forward_, [p, matrices, &table = table_](const Step&, long s0, long s1) {
        table.matmul_forward(p, s0 * matrices, s1 * matrices);
    });
}

void Builder::add_matmul_backward(size_t i) {
    const auto first = static_cast<size_t>(node(i).inputs[0]), second = static_cast<size_t>(node(i).inputs[1]);
    const Tensor t = tensor(i), a = tensor(first), b = tensor(second);
    MatMul p{node(i).inner, a.columns, t.columns, a.value, b.value, a.stride, b.stride, t.value, t.gradient, t.stride,
             nullptr,       nullptr,   false,     false};
    if (graph_.needs_gradient(first)) {
        p.da = a.gradient;
        p.accumulate_a = !first_write(p.da);
    }
    if (graph_.needs_gradient(second)) {
        p.db = b.gradient;
        p.accumulate_b = !first_write(p.db);
    }
    const long matrices = t.rows_per_sample / p.n;
    by_samples(plan_.backward_, [p, matrices, &table = table_](const Step&, long s0, long s1) {
        table.matmul_backward(p, s0 * matrices, s1 * matrices);
    });
}

void Builder::add_embedding(size_t i) {
    const auto source = static_cast<size_t>(node(i).input), vector = static_cast<size_t>(node(i).vector);
    const Tensor t = tensor(i), x = tensor(source);
    const long rows = plan_.program_.vectors[vector].n / t.columns;
    by_samples(plan_.forward_, [t, x = x.value, stride = sample_stride(source), offsets = offsets_of(x), rows,
                                table = plan_.parameters.vectors[vector].value](const Step&, long s0, long s1) {
        const long places = t.rows_per_sample;
        for (long s = s0; s < s1; ++s)
            for (long p = 0; p < places; ++p)
                std::copy_n(table + row_of(x[s * stride + offsets[static_cast<size_t>(p)]], rows) * t.columns, t.columns,
                            t.value + (s * places + p) * t.stride);
    });
}

// Each thread has some columns of the whole table, and takes the samples in their order.
void Builder::add_embedding_backward(size_t i) {
    const auto source = static_cast<size_t>(node(i).input), vector = static_cast<size_t>(node(i).vector);
    const Tensor t = tensor(i), x = tensor(source);
    Real* gradient = plan_.parameters.vectors[vector].gradient;
    const long rows = plan_.program_.vectors[vector].n / t.columns;
    const bool first = first_write(gradient);
    const auto run = [t, x = x.value, stride = sample_stride(source), offsets = offsets_of(x), rows, gradient,
                      first](const Step& step, long c0, long c1) {
        const long places = t.rows_per_sample, end = std::min(c1, t.columns);
        if (c0 >= end) return;
        for (long row = 0; first && row < rows; ++row)
            std::fill(gradient + row * t.columns + c0, gradient + row * t.columns + end, static_cast<Real>(0));
        for (long s = 0; s < step.samples; ++s)
            for (long p = 0; p < places; ++p) {
                Real* to = gradient + row_of(x[s * stride + offsets[static_cast<size_t>(p)]], rows) * t.columns;
                const Real* dy = t.gradient + (s * places + p) * t.stride;
                for (long j = c0; j < end; ++j) to[j] += dy[j];
            }
    };
    plan_.backward_.push_back({run, t.columns, nullptr});
}

void Builder::add_noise(size_t i) {
    const NodeSpec& n = node(i);
    if (!training() && !n.always) return;
    // What selu tends to on the negative side.
    constexpr double kAlpha = -1.7580993408473766;
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(n.input));
    const double rate = n.rate, scale = 1 / std::sqrt((1 - rate) * (1 + rate * kAlpha * kAlpha));
    NoiseRows d{};
    d.kind = n.noise;
    d.site = n.site;
    d.deviation = n.noise == NoiseKind::gaussian_noise ? n.amount : static_cast<Real>(std::sqrt(rate / (1 - rate)));
    d.threshold = n.threshold;
    d.scale = static_cast<Real>(scale);
    d.shift = static_cast<Real>(-scale * kAlpha * rate);
    d.dropped = static_cast<Real>(scale * kAlpha - scale * kAlpha * rate);
    d.x = source.value;
    d.x_stride = source.stride;
    d.y = t.value;
    d.stride = t.stride;
    d.slope = t.slope;
    d.n = t.columns;
    by_samples(plan_.forward_, [d, r = t.rows_per_sample, seed = n.seed, &table = table_](const Step& step, long s0, long s1) {
        NoiseRows now = d;
        now.key = seed ? *seed : step.key;
        now.step = step.number;
        now.first_row = step.first_row * static_cast<uint64_t>(r);
        table.noise_rows(now, s0 * r, s1 * r);
    });
}

// How many of a loss's values count, by a node: of each sample, and then, once all are there, of the batch.
void Builder::add_counts(size_t h) {
    const LossSpec& loss = *plan_.program_.heads[h].loss;
    const HeadPlan& head = plan_.heads_[h];
    const auto counts = static_cast<size_t>(loss.counts);
    const Tensor t = tensor(counts);
    by_samples(plan_.judge_, [t, stride = sample_stride(counts), counted = head.counted](const Step&, long s0, long s1) {
        for (long s = s0; s < s1; ++s) {
            Real count = 0;
            for (long row = 0; row < t.rows_per_sample; ++row)
                for (long j = 0; j < t.columns; ++j) count += t.value[s * stride + row * t.stride + j];
            counted[s] = count;
        }
    });
    const bool weighted = loss.reduction == Reduction::mean_with_sample_weight;
    const auto whole = [head, weighted](const Step& step, long c0, long c1) {
        if (c0 >= c1) return;
        double sum = 0;
        for (long s = 0; s < step.samples; ++s)
            sum += (weighted ? static_cast<double>(head.weights[s]) : 1.0) * static_cast<double>(head.counted[s]);
        *head.valid = sum;
    };
    plan_.judge_.push_back({whole, 1, nullptr});
}

// A loss whose values a node has: one a row, or one in all that the samples share.
void Builder::add_values(size_t h) {
    const LossSpec loss = *plan_.program_.heads[h].loss;
    const HeadPlan& head = plan_.heads_[h];
    const auto values = static_cast<size_t>(loss.values);
    const Tensor t = tensor(values);
    LossRows l{};
    l.kind = LossKind::values;
    l.p = t.value;
    l.p_stride = t.stride;
    l.n = 1;
    l.weights = loss.of_batch ? nullptr : head.weights;
    l.rows_per_sample = t.rows_per_sample;
    l.values = head.losses;
    if (training() && graph_.needs_gradient(values)) {
        l.gradient = t.gradient;
        l.gradient_stride = t.stride;
        l.accumulate = !first_write(t.gradient);
    }
    begin(values);
    by_samples(plan_.judge_, [l, loss, h, head, r = t.rows_per_sample, alone = shared_, &table = table_](const Step& step, long s0, long s1) {
        LossRows now = l;
        now.scale = loss.of_batch ? batch_gradient_scale(loss, step, h, alone ? r : step.samples * r) : gradient_scale(loss, step, h, head);
        table.loss_rows(now, s0 * r, s1 * r);
    });
    shared_ = false;
}

// A node whose elements are added to the loss, averaged over the batch.
void Builder::add_addend(size_t a) {
    const auto i = static_cast<size_t>(plan_.program_.added[a]);
    const Tensor t = tensor(i);
    const long r = t.rows_per_sample;
    begin(i);
    by_samples(shared_ ? plan_.forward_ : plan_.judge_,
               [t, r, sums = plan_.added_[a].sums, &table = table_](const Step&, long s0, long s1) {
                   table.sum_rows(t.value, t.stride, t.columns, sums, s0 * r, s1 * r);
               });
    if (training() && graph_.needs_gradient(i)) {
        const bool accumulate = !first_write(t.gradient);
        by_samples(plan_.judge_, [t, r, accumulate, alone = shared_](const Step& step, long s0, long s1) {
            const Real each = alone ? 1 : 1 / static_cast<Real>(step.samples);
            for (long row = s0 * r; row < s1 * r; ++row)
                for (long j = 0; j < t.columns; ++j) {
                    Real& d = t.gradient[row * t.stride + j];
                    d = accumulate ? d + each : each;
                }
        });
    }
    shared_ = false;
}

}  // namespace denim::DENIM_PRECISION
