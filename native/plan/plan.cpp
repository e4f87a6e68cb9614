#include "plan/plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "plan/measures.hpp"

namespace denim {

namespace {

// Sizes first, memory after: reserve() everything, then allocate() once.
class Arena {
   public:
    void reserve(float** pointer, long floats) {
        wanted_.push_back({pointer, size_});
        size_ += round_up(std::max(floats, 1L), 16) + 16;  // a gap, so that buffers do not share sets of the cache
    }
    std::unique_ptr<float[], void (*)(void*)> allocate(int poison) {
        const size_t bytes = round_up(size_ * static_cast<long>(sizeof(float)), 64);
        auto* memory = static_cast<float*>(std::aligned_alloc(64, std::max<size_t>(bytes, 64)));
        if (!memory) throw std::bad_alloc();
        std::memset(memory, poison, bytes);
        for (const auto& [pointer, at] : wanted_) *pointer = memory + at;
        return {memory, std::free};
    }
    size_t bytes() const { return static_cast<size_t>(size_) * sizeof(float); }

   private:
    std::vector<std::pair<float**, long>> wanted_;
    long size_ = 0;
};

bool elementwise(const NodeSpec& node) {
    return node.kind == NodeKind::activation && node.function != Function::softmax;
}

}  // namespace

// Decides, in order: who reads whom, what fuses and what is an alias, where everything lies, and the operations.
class Plan::Builder {
   public:
    explicit Builder(Plan& plan) : plan_(plan), nodes_(plan.program_.nodes), count_(nodes_.size()) {}

    void build(int poison) {
        count_readers();
        find_gradients();
        lay_out();
        plan_.arena_ = arena_.allocate(poison);
        plan_.bytes_ = arena_.bytes();
        resolve_aliases();
        for (size_t i = 0; i < count_; ++i) add_forward(i);
        for (size_t h = 0; h < plan_.program_.heads.size(); ++h) add_head(h);
        if (training())
            for (size_t i = count_; i-- > 0;) add_backward(i);
    }

   private:
    bool training() const { return plan_.purpose_ == Purpose::train; }

    void count_readers() {
        readers_.assign(count_, 0);
        node_readers_.assign(count_, {});
        for (size_t i = 0; i < count_; ++i)
            if (nodes_[i].input >= 0) {
                ++readers_[nodes_[i].input];
                node_readers_[nodes_[i].input].push_back(static_cast<int>(i));
            }
        losses_of_.assign(count_, 0);
        shown_.assign(count_, false);
        for (const int output : plan_.program_.outputs) shown_[output] = true;
        for (const HeadSpec& head : plan_.program_.heads) {
            shown_[head.output] = true;
            if (head.loss) {
                ++readers_[head.output];
                ++losses_of_[head.output];
            }
        }
    }

    // A tensor needs a gradient when a trainable block lies upstream.
    void find_gradients() {
        needs_gradient_.assign(count_, false);
        for (size_t i = 0; i < count_; ++i) {
            const NodeSpec& node = nodes_[i];
            bool needs = node.input >= 0 && needs_gradient_[node.input];
            if (node.kind == NodeKind::dense) needs = needs || plan_.program_.blocks[node.block].trainable();
            needs_gradient_[i] = training() && needs;
        }
    }

    // The dense node whose result activation i may write itself, or -1.
    int fused_dense(size_t i) const {
        if (nodes_[i].kind != NodeKind::activation) return -1;
        const int source = nodes_[i].input;
        const bool alone = readers_[source] == 1 && !shown_[source] && nodes_[source].kind == NodeKind::dense;
        return alone ? source : -1;
    }

    // A dense node that writes into its activation's memory.
    bool absorbed(size_t i) const {
        return node_readers_[i].size() == 1 && fused_dense(node_readers_[i][0]) == static_cast<int>(i);
    }

    bool keeps_slope(size_t i) const {
        const NodeSpec& node = nodes_[i];
        if (!training() || !needs_gradient_[i]) return false;
        if (node.kind == NodeKind::dropout) return true;
        return elementwise(node) && !slope_from_value(node.function, node.alpha);
    }

