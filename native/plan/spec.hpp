// What Python hands over: a Program in plain numbers, and the arrays of one call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/table.hpp"

namespace denim::DENIM_PRECISION {

// The order in which engines/encoding.py numbers them.
#define DENIM_NODE_KINDS(DO)                                                                                           \
    DO(input) DO(dense) DO(activation) DO(dropout) DO(reshape) DO(affine) DO(batch_norm) DO(layer_norm) DO(noise)      \
    DO(target) DO(constant) DO(weight) DO(concatenate) DO(elementwise) DO(reduce) DO(rearrange) DO(matmul) DO(embedding)  \
    DO(batch_reduce)
#define DENIM_ENUMERATOR(name) name,
enum class NodeKind : int { DENIM_NODE_KINDS(DENIM_ENUMERATOR) };
#undef DENIM_ENUMERATOR

// A tensor of one sample is `rows` x `columns`; a vector has one row.
struct NodeSpec {
    NodeKind kind;
    std::vector<int> inputs;
    int input = -1;  // the first of them
    bool shared = false;  // the same for all samples
    long rows = 1, columns = 1;
    int block = -1;
    Function function = Function::linear;
    Real alpha = 0;
    double rate = 0;
    uint32_t threshold = 0;
    uint32_t site = 0;
    std::optional<uint64_t> seed;
    // Affine scaling: one number each, or one a column.
    std::vector<Real> shift, scale, offset;
    // Normalizations: indices of ProgramSpec::vectors, or -1.
    int gamma = -1, beta = -1, mean = -1, variance = -1;
    Real momentum = 0, epsilon = 0;
    bool frozen = false;
    // Dropout and noise: when predicting too.
    bool always = false;
    NoiseKind noise = NoiseKind::gaussian_noise;
    Real amount = 0;
    bool whole = false;  // input: what is behind the point is cut off
    int head = -1;       // target: whose
    std::vector<Real> values;  // constant
    int vector = -1;           // weight and embedding: index of ProgramSpec::vectors
    bool bias = false;         // weight: of `block`, where that says which: its bias, or else its kernel
    ElementFunction element = ElementFunction::add;
    ReduceFunction reduction = ReduceFunction::sum;
    std::vector<long> indices;  // rearrange
    long outer = 1;             // concatenate: how many times the inputs follow each other in a sample
    long inner = 1;             // matmul: rows of a sample's matrix
};

struct PenaltySpec {
    Real l1 = 0, l2 = 0;
    bool decays = true;
};

// What a parameter must be after each step: not negative, or of a norm within bounds (program/specs.py, NormRange). The
// norm is each column's, each row's, or that of all numbers. Or it is rewritten by a program of its own, a function of the
// user's, whose only vector is the parameter and whose only output is the new one.
enum class ConstraintKind : int { none, non_negative, column_norms, row_norms, norm, rewrite };

struct ProgramSpec;

struct ConstraintSpec {
    ConstraintKind kind = ConstraintKind::none;
    double minimum = 0, maximum = 0, rate = 1, epsilon = 1e-7;
    long columns = 0;  // of a VectorSpec, seen as a matrix
    std::shared_ptr<const ProgramSpec> program{};  // of a rewrite

    bool of_norms() const { return kind > ConstraintKind::non_negative && kind < ConstraintKind::rewrite; }
};

// A parameter that is one vector: a normalization's gamma, beta or moving statistics.
struct VectorSpec {
    long offset, n;
    bool trainable;
    PenaltySpec penalty;
    ConstraintSpec constraint{};
};

// One dense layer's parameters, where they lie in the flat buffer; bias_offset is -1 without a bias. Each of the two
// may be frozen by itself.
struct BlockSpec {
    long k, n;
    long kernel_offset, bias_offset;
    bool train_kernel, train_bias;
    PenaltySpec kernel_penalty{}, bias_penalty{};
    ConstraintSpec kernel_constraint{}, bias_constraint{};

    bool trainable() const { return train_kernel || train_bias; }
};

enum class Reduction : int { sum_over_batch_size, sum, mean_with_sample_weight };

struct LossSpec {
    LossKind kind;
    bool from_logits;
    Real smoothing;
    Reduction reduction;
    Real weight;
    int values = -1;  // the node that holds them, for LossKind::values
    bool of_batch = false;  // the mean of all values is the batch's one number, which the samples' weights multiply
    std::optional<double> ignored{};  // targets of this number have values of 0, and do not count where a mean is taken
    int counts = -1;  // the node with 1 for each value that counts where a mean is taken, and 0 for the others, which are 0
};

struct MetricSpec {
    MetricKind kind;
    LossKind loss;
    bool from_logits;
    Real smoothing;
    Real threshold;
    bool weighted;
    int values = -1;  // the node that holds them; each row's `columns` are so many means
    bool of_batch = false;  // the mean of a batch's values is counted once
};

struct HeadSpec {
    int output;
    std::optional<LossSpec> loss;
    std::vector<MetricSpec> metrics;
    bool labels;  // targets are class numbers
    bool compared = true;  // does a loss or metric compare output and target itself?
};

struct OptimizerSpec {
    Rule rule = Rule::sgd;
    int slots = 0;
    Real momentum = 0, rho = 0, epsilon = 0;
    double beta_1 = 0, beta_2 = 0;
    bool centered = false, amsgrad = false;
    Real weight_decay = 0;
    // Clipping; 0 where there is none.
    Real clip_norm = 0, clip_value = 0, global_clip_norm = 0;
    // Ftrl.
    double power = 0, l1 = 0, l2 = 0, shrinkage = 0, beta = 0;
    // The weights' moving average; and after how many updates it takes their place, or 0.
    bool averages = false;
    Real average_momentum = 0;
    int64_t overwrite_every = 0;
    int64_t gather = 0;  // steps whose gradients are added up before they are applied, or 0

    int own_slots() const { return slots - (averages ? 1 : 0) - (gather > 0 ? 1 : 0); }
};

struct ProgramSpec {
    std::vector<NodeSpec> nodes;
    std::vector<BlockSpec> blocks;
    std::vector<VectorSpec> vectors;
    std::vector<int> outputs;
    std::vector<HeadSpec> heads;
    std::vector<int> added;  // nodes whose elements are added to the loss
    OptimizerSpec optimizer;
    long flat_size = 0;

    // Does a node reduce over the batch, which must then run as a whole?
    bool over_batch() const {
        for (const NodeSpec& node : nodes)
            if (node.kind == NodeKind::batch_reduce) return true;
        return false;
    }

    // Does a formula use what a dense layer multiplies by?
    bool blocks_in_formulas() const {
        for (const NodeSpec& node : nodes)
            if (node.kind == NodeKind::weight && node.block >= 0) return true;
        return false;
    }
};

// One array of the caller, row by row.
struct Column {
    const void* base = nullptr;
    long row_bytes = 0;
    Element element = Element::float32;
};

struct FeedSpec {
    long rows = 0;
    std::vector<Column> inputs, targets, weights;  // a weight column without a base is absent
};

// The epoch's order; without keys, the feed's own.
struct OrderSpec {
    long rows = 0;
    std::vector<uint32_t> keys;
    int left_bits = 0, right_bits = 0;

    // Row numbers of positions [start, start + count).
    void rows_at(const KernelTable& table, int64_t start, long count, int64_t* to) const;
};

struct StateSpec {
    Real* parameters = nullptr;
    std::vector<Real*> slots;
    int64_t iterations = 0;
    Real learning_rate = 0;
    uint64_t key = 0;
};

}  // namespace denim::DENIM_PRECISION
