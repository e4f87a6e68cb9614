// What a whole batch has in common: nodes that reduce over it, and losses that are one number of it.
#include "plan/builder.hpp"
#include "plan/measures.hpp"

namespace denim::DENIM_PRECISION {

Reduce Builder::batch_reduce_of(size_t i) {
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(node(i).input));
    return {node(i).reduction, t.columns, source.value, source.stride, t.value, t.gradient, t.stride, source.gradient, false};
}

void Builder::add_batch_reduce(size_t i) {
    plan_.work_ += static_cast<double>(tensor(i).rows_per_sample * tensor(i).columns) * (training() ? 2 : 1);
    plan_.forward_.push_back({[e = batch_reduce_of(i), r = tensor(i).rows_per_sample, &table = table_](
                                  const Step& step, long c0, long c1) {
                                  if (c0 < c1) table.batch_reduce_forward(e, step.samples, r, c0, c1);
                              },
                              tensor(i).columns, nullptr});
}

// Each thread hands the gradient on to its own samples.
void Builder::add_batch_reduce_backward(size_t i) {
    Reduce e = batch_reduce_of(i);
    e.accumulate = !first_write(e.dx);
    plan_.backward_.push_back({[e, r = tensor(i).rows_per_sample, &table = table_](const Step& step, long s0, long s1) {
                                   table.batch_reduce_backward(e, step.samples, r, s0, s1);
                               },
                               0, nullptr});
}

// The batch's number is a node's, or the mean of what a node has for its samples.
double Plan::loss_of_batch(size_t h, const FeedSpec& feed, long first, long samples) const {
    const LossSpec& loss = *program_.heads[h].loss;
    const HeadPlan& head = heads_[h];
    const bool shared = program_.nodes[static_cast<size_t>(loss.values)].shared;
    const long begin = shared ? 0 : first * head.loss_rows, end = begin + (shared ? 1 : samples) * head.loss_rows;
    double sum = 0, weights = 0;
    for (long row = begin; row < end; ++row) sum += static_cast<double>(head.losses[row]);
    for (long s = first; s < first + samples; ++s) weights += static_cast<double>(head.weights[s]);
    return sum / static_cast<double>(end - begin) *
           factor_of_batch(loss.reduction, weighted(feed, h), weights, samples);
}

}  // namespace denim::DENIM_PRECISION