    // Which node's memory node i uses: its own, or another's.
    int home(size_t i) const {
        const NodeSpec& node = nodes_[i];
        if (node.kind == NodeKind::reshape && node.rows == 1 && flat(node.input)) return node.input;
        if (node.kind == NodeKind::dropout && !training()) return node.input;
        return static_cast<int>(i);
    }

    // A vector a sample; inputs are gathered so whatever their shape, and shaped afterwards.
    bool flat(int i) const { return nodes_[i].rows == 1 || nodes_[i].kind == NodeKind::input; }

    // An input whose rows somebody reads as rows.
    bool shaped(size_t i) const {
        if (nodes_[i].kind != NodeKind::input || nodes_[i].rows == 1) return false;
        return shown_[i] || std::any_of(node_readers_[i].begin(), node_readers_[i].end(),
                                        [&](int r) { return nodes_[r].kind != NodeKind::reshape; });
    }

    static long stride_of(long columns) {
        const long stride = round_up(columns, kRowGranule);
        return stride % 1024 == 0 ? stride + kRowGranule : stride;  // rows a power of two apart fight for cache sets
    }

    void lay_out() {
        plan_.tensors_.resize(count_);
        flat_.resize(count_);
        for (size_t i = 0; i < count_; ++i) {
            const NodeSpec& node = nodes_[i];
            Tensor& t = plan_.tensors_[i];
            t.rows_per_sample = node.rows;
            t.columns = node.columns;
            t.stride = stride_of(node.columns);
            const long size = plan_.batch_ * node.rows * t.stride;
            if (node.kind == NodeKind::input && node.rows > 1) {
                flat_[i].rows_per_sample = 1;
                flat_[i].columns = node.rows * node.columns;
                flat_[i].stride = stride_of(flat_[i].columns);
                arena_.reserve(&flat_[i].value, plan_.batch_ * flat_[i].stride);
                if (shaped(i)) arena_.reserve(&t.value, size);
                continue;
            }
            if (home(i) != static_cast<int>(i) || absorbed(i)) continue;
            arena_.reserve(&t.value, size);
            if (keeps_slope(i)) arena_.reserve(&t.slope, size);
            if (needs_gradient_[i]) arena_.reserve(&t.gradient, size);
        }
        std::vector<bool> wants_transposed(plan_.program_.blocks.size(), false);
        std::vector<int> uses(plan_.program_.blocks.size(), 0);
        for (size_t i = 0; i < count_; ++i) {
            if (nodes_[i].kind != NodeKind::dense) continue;
            ++uses[nodes_[i].block];
            if (training() && needs_gradient_[nodes_[i].input]) wants_transposed[nodes_[i].block] = true;
        }
        plan_.blocks_.resize(plan_.program_.blocks.size());
        for (size_t b = 0; b < plan_.blocks_.size(); ++b) {
            const BlockSpec& spec = plan_.program_.blocks[b];
            Block& block = plan_.blocks_[b];
            const long size = packed_size(spec.k + 1, spec.n, plan_.table_);
            arena_.reserve(&block.packed, size);
            if (wants_transposed[b]) arena_.reserve(&block.transposed, packed_size(spec.n, spec.k, plan_.table_));
            if (!training() || !spec.trainable()) continue;
            block.slots.resize(plan_.program_.optimizer.slots);
            for (float*& slot : block.slots) arena_.reserve(&slot, size);
            if (!plan_.fuse_ || uses[b] > 1) arena_.reserve(&block.gradient, size);
        }
        plan_.heads_.resize(plan_.program_.heads.size());
        head_targets_.resize(plan_.heads_.size());
        for (size_t h = 0; h < plan_.heads_.size(); ++h) {
            const HeadSpec& spec = plan_.program_.heads[h];
            const NodeSpec& node = nodes_[spec.output];
            const long rows = plan_.batch_ * node.rows;
            HeadPlan& head = plan_.heads_[h];
            head.metrics.resize(spec.metrics.size());
            arena_.reserve(&head.weights, plan_.batch_);
            arena_.reserve(&head.loss.values, rows);
            head.loss.rows_per_sample = node.rows;
            for (Measure& metric : head.metrics) {
                arena_.reserve(&metric.values, rows);
                metric.rows_per_sample = node.rows;
            }
            arena_.reserve(&head_targets_[h], spec.labels ? rows : rows * stride_of(node.columns));
        }
    }

