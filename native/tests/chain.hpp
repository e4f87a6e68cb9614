// Programs for tests: nodes one after the other, as a Sequential model lowers them.
#pragma once

#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

class Chain {
   public:
    explicit Chain(long columns) { add({.kind = NodeKind::input, .columns = columns}); }

    Chain& dense(long n, PenaltySpec kernel_penalty = {}, ConstraintSpec kernel = {}, ConstraintSpec bias = {}) {
        const long k = columns();
        program.blocks.push_back(
            {k, n, program.flat_size, program.flat_size + k * n, true, true, kernel_penalty, {}, kernel, bias});
        program.flat_size += k * n + n;
        return add({.kind = NodeKind::dense, .columns = n, .block = static_cast<int>(program.blocks.size()) - 1});
    }

    Chain& activation(Function f, Real alpha = 0) {
        return add({.kind = NodeKind::activation, .columns = columns(), .function = f, .alpha = alpha});
    }

    // Drops a quarter.
    Chain& dropout() {
        return add({.kind = NodeKind::dropout, .columns = columns(), .rate = 0.25, .threshold = 1u << 30,
                    .site = static_cast<uint32_t>(program.nodes.size())});
    }

    Chain& batch_norm() {
        const int gamma = vector(true), beta = vector(true), mean = vector(false), variance = vector(false);
        return add({.kind = NodeKind::batch_norm, .columns = columns(), .gamma = gamma, .beta = beta, .mean = mean,
                    .variance = variance, .momentum = 0.75, .epsilon = 1e-3});
    }

    Chain& layer_norm() {
        const int gamma = vector(true), beta = vector(true);
        return add({.kind = NodeKind::layer_norm, .columns = columns(), .gamma = gamma, .beta = beta, .epsilon = 1e-3});
    }

    Chain& noise(NoiseKind kind) {
        return add({.kind = NodeKind::noise, .columns = columns(), .rate = 0.25, .threshold = 1u << 30,
                    .site = static_cast<uint32_t>(program.nodes.size()), .noise = kind, .amount = Real(0.1)});
    }

    Chain& map(ElementFunction f) { return add({.kind = NodeKind::elementwise, .columns = columns(), .element = f}); }

    // A function of this and of the node `back` before it.
    Chain& with_earlier(ElementFunction f, int back) {
        add({.kind = NodeKind::elementwise, .columns = columns(), .element = f});
        program.nodes.back().inputs.push_back(last() - 1 - back);
        return *this;
    }

    // A function of this and of a weight that all samples share.
    Chain& with_weight(ElementFunction f) {
        const int to = last(), weight = vector(true);
        program.nodes.push_back({.kind = NodeKind::weight, .shared = true, .columns = columns(), .vector = weight});
        program.nodes.push_back({.kind = NodeKind::elementwise, .inputs = {to, last()}, .input = to, .columns = columns(), .element = f});
        return *this;
    }

    // This after the node `back` before it, the longer for it, or one number a row beside it.
    Chain& join_with_earlier(int back) {
        const int from = last() - back;
        const long n = columns() + program.nodes[static_cast<size_t>(from)].columns;
        add({.kind = NodeKind::concatenate, .columns = n});
        program.nodes.back().inputs.insert(program.nodes.back().inputs.begin(), from);
        program.nodes.back().input = from;
        return *this;
    }

    Chain& reduce(ReduceFunction f) { return add({.kind = NodeKind::reduce, .columns = 1, .reduction = f}); }

    Chain& loss(LossSpec loss, bool labels = false) {
        const int output = last();
        program.outputs = {output};
        program.heads = {{output, loss, {}, labels}};
        return *this;
    }

    // Sparse categorical crossentropy and accuracy.
    Chain& classes() {
        loss({LossKind::sparse_categorical_crossentropy, false, 0, Reduction::sum_over_batch_size, 1}, true);
        program.heads[0].metrics.push_back({MetricKind::sparse_categorical_accuracy, {}, false, 0, 0.5, false});
        return *this;
    }

    Chain& optimizer(const OptimizerSpec& spec) {
        program.optimizer = spec;
        return *this;
    }

    ProgramSpec program;

   private:
    int last() const { return static_cast<int>(program.nodes.size()) - 1; }
    long columns() const { return program.nodes.back().columns; }

    Chain& add(NodeSpec node) {
        node.input = last();
        if (node.input >= 0) node.inputs = {node.input};
        program.nodes.push_back(std::move(node));
        return *this;
    }

    int vector(bool trainable) {
        program.vectors.push_back({program.flat_size, columns(), trainable, {}});
        program.flat_size += columns();
        return static_cast<int>(program.vectors.size()) - 1;
    }
};

}  // namespace denim::DENIM_PRECISION
