#include "plan/plan.hpp"

#include <cstring>

#include "plan/builder.hpp"

namespace denim::DENIM_PRECISION {

Plan::Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, bool fuse, int poison)
    : parameters(program, table, purpose == Purpose::train, fuse), program_(program), purpose_(purpose), batch_(batch) {
    Builder(*this, table, batch).build(poison);
}

void Plan::row_phase(const Step& step, const Share& share, bool with_loss, bool with_backward, Barrier& barrier) const {
    bool by_columns = false;
    const auto run = [&](const std::vector<Operation>& operations) {
        for (const Operation& operation : operations) {
            if (by_columns || operation.columns > 0) barrier.wait();
            by_columns = operation.columns > 0;
            if (by_columns) {
                const auto [c0, c1] = columns_of(operation.columns, share.thread, share.threads);
                operation.run(step, c0, c1);
            } else if (share.sample0 < share.sample1) {
                operation.run(step, share.sample0, share.sample1);
            }
        }
    };
    run(forward_);
    if (with_loss) run(judge_);
    if (with_backward) run(backward_);
}

bool Plan::looks_across_rows() const {
    for (const HeadSpec& head : program_.heads)
        if (head.loss && head.loss->reduction == Reduction::mean_with_sample_weight) return true;
    return false;
}

void Plan::add_totals(long first, long samples, double penalty, double* sums, double* counts) const {
    const size_t heads = heads_.size();
    size_t at = heads > 1 ? 1 + heads : 1;
    double total = penalty;
    for (size_t h = 0; h < heads; ++h) {
        const HeadSpec& spec = program_.heads[h];
        const HeadPlan& head = heads_[h];
        const long r = head.rows_per_sample;
        const auto weighted_sum = [&](const Real* values, bool weighted, double& count) {
            double sum = 0;
            for (long s = first; s < first + samples; ++s) {
                const double w = weighted ? head.weights[s] : 1.0;
                for (long i = s * r; i < (s + 1) * r; ++i) sum += w * static_cast<double>(values[i]);
                count += w * static_cast<double>(r);
            }
            return sum;
        };
        if (spec.loss) {
            double weight = 0, value = weighted_sum(head.losses, true, weight);
            if (spec.loss->reduction == Reduction::sum_over_batch_size)
                value /= static_cast<double>(samples * r);
            else if (spec.loss->reduction == Reduction::mean_with_sample_weight)
                value = weight != 0 ? value / weight : 0;
            total += static_cast<double>(spec.loss->weight) * value;
            if (heads > 1) {
                sums[1 + h] += value * static_cast<double>(samples);
                counts[1 + h] += static_cast<double>(samples);
            }
        }
        for (size_t m = 0; m < head.metrics.size(); ++m, ++at)
            sums[at] += weighted_sum(head.metrics[m], spec.metrics[m].weighted, counts[at]);
    }
    sums[0] += total * static_cast<double>(samples);
    counts[0] += static_cast<double>(samples);
}

void Plan::copy_output(size_t output, long s0, long s1, Real* to) const {
    const Tensor& t = tensors_[static_cast<size_t>(program_.outputs[output])];
    for (long row = s0 * t.rows_per_sample; row < s1 * t.rows_per_sample; ++row)
        std::memcpy(to + (row - s0 * t.rows_per_sample) * t.columns, t.value + row * t.stride,
                    static_cast<size_t>(t.columns) * sizeof(Real));
}

}  // namespace denim::DENIM_PRECISION