    void resolve_aliases() {
        for (size_t i = 0; i < count_; ++i) {
            const int from = home(i);
            if (from != static_cast<int>(i)) {
                const Tensor& source =
                    nodes_[i].kind == NodeKind::reshape && flat_[from].value ? flat_[from] : plan_.tensors_[from];
                Tensor& t = plan_.tensors_[i];
                const long rows = t.rows_per_sample, columns = t.columns;
                t = source;
                t.rows_per_sample = rows;
                t.columns = columns;
            }
        }
        // A dense layer with a fused activation writes where the activation's values lie.
        for (size_t i = 0; i < count_; ++i)
            if (const int dense = fused_dense(i); dense >= 0) {
                const Tensor& t = plan_.tensors_[i];
                plan_.tensors_[dense].value = t.value;
                if (t.gradient) plan_.tensors_[dense].gradient = t.gradient;
            }
        written_.clear();
        slope_applied_.assign(count_, false);
    }

    void add_forward(size_t i) {
        const NodeSpec& node = nodes_[i];
        const Tensor t = plan_.tensors_[i];
        const KernelTable& table = plan_.table_;
        auto& operations = plan_.forward_;
        if (node.kind == NodeKind::input) return add_gather(i);
        const Tensor source = plan_.tensors_[node.input];
        const long r = t.rows_per_sample;
        switch (node.kind) {
            case NodeKind::dense: {
                const BlockSpec& spec = plan_.program_.blocks[node.block];
                plan_.work_ += 2.0 * static_cast<double>(r * spec.k * spec.n) * (training() ? 3 : 1);
                DenseForward d{};
                d.x = source.value;
                d.x_stride = source.stride;
                d.block = plan_.blocks_[node.block].packed;
                d.k = spec.k;
                d.n = spec.n;
                d.y = t.value;
                d.y_stride = t.stride;
                if (const NodeSpec& reader = nodes_[absorbed(i) ? node_readers_[i][0] : i]; elementwise(reader)) {
                    d.function = reader.function;
                    d.alpha = reader.alpha;
                    d.slope = plan_.tensors_[node_readers_[i][0]].slope;
                }
                operations.push_back(
                    [d, r, &table](const Step&, long s0, long s1) { table.dense_forward(d, s0 * r, s1 * r); });
                if (training() && plan_.program_.blocks[node.block].trainable())
                    plan_.blocks_[node.block].uses.push_back({source.value, source.stride, t.gradient, t.stride, r});
                break;
            }
            case NodeKind::activation: {
                if (fused_dense(i) >= 0 && elementwise(node)) break;
                const ActivationForward a{node.function, node.alpha, source.value, source.stride, t.value,
                                          t.stride,      t.slope,    t.stride,     t.columns};
                operations.push_back(
                    [a, r, &table](const Step&, long s0, long s1) { table.activation_forward(a, s0 * r, s1 * r); });
                break;
            }
            case NodeKind::dropout: {
                if (!training()) break;
                DropoutRows d{};
                d.site = node.site;
                d.threshold = node.threshold;
                d.scale = static_cast<float>(1.0 / (1.0 - node.rate));
                d.x = source.value;
                d.x_stride = source.stride;
                d.y = t.value;
                d.stride = t.stride;
                d.slope = t.slope ? t.slope : t.value;
                d.slope_stride = t.stride;
                d.n = t.columns;
                const auto seed = node.seed;
                operations.push_back([d, r, seed, &table](const Step& step, long s0, long s1) {
                    DropoutRows now = d;
                    now.key = seed ? *seed : step.key;
                    now.step = step.number;
                    table.dropout_rows(now, s0 * r, s1 * r);
                });
                break;
            }
            case NodeKind::reshape: {
                if (home(i) != static_cast<int>(i)) break;
                const Tensor from = flat_[node.input].value ? flat_[node.input] : source;
                operations.push_back([from, t](const Step&, long s0, long s1) {
                    copy_elements(from, from.value, t, t.value, s0, s1, false);
                });
                break;
            }
            case NodeKind::input: break;
        }
    }

