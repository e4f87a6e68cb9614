// The kernels' face: plain argument structs and one table of function pointers per instruction set. Tile sizes and
// function pointers stand in the same table, because neither means anything without the other. No standard library here:
// this header is seen by translation units built for instruction sets that the running CPU may lack.
#pragma once

#include <stdint.h>

#include "kernels/precision.hpp"

namespace denim::DENIM_PRECISION {

constexpr Real kInfinity = (Real)__builtin_inf();

enum class Function : int {
    linear,
    relu,
    sigmoid,
    tanh,
    softmax,
    gelu,
    gelu_tanh,
    leaky_relu,
    elu,
    selu,
    silu,
    softplus,
    exponential,
    softsign,
    hard_sigmoid,
    relu6,  // alpha is its largest value
    mish,
    hard_silu,
    celu,
    log_sigmoid,
    log_softmax
};

// Operations on whole rows, which cannot be done as a dense layer's result is stored.
inline constexpr bool works_on_rows(Function f) { return f == Function::softmax || f == Function::log_softmax; }

// Functions of one to three numbers; a truth value is 1 or 0.
#define DENIM_ELEMENTWISE(DO)                                                                                          \
    DO(negative) DO(abs) DO(square) DO(sqrt) DO(rsqrt) DO(reciprocal) DO(exp) DO(expm1) DO(log) DO(log1p) DO(sin)      \
    DO(cos) DO(erf) DO(sign) DO(floor) DO(ceil) DO(round) DO(trunc) DO(isnan) DO(isfinite) DO(logical_not)             \
    DO(stop_gradient) DO(add) DO(subtract) DO(multiply) DO(divide) DO(power) DO(maximum) DO(minimum) DO(equal)         \
    DO(not_equal) DO(less) DO(less_equal) DO(greater) DO(greater_equal) DO(logical_and) DO(logical_or)                 \
    DO(floor_divide) DO(where)
#define DENIM_REDUCTIONS(DO) DO(sum) DO(mean) DO(max) DO(min) DO(prod) DO(argmax) DO(argmin)
#define DENIM_ENUMERATOR(name) name,
enum class ElementFunction : int { DENIM_ELEMENTWISE(DENIM_ENUMERATOR) };
enum class ReduceFunction : int { DENIM_REDUCTIONS(DENIM_ENUMERATOR) };
#undef DENIM_ENUMERATOR

inline constexpr int arity_of(ElementFunction f) {
    return f < ElementFunction::add ? 1 : f < ElementFunction::where ? 2 : 3;
}

// Does a gradient come through?
inline constexpr bool has_slope(ElementFunction f) {
    using F = ElementFunction;
    return f < F::sign || (f >= F::add && f <= F::minimum) || f == F::where;
}
inline constexpr bool has_slope(ReduceFunction f) { return f < ReduceFunction::argmax; }

enum class NoiseKind : int { gaussian_noise, gaussian_dropout, alpha_dropout };

// `values`: each row's number is its loss.
enum class LossKind : int { sparse_categorical_crossentropy, categorical_crossentropy, binary_crossentropy,
                            mean_squared_error, mean_absolute_error, values };

enum class MetricKind : int { binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, loss };

enum class Rule : int { sgd, sgd_momentum, sgd_nesterov, rmsprop, adagrad, adam, nadam, adamax, adadelta, lion, ftrl };

// How the caller's numbers are stored; a truth value is a uint8.
enum class Element : int { uint8, float32, float64, int32, int64, float16, int8, int16, uint16, uint32, uint64 };

inline constexpr long bytes_of(Element e) {
    switch (e) {
        case Element::uint8:
        case Element::int8: return 1;
        case Element::float16:
        case Element::int16:
        case Element::uint16: return 2;
        case Element::float32:
        case Element::int32:
        case Element::uint32: return 4;
        default: return 8;
    }
}
constexpr Element kOwnElement = sizeof(Real) == 8 ? Element::float64 : Element::float32;

// Buffers of rows: the stride is a multiple of 16 numbers, so that whole vectors may be read and written past the last
// column; what lies there never reaches a result.
constexpr long kRowGranule = 16;

// The packed parameters of one dense layer: panels of `panel` columns (the last one rounded up to whole vectors, or half ones), each
// k rows of weights and then one row of biases. Columns past n are zero when packed and never reach a result.
struct DenseForward {
    const Real* const* x;  // where each row lies: a caller's rows are read in place
    const Real* block;
    long k, n;
    Function function;  // elementwise, or linear
    Real alpha;
    Real* y;
    long y_stride;
    Real* slope;  // the activation's derivative, where it cannot be had from y; else null
};

// The same product for inference, from a kernel of k rows and n columns as the caller has it, and a bias or null.
struct DenseUnpacked {
    const Real* const* x;
    const Real *kernel, *bias;
    long k, n;
    Function function;
    Real alpha;
    Real* y;
    long y_stride;
};

// dx = (dy . W^T), then added to what is there, or multiplied by the derivative of the activation that made x.
struct DenseBackward {
    const Real* dy;
    long dy_stride;
    const Real* transposed;  // W^T in panels of columns, no bias row
    long k, n;
    Real* dx;
    long dx_stride;
    bool accumulate;
    Function function;
    Real alpha;
    const Real* y;  // x's values, for the derivative
    const Real* slope;
    long y_stride;
    Real scale = 1;  // of ReLU's derivative, where dropout's mask lies in y
};

// What lies beside each weight: the rule's own numbers, the weight's average, and gradients that are added up.
constexpr int kOwnSlots = 3, kAverageSlot = 3, kSumSlot = 4, kSlots = 5;

struct Update {
    Rule rule;
    Real learning_rate;
    Real momentum, rho, epsilon;
    Real beta_1, beta_2, one_minus_beta_1, one_minus_beta_2;
    Real alpha;  // adam: lr sqrt(1 - b2^t) / (1 - b1^t); adamax: lr / (1 - b1^t)
    bool centered, amsgrad;
    Real nadam_moment, nadam_gradient, nadam_velocity;  // what m, g and v are multiplied by
    Real power, l1, twice_l2, twice_shrinkage;  // ftrl; twice_l2 with beta / lr
    Real gathered;  // steps whose gradients are added up before they are applied, or 0
    bool holds;     // this step adds up and applies nothing
    bool averages, overwrites;  // averages are kept; they take the weights' place
    Real average_share, weight_share;

