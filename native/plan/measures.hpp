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

// Have a head's samples weights of their own?
bool weighted(const FeedSpec& feed, size_t head);

// How many of a sample's loss values count: those whose target is not the one to ignore.
long counted_values(const LossSpec& loss, const Step& step, size_t head, long sample, long rows_per_sample);

// What every row's gradient is multiplied by, beside its weight.
Real gradient_scale(const LossSpec& loss, const Step& step, size_t head, const HeadPlan& plan);

// What the samples' weights, of this sum, make of a batch's one number.
double factor_of_batch(Reduction reduction, bool weighted, double weights, long samples);

// The gradient of such a loss by each of the values whose mean is the batch's number.
Real batch_gradient_scale(const LossSpec& loss, const Step& step, size_t head, long values);

// `inputs` says where predictions and targets lie.
std::function<void(const Step&, long, long)> measure(const MetricSpec& metric, const LossRows& inputs, Real* values,
                                                     long rows_per_sample, const KernelTable* table);

}  // namespace denim::DENIM_PRECISION