    void add_gather(size_t i) {
        const auto position = static_cast<size_t>(
            std::count_if(nodes_.begin(), nodes_.begin() + static_cast<long>(i),
                          [](const NodeSpec& n) { return n.kind == NodeKind::input; }));
        const Tensor t = plan_.tensors_[i];
        const Tensor to = flat_[i].value ? flat_[i] : t;
        const KernelTable& table = plan_.table_;
        plan_.gather_.push_back([to, position, &table](const Step& step, long s0, long s1) {
            const Column& column = step.feed->inputs[position];
            const GatherRows g{column.base, column.row_bytes, column.element, to.columns, to.value, to.stride};
            table.gather_rows(g, step.rows, s0, s1);
        });
        if (shaped(i))
            plan_.gather_.push_back([to, t](const Step&, long s0, long s1) {
                copy_elements(to, to.value, t, t.value, s0, s1, false);
            });
    }

    // The same elements of each sample, in order, from one shape of rows to another.
    static void copy_elements(const Tensor& from, const float* source, const Tensor& to, float* target, long s0,
                              long s1, bool accumulate) {
        const long size = from.rows_per_sample * from.columns;
        for (long s = s0; s < s1; ++s)
            for (long e = 0; e < size; ++e) {
                const long a = (s * from.rows_per_sample + e / from.columns) * from.stride + e % from.columns;
                const long b = (s * to.rows_per_sample + e / to.columns) * to.stride + e % to.columns;
                target[b] = accumulate ? target[b] + source[a] : source[a];
            }
        if (accumulate) return;
        for (long row = s0 * to.rows_per_sample; row < s1 * to.rows_per_sample; ++row)
            for (long j = to.columns; j < to.stride; ++j) target[row * to.stride + j] = 0;
    }

    // Does the loss's gradient skip the activation, because nothing else reads it?
    bool fuses_loss(const HeadSpec& head) const {
        const NodeSpec& node = nodes_[head.output];
        if (!training() || !head.loss || head.loss->from_logits || node.kind != NodeKind::activation) return false;
        if (readers_[head.output] != 1 || losses_of_[head.output] != 1) return false;
        const LossKind kind = head.loss->kind;
        if (node.function == Function::softmax)
            return kind == LossKind::sparse_categorical_crossentropy || kind == LossKind::categorical_crossentropy;
        return node.function == Function::sigmoid && kind == LossKind::binary_crossentropy;
    }

    void add_head(size_t h) {
        const HeadSpec& spec = plan_.program_.heads[h];
        HeadPlan& head = plan_.heads_[h];
        const NodeSpec& node = nodes_[spec.output];
        const Tensor t = plan_.tensors_[spec.output];
        const KernelTable& table = plan_.table_;
        const long r = t.rows_per_sample;
        const long target_stride = stride_of(node.columns);
        float* const target = head_targets_[h];
        auto* const labels = reinterpret_cast<int32_t*>(target);
        plan_.gather_.push_back(gather_targets(h, spec.labels, r, node.columns, target_stride, target, &table));
        plan_.gather_.push_back([h, weights = head.weights](const Step& step, long s0, long s1) {
            gather_weights(step, h, weights, s0, s1);
        });

        LossRows l{};
        l.p = t.value;
        l.p_stride = t.stride;
        l.n = node.columns;
        l.labels = spec.labels ? labels : nullptr;
        l.target = spec.labels ? nullptr : target;
        l.target_stride = target_stride;
        l.weights = head.weights;
        l.rows_per_sample = r;
        if (spec.loss) {
            const LossSpec loss = *spec.loss;
            l.kind = loss.kind;
            l.from_logits = loss.from_logits;
            l.smoothing = loss.smoothing;
            l.values = head.loss.values;
            if (training() && needs_gradient_[spec.output]) {
                l.fused_activation = fuses_loss(spec);
                const int to = l.fused_activation ? node.input : spec.output;
                if (needs_gradient_[to]) {
                    const Tensor& g = plan_.tensors_[to];
                    l.gradient = g.gradient;
                    l.gradient_stride = g.stride;
                    l.accumulate = !first_write(g.gradient);
                }
                if (l.fused_activation) slope_applied_[spec.output] = true;
            }
            plan_.losses_.push_back([l, loss, r, h, &table](const Step& step, long s0, long s1) {
                LossRows now = l;
                now.scale = gradient_scale(loss, step, h, r);
                table.loss_rows(now, s0 * r, s1 * r);
            });
        }
        for (size_t m = 0; m < spec.metrics.size(); ++m)
            plan_.metrics_.push_back(measure(spec.metrics[m], l, head.metrics[m].values, r, &table));
    }