    bool plain() const { return gathered == 0 && !averages; }
};

// What is done to one parameter's gradient before its update, in this order; then w <- w - w decay. In the end, perhaps,
// w <- max(w, 0).
struct ParameterRules {
    Real l1 = 0, l2 = 0;
    Real scale = 1;  // from clipping by norm
    Real limit = kInfinity;
    Real decay = 0;
    bool non_negative = false;

    bool plain() const {
        return l1 == 0 && l2 == 0 && scale == 1 && limit == kInfinity && decay == 0 && !non_negative;
    }
};

// dW = x^T . dy and its bias row, tile by tile; each tile goes straight into the update, or to `gradient`.
struct DenseUpdate {
    const Real* const* x;
    const Real* dy;
    long dy_stride;
    long rows;
    long k, n;
    Real* block;
    Real* transposed;  // kept in step with block; may be null
    Real* slots[kSlots];
    Real* gradient;  // null: fused
    bool accumulate;  // the gradient continues what `gradient` holds
    bool train_kernel, train_bias;
    ParameterRules kernel_rules, bias_rules;
    const Update* update;
};

// Sums down the columns of a parameter: of its squared gradient or, without one, of its penalty.
struct ColumnSums {
    const Real* weights;
    const Real* gradient;
    long stride, rows;
    ParameterRules rules;
    const Real* sum = nullptr;  // of `gathered` - 1 gradients, to which this one is added: the mean counts
    Real gathered = 1;
};

// y = (x - shift) scale + offset; vectors of round_up(n, 16).
struct Affine {
    Real *shift, *scale, *offset;
    const Real* x;
    long x_stride;
    Real* y;
    const Real* dy;
    long y_stride;
    Real* dx;
    bool accumulate;
    long n;
};

// Batch normalization: mean, variance and inverse hold one number a column, vectors of round_up(n, 16); layer
// normalization: mean and inverse hold one a row. Without inverse, mean and variance are the moving ones.
struct Normalize {
    const Real* x;
    long x_stride;
    Real* y;
    const Real* dy;
    long y_stride;
    Real* dx;
    bool accumulate;
    long n;
    Real epsilon;
    const Real *gamma, *beta;  // or null
    bool relu;  // y is the ReLU of what is normalized, and dy its gradient
    Real *mean, *variance, *inverse;
    Real *mean_gamma, *mean_beta;  // of the gradients over the rows: kept for dx where the statistics are the batch's
    Real *d_gamma, *d_beta;        // or null
    bool accumulate_gamma, accumulate_beta;
};

struct ActivationForward {
    Function function;
    Real alpha;
    const Real* x;
    long x_stride;
    Real* y;
    long y_stride;
    Real* slope;
    long slope_stride;
    long n;
};

struct ActivationBackward {
    Function function;
    Real alpha;
    const Real* dy;
    long dy_stride;
    const Real* y;
    long y_stride;
    const Real* slope;
    long slope_stride;
    Real* dx;
    long dx_stride;
    bool accumulate;
    long n;
    Real scale = 1;  // as in DenseBackward; not with accumulate
};

struct LossRows {
    LossKind kind;
    bool from_logits;
    bool fused_activation;  // the gradient is that of the softmax's or sigmoid's input
    Real smoothing;
    const Real* p;
    long p_stride;
    long n;
    const int32_t* labels;
    const Real* target;
    long target_stride;
    const Real* weights;  // one a sample, or null
    long rows_per_sample;
    Real scale;      // of every row's gradient
    Real* gradient;  // or null
    long gradient_stride;
    bool accumulate;
    Real* values;  // one a row, unweighted
};

struct DropoutRows {
    uint64_t key;
    uint32_t site;
    uint64_t step;
    uint32_t threshold;
    Real scale;
    const Real* x;
    Real* y;
    long stride;
    Real* slope;  // 0 or scale, with y's stride; or null
    long n, x_stride;
    uint64_t first_row = 0;  // the number of row 0 among those whose elements are numbered together
};

struct NoiseRows {
    NoiseKind kind;
    uint64_t key;
    uint32_t site;
    uint64_t step;
    uint64_t first_row;  // the number of row 0 among those whose elements are numbered together
    Real deviation;      // of the normal numbers
    uint32_t threshold;  // alpha dropout: what is below is dropped
    Real scale, shift, dropped;  // alpha dropout: what is kept becomes x scale + shift, the others `dropped`
    const Real* x;
    Real* y;
    long stride;
    Real* slope;  // what x was multiplied by, with y's stride; or null
    long n, x_stride;
};

// y = f(x0, x1, x2), rows of n. An operand that all samples share has a period: its rows in turn.
struct Elementwise {
    ElementFunction function;
    long n;
    const Real* x[3];
    long x_stride[3], period[3];
    Real* y;
    const Real* dy;
    long y_stride;
};

// The gradient by one operand, into dx with that operand's stride.
struct ElementwiseGradient {
    Elementwise of;
    int operand;
    Real* dx;
    bool accumulate;
};

// Rows of n to one number each; over the batch: rows of n, those of all samples to one.
struct Reduce {
    ReduceFunction function;
    long n;
    const Real* x;
    long x_stride;
    Real* y;
    const Real* dy;
    long y_stride;
    Real* dx;
    bool accumulate;
};

// y = a . b for each of a batch of matrices: n x k and k x m; rows of a and y, rows of b.
struct MatMul {
    long n, k, m;
    const Real *a, *b;
    long a_stride, b_stride;
    Real* y;
    const Real* dy;
    long y_stride;
    Real *da, *db;
    bool accumulate_a, accumulate_b;
};

// out = x, or with a scale (x - shift) scale + offset.
struct GatherRows {
    const void* base;
    long row_bytes;
    Element element;
    long n;
    Real* out;
    long out_stride;
    const Real *shift = nullptr, *scale = nullptr, *offset = nullptr;  // vectors of round_up(n, 16), or of 16
    long constant_step = 0;  // from one number's constants to the next: 1, or 0 where all numbers share them
};

// The epoch's order: a Feistel network of so many rounds, walked until it lands below `rows`.
struct OrderRows {
    const uint32_t* keys;
    long rounds;
    int left_bits, right_bits;
    int64_t rows;
};

struct KernelTable {
    const char* name;
    int tail;   // columns of the narrowest vector: what the last panel's width is a multiple of
    int panel;     // columns of a packed panel
    int row_tile;  // rows a full tile of the forward product takes
    void (*dense_forward)(const DenseForward&, long row0, long row1, long panel0, long panel1);
    void (*dense_unpacked)(const DenseUnpacked&, long row0, long row1);
    void (*dense_backward)(const DenseBackward&, long row0, long row1, long panel0, long panel1);
    void (*dense_update)(const DenseUpdate&, long unit0, long unit1);
    void (*apply_update)(const DenseUpdate&, long unit0, long unit1);
    void (*update_run)(const Update&, const ParameterRules&, Real* w, Real* const slots[kSlots], long at, const Real* g,
                       long n);
    void (*column_sums)(const ColumnSums&, double* sums, long column0, long column1);
    void (*affine_forward)(const Affine&, long row0, long row1);
    void (*affine_backward)(const Affine&, long row0, long row1);
    void (*batch_norm_statistics)(const Normalize&, long rows, long column0, long column1);
    void (*batch_norm_forward)(const Normalize&, long row0, long row1);
    void (*batch_norm_gradients)(const Normalize&, long rows, long column0, long column1);
    void (*batch_norm_backward)(const Normalize&, long row0, long row1);
    void (*layer_norm_forward)(const Normalize&, long row0, long row1);
    void (*layer_norm_backward)(const Normalize&, long row0, long row1);
    void (*layer_norm_gradients)(const Normalize&, long rows, long column0, long column1);
    void (*move_statistics)(Real* moving, const Real* batch, Real momentum, long n);
    void (*activation_forward)(const ActivationForward&, long row0, long row1);
    void (*activation_backward)(const ActivationBackward&, long row0, long row1);
    void (*loss_rows)(const LossRows&, long row0, long row1);
    void (*dropout_rows)(const DropoutRows&, long row0, long row1);
    void (*noise_rows)(const NoiseRows&, long row0, long row1);
    void (*elementwise_forward)(const Elementwise&, long row0, long row1);
    void (*elementwise_backward)(const ElementwiseGradient&, long row0, long row1);
    // Of an operand of `rows` rows that all samples share: the sum over the samples, columns [column0, column1).
    void (*elementwise_shared_backward)(const ElementwiseGradient&, long samples, long rows, long column0, long column1);
    void (*reduce_forward)(const Reduce&, long row0, long row1);
    void (*reduce_backward)(const Reduce&, long row0, long row1);
    // Over all samples, of `rows` rows each: columns [column0, column1), and the gradient of samples [sample0, sample1).
    void (*batch_reduce_forward)(const Reduce&, long samples, long rows, long column0, long column1);
    void (*batch_reduce_backward)(const Reduce&, long samples, long rows, long sample0, long sample1);
    void (*matmul_forward)(const MatMul&, long matrix0, long matrix1);
    void (*matmul_backward)(const MatMul&, long matrix0, long matrix1);
    // Each row's sum, in the written order.
    void (*sum_rows)(const Real* x, long stride, long n, Real* sums, long row0, long row1);
    // Row numbers of positions [start, start + count).
    void (*order_rows)(const OrderRows&, int64_t start, long count, int64_t* to);
    void (*gather_rows)(const GatherRows&, const int64_t* rows, long row0, long row1);
    // Asks for `bytes` of each of `count` rows, into the second-level cache.
    void (*prefetch_rows)(const char* base, long row_bytes, long bytes, const int64_t* rows, long count);
    // Single functions over arrays whose length is a multiple of 16: for tests.
    void (*map)(Function function, Real alpha, const Real* x, Real* y, Real* slope, long n);
    void (*fused_multiply_add)(const Real* a, const Real* b, const Real* c, Real* out, long n);
    void (*logarithm)(const Real* x, Real* y, long n);
};

// A unit of the update is kUnitRows rows of one panel, or a panel's bias row.
constexpr long kUnitRows = 8;

inline constexpr long round_up(long x, long to) { return (x + to - 1) / to * to; }
inline constexpr long panels_of(long n, long panel) { return (n + panel - 1) / panel; }
inline constexpr long panel_width(long n, long panel, long tail, long index) {
    const long left = n - index * panel;
    return left >= panel ? panel : round_up(left, tail);
}
inline constexpr long units_per_panel(long k) { return (k + kUnitRows - 1) / kUnitRows + 1; }
inline constexpr long update_units(long k, long n, long panel) { return panels_of(n, panel) * units_per_panel(k); }

// Does the activation's derivative follow from its value? Otherwise forward stores it.
inline constexpr bool slope_from_value(Function f, Real alpha) {
    switch (f) {
        case Function::gelu:
        case Function::gelu_tanh:
        case Function::silu:
        case Function::softplus:
        case Function::mish:
        case Function::hard_silu:
        case Function::log_sigmoid: return false;
        case Function::leaky_relu: return alpha > 0;
        case Function::elu: return alpha >= 0;
        default: return true;
    }
}

}  // namespace denim::DENIM_PRECISION
