// A head's targets, weights and metrics as operations of the row phase.
#pragma once

#include <functional>

#include "plan/plan.hpp"

namespace denim::DENIM_PRECISION {

std::function<void(const Step&, long, long)> gather_targets(size_t head, bool labels, long rows_per_sample,
                                                            long columns, long stride, Real* target,
                                                            const KernelTable* table);

// Weights of a head's samples; 1 where there are none.
void gather_weights(const Step& step, size_t head, Real* weights, long s0, long s1);

// What every row's gradient is multiplied by, beside its weight.
// How many of a sample's loss values count: those whose target is not the one to ignore.
long counted_values(const LossSpec& loss, const Step& step, size_t head, long sample, long rows_per_sample);
Real gradient_scale(const LossSpec& loss, const Step& step, size_t head, const HeadPlan& plan);

// `inputs` says where predictions and targets lie.
std::function<void(const Step&, long, long)> measure(const MetricSpec& metric, const LossRows& inputs, Real* values,
                                                     long rows_per_sample, const KernelTable* table);

}  // namespace denim::DENIM_PRECISION