    bool first_write(float* gradient) {
        const bool first = !written_[gradient];
        written_[gradient] = true;
        return first;
    }

    void add_backward(size_t i) {
        const NodeSpec& node = nodes_[i];
        const Tensor t = plan_.tensors_[i];
        if (node.kind == NodeKind::input || !needs_gradient_[i]) return;
        const KernelTable& table = plan_.table_;
        const Tensor source = plan_.tensors_[node.input];
        const long r = t.rows_per_sample;
        if (!written_[t.gradient]) {  // no loss depends on it
            if (node.kind == NodeKind::dense && plan_.program_.blocks[node.block].trainable())
                plan_.backward_.push_back([t, r](const Step&, long s0, long s1) {
                    std::fill(t.gradient + s0 * r * t.stride, t.gradient + s1 * r * t.stride, 0.0f);
                });
            return;
        }
        const bool onward = needs_gradient_[node.input];
        switch (node.kind) {
            case NodeKind::dense: {
                if (!onward) break;
                const BlockSpec& spec = plan_.program_.blocks[node.block];
                DenseBackward d{};
                d.dy = t.gradient;
                d.dy_stride = t.stride;
                d.transposed = plan_.blocks_[node.block].transposed;
                d.k = spec.k;
                d.n = spec.n;
                d.dx = source.gradient;
                d.dx_stride = source.stride;
                d.accumulate = !first_write(source.gradient);
                const NodeSpec& before = nodes_[node.input];
                if (elementwise(before) && fused_dense(node.input) >= 0 && readers_[node.input] == 1) {
                    d.function = before.function;
                    d.alpha = before.alpha;
                    d.y = source.value;
                    d.slope = source.slope;
                    d.y_stride = source.stride;
                    slope_applied_[node.input] = true;
                }
                plan_.backward_.push_back(
                    [d, r, &table](const Step&, long s0, long s1) { table.dense_backward(d, s0 * r, s1 * r); });
                break;
            }
            case NodeKind::activation:
            case NodeKind::dropout: {
                if (!onward || slope_applied_[i] || home(i) != static_cast<int>(i)) break;
                const bool in_place = source.gradient == t.gradient;
                ActivationBackward a{};
                a.function = node.kind == NodeKind::dropout ? Function::linear : node.function;
                a.alpha = node.alpha;
                a.dy = t.gradient;
                a.dy_stride = t.stride;
                a.y = t.value;
                a.y_stride = t.stride;
                a.slope = t.slope;
                a.slope_stride = t.stride;
                a.dx = source.gradient;
                a.dx_stride = source.stride;
                a.accumulate = !in_place && !first_write(source.gradient);
                a.n = t.columns;
                plan_.backward_.push_back(
                    [a, r, &table](const Step&, long s0, long s1) { table.activation_backward(a, s0 * r, s1 * r); });
                break;
            }
            case NodeKind::reshape: {
                if (!onward || source.gradient == t.gradient) break;
                const bool accumulate = !first_write(source.gradient);
                plan_.backward_.push_back([source, t, accumulate](const Step&, long s0, long s1) {
                    copy_elements(t, t.gradient, source, source.gradient, s0, s1, accumulate);
                });
                break;
            }
            case NodeKind::input: break;
        }
    }

    Plan& plan_;
    const std::vector<NodeSpec>& nodes_;
    const size_t count_;
    Arena arena_;
    std::vector<int> readers_, losses_of_;
    std::vector<std::vector<int>> node_readers_;
    std::vector<bool> shown_, needs_gradient_, slope_applied_;
    std::vector<Tensor> flat_;
    std::vector<float*> head_targets_;
    std::map<float*, bool> written_;
};

Plan::Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, bool fuse, int poison)
    : program_(program), table_(table), purpose_(purpose), batch_(batch), fuse_(fuse), arena_(nullptr, std::free) {
    Builder(*this).build(poison);
}

void Plan::load(const StateSpec& state) {
    for (size_t b = 0; b < blocks_.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        Block& block = blocks_[b];
        pack(spec, table_, state.parameters, block.packed);
        if (block.transposed) pack_transposed(spec, table_, state.parameters, block.transposed);
        for (size_t s = 0; s < block.slots.size(); ++s) pack(spec, table_, state.slots[s], block.slots[s]);
    }
}

void Plan::save(StateSpec& state) const {
    for (size_t b = 0; b < blocks_.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        if (!spec.trainable()) continue;
        unpack(spec, table_, blocks_[b].packed, state.parameters);
        for (size_t s = 0; s < blocks_[b].slots.size(); ++s) unpack(spec, table_, blocks_[b].slots[s], state.slots[s]);
    }
}

namespace {

// x^n by squaring: the same bits everywhere, which the C library's pow does not promise.
double power(double x, int64_t n) {
    double result = 1;
    for (; n > 0; n >>= 1, x *= x)
        if (n & 1) result *= x;
    return result;
}

}  // namespace

void Plan::prepare_update(float learning_rate, int64_t number) {
    const OptimizerSpec& o = program_.optimizer;
    update_.rule = o.rule;
    update_.learning_rate = learning_rate;
    update_.momentum = o.momentum;
    update_.rho = o.rho;
    update_.epsilon = o.epsilon;
    update_.centered = o.centered;
    update_.amsgrad = o.amsgrad;
    if (o.rule == Rule::adam) {
        const int64_t t = number + 1;
        update_.alpha = static_cast<float>(static_cast<double>(learning_rate) *
                                           std::sqrt(1.0 - power(o.beta_2, t)) / (1.0 - power(o.beta_1, t)));
        update_.one_minus_beta_1 = static_cast<float>(1.0 - o.beta_1);
        update_.one_minus_beta_2 = static_cast<float>(1.0 - o.beta_2);
    }
}

bool Plan::looks_across_rows() const {
    return std::any_of(program_.heads.begin(), program_.heads.end(), [](const HeadSpec& head) {
        return head.loss && head.loss->reduction == Reduction::mean_with_sample_weight;
    });
}

void Plan::row_phase(const Step& step, long s0, long s1, bool with_loss, bool with_backward) const {
    for (const Operation& run : gather_) run(step, s0, s1);
    for (const Operation& run : forward_) run(step, s0, s1);
    if (with_loss) {
        for (const Operation& run : losses_) run(step, s0, s1);
        for (const Operation& run : metrics_) run(step, s0, s1);
    }
    if (with_backward)
        for (const Operation& run : backward_) run(step, s0, s1);
}

DenseUpdate Plan::update_arguments(int b, const Use& use, long samples) const {
    const BlockSpec& spec = program_.blocks[b];
    const Block& block = blocks_[b];
    DenseUpdate d{};
    d.x = use.x;
    d.x_stride = use.x_stride;
    d.dy = use.dy;
    d.dy_stride = use.dy_stride;
    d.rows = samples * use.rows_per_sample;
    d.k = spec.k;
    d.n = spec.n;
    d.block = block.packed;
    d.transposed = block.transposed;
    for (size_t s = 0; s < 3; ++s) d.slots[s] = s < block.slots.size() ? block.slots[s] : block.packed;
    d.gradient = block.gradient;
    d.train_kernel = spec.train_kernel;
    d.train_bias = spec.train_bias;
    d.update = &update_;
    return d;
}

// Units weigh what their columns weigh, and a little for being a unit: a narrow panel's tiles fill the pipes less well.
void Plan::share_units(int threads) {
    for (size_t b = 0; b < blocks_.size(); ++b) {
        const long k = program_.blocks[b].k, n = program_.blocks[b].n;
        const long per_panel = units_per_panel(k), units = update_units(k, n, table_.panel);
        const auto weight = [&](long panel) { return panel_width(n, table_.panel, table_.lanes, panel) + table_.lanes / 2; };
        long total = 0;
        for (long p = 0; p < panels_of(n, table_.panel); ++p) total += per_panel * weight(p);
        std::vector<long>& bounds = blocks_[b].bounds;
        bounds.assign(static_cast<size_t>(threads) + 1, units);
        bounds[0] = 0;
        long passed = 0, thread = 1;
        for (long unit = 0; unit < units && thread < threads; ++unit) {
            passed += weight(unit / per_panel);
            while (thread < threads && passed * threads >= total * thread) bounds[static_cast<size_t>(thread++)] = unit + 1;
        }
    }
}

void Plan::parameter_phase(const Step& step, int thread) const {
    for (size_t b = 0; b < blocks_.size(); ++b) {
        const Block& block = blocks_[b];
        if (block.uses.empty()) continue;
        const long u0 = block.bounds[thread], u1 = block.bounds[thread + 1];
        for (size_t i = 0; i < block.uses.size(); ++i) {
            DenseUpdate d = update_arguments(static_cast<int>(b), block.uses[i], step.samples);
            d.accumulate = i > 0;
            table_.dense_update(d, u0, u1);
            if (block.gradient && i + 1 == block.uses.size()) table_.apply_update(d, u0, u1);
        }
    }
}

void Plan::add_totals(long first, long samples, double* sums, double* counts) const {
    const size_t heads = heads_.size();
    size_t at = heads > 1 ? 1 + heads : 1;
    double total = 0;
    for (size_t h = 0; h < heads; ++h) {
        const HeadSpec& spec = program_.heads[h];
        const HeadPlan& head = heads_[h];
        if (spec.loss) {
            const long r = head.loss.rows_per_sample;
            double sum = 0, weight = 0;
            for (long s = first; s < first + samples; ++s) {
                const double w = head.weights[s];
                for (long i = s * r; i < (s + 1) * r; ++i) sum += w * static_cast<double>(head.loss.values[i]);
                weight += w * static_cast<double>(r);
            }
            if (spec.loss->reduction == Reduction::sum_over_batch_size)
                sum /= static_cast<double>(samples * r);
            else if (spec.loss->reduction == Reduction::mean_with_sample_weight)
                sum = weight != 0 ? sum / weight : 0;
            total += static_cast<double>(spec.loss->weight) * sum;
            if (heads > 1) {
                sums[1 + h] += sum * static_cast<double>(samples);
                counts[1 + h] += static_cast<double>(samples);
            }
        }
        for (size_t m = 0; m < head.metrics.size(); ++m, ++at) {
            const long r = head.metrics[m].rows_per_sample;
            for (long s = first; s < first + samples; ++s) {
                const double w = spec.metrics[m].weighted ? head.weights[s] : 1.0;
                for (long i = s * r; i < (s + 1) * r; ++i)
                    sums[at] += w * static_cast<double>(head.metrics[m].values[i]);
                counts[at] += w * static_cast<double>(r);
            }
        }
    }
    sums[0] += total * static_cast<double>(samples);
    counts[0] += static_cast<double>(samples);
}

void Plan::copy_output(int output, long s0, long s1, float* to) const {
    const Tensor& t = tensors_[program_.outputs[output]];
    for (long row = s0 * t.rows_per_sample; row < s1 * t.rows_per_sample; ++row)
        std::memcpy(to + (row - s0 * t.rows_per_sample) * t.columns, t.value + row * t.stride,
                    static_cast<size_t>(t.columns) * sizeof(float));
}

}  // namespace denim
