#include "plan/builder.hpp"

#include <algorithm>

#include "plan/measures.hpp"

namespace denim::DENIM_PRECISION {

namespace {

// Is every number scaled alike?
bool uniform(const NodeSpec& affine) {
    return affine.shift.size() == 1 && affine.scale.size() == 1 && affine.offset.size() == 1;
}

// What dropout multiplies the elements by that it keeps.
Real scale_of(const NodeSpec& node) {
    return node.kind == NodeKind::dropout ? static_cast<Real>(1.0 / (1.0 - node.rate)) : 1;
}

long stride_of(long columns) {
    const long stride = round_up(columns, kRowGranule);
    return stride % 1024 == 0 ? stride + kRowGranule : stride;  // rows a power of two apart fight for cache sets
}

// The same elements of each sample, in order, from one shape of rows to another.
void copy_elements(const Tensor& from, const Real* source, const Tensor& to, Real* target, long s0, long s1,
                   bool accumulate) {
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

}  // namespace

Builder::Builder(Plan& plan, const KernelTable& table, long batch, const Options& options)
    : plan_(plan), table_(table), batch_(batch), options_(options), nodes_(plan.program_.nodes), count_(nodes_.size()),
      graph_(plan.program_, training(), options.fuse) {}

void Builder::build() {
    lay_out();
    plan_.arena_ = arena_.allocate(options_.poison);
    resolve_aliases();
    for (size_t i = 0; i < count_; ++i) {
        begin(i);
        add_forward(i);
    }
    shared_ = false;
    for (size_t h = 0; h < plan_.heads_.size(); ++h) add_head(h);
    for (size_t a = 0; a < plan_.added_.size(); ++a) add_addend(a);
    if (!training()) return;
    for (size_t i = count_; i-- > 0;) {
        begin(i);
        add_backward(i);
    }
}

void Builder::lay_out() {
    plan_.tensors_.resize(count_);
    flat_.resize(count_);
    affine_.resize(count_);
    normalize_.resize(count_);
    const size_t blocks = plan_.program_.blocks.size();
    std::vector<int> uses(blocks, 0);
    long rows = batch_;
    std::vector<bool> transposed(blocks, false), in_formulas(blocks, false);
    for (size_t i = 0; i < count_; ++i) {
        lay_out_tensor(i);
        lay_out_constants(i);
        if (nodes_[i].block < 0) continue;
        const auto block = static_cast<size_t>(nodes_[i].block);
        if (nodes_[i].kind == NodeKind::weight) {
            in_formulas[block] = true;
            continue;
        }
        ++uses[block];
        rows = std::max(rows, batch_ * nodes_[i].rows);
        if (graph_.needs_gradient(static_cast<size_t>(nodes_[i].input))) transposed[block] = true;
    }
    plan_.parameters.reserve(arena_, rows, uses, transposed, in_formulas);
    plan_.heads_.resize(plan_.program_.heads.size());
    for (size_t h = 0; h < plan_.heads_.size(); ++h) {
        const HeadSpec& spec = plan_.program_.heads[h];
        const NodeSpec& output = nodes_[static_cast<size_t>(spec.output)];
        HeadPlan& head = plan_.heads_[h];
        head.rows_per_sample = output.rows;
        const bool traced = spec.loss && spec.loss->values >= 0;
        head.loss_rows = traced ? nodes_[static_cast<size_t>(spec.loss->values)].rows : output.rows;
        const long rows = batch_ * output.rows;
        if (spec.compared) arena_.reserve(&head.target, spec.labels ? rows : rows * stride_of(output.columns));
        arena_.reserve(&head.weights, batch_);
        arena_.reserve(&head.counted, batch_);
        arena_.reserve(&head.valid, 1);
        arena_.reserve(&head.losses, batch_ * head.loss_rows);
        head.metrics.resize(spec.metrics.size());
        for (size_t m = 0; m < head.metrics.size(); ++m) {
            const int values = spec.metrics[m].values;
            head.rows.push_back(values < 0 ? output.rows : nodes_[static_cast<size_t>(values)].rows);
            head.widths.push_back(values < 0 ? 1 : nodes_[static_cast<size_t>(values)].columns);
            arena_.reserve(&head.metrics[m], batch_ * head.rows[m] * head.widths[m]);
        }
        if (!head.widths.empty()) arena_.reserve(&head.sums, *std::max_element(head.widths.begin(), head.widths.end()));
    }
    for (const int node : plan_.program_.added) {
        const NodeSpec& n = nodes_[static_cast<size_t>(node)];
        plan_.added_.push_back({n.shared, n.rows, nullptr});
    }
    for (size_t a = 0; a < plan_.added_.size(); ++a)
        arena_.reserve(&plan_.added_[a].sums, samples_of(static_cast<size_t>(plan_.program_.added[a])) * plan_.added_[a].rows_per_sample);
}

void Builder::lay_out_tensor(size_t i) {
    const NodeSpec& n = nodes_[i];
    Tensor& t = tensor(i);
    t.rows_per_sample = n.rows;
    t.columns = n.columns;
    t.stride = stride_of(n.columns);
    plan_.widest_ = std::max(plan_.widest_, n.rows * t.stride);
    const long samples = samples_of(i), size = samples * n.rows * t.stride;
    if (fed(n) && n.rows > 1) {
        flat_[i].columns = n.rows * n.columns;
        flat_[i].stride = stride_of(flat_[i].columns);
        arena_.reserve(&flat_[i].value, batch_ * flat_[i].stride);
        arena_.reserve(&flat_[i].rows, batch_);
        if (graph_.shaped(i)) {
            arena_.reserve(&t.value, size);
            arena_.reserve(&t.rows, batch_ * n.rows);
        }
        return;
    }
    if (graph_.home(i) != static_cast<int>(i) || graph_.absorbed(i)) return;
    arena_.reserve(&t.value, size);
    arena_.reserve(&t.rows, samples * n.rows);
    if (graph_.keeps_slope(i)) arena_.reserve(&t.slope, size);
    if (graph_.needs_gradient(i)) arena_.reserve(&t.gradient, size);
}

void Builder::lay_out_constants(size_t i) {
    const NodeSpec& n = nodes_[i];
    const long columns = round_up(n.columns, kRowGranule);
    if (n.kind == NodeKind::affine) {
        Affine& a = affine_[i];
        const long numbers = graph_.scaled_in_gather(i) && !uniform(n) ? round_up(n.rows * n.columns, kRowGranule) : columns;
        arena_.reserve(&a.shift, numbers);
        arena_.reserve(&a.scale, numbers);
        arena_.reserve(&a.offset, numbers);
    } else if (n.kind == NodeKind::batch_norm && training() && !n.frozen) {
        arena_.reserve(&normalize_[i].mean, columns);
        arena_.reserve(&normalize_[i].variance, columns);
        arena_.reserve(&normalize_[i].inverse, columns);
        arena_.reserve(&normalize_[i].mean_gamma, columns);
        arena_.reserve(&normalize_[i].mean_beta, columns);
    } else if (n.kind == NodeKind::layer_norm) {
        arena_.reserve(&normalize_[i].mean, batch_ * n.rows);
        arena_.reserve(&normalize_[i].inverse, batch_ * n.rows);
    }
}

void Builder::resolve_aliases() {
    for (std::vector<Tensor>* tensors : {&plan_.tensors_, &flat_})
        for (size_t i = 0; i < count_; ++i) {
            const Tensor& t = (*tensors)[i];
            for (long row = 0; t.rows && row < samples_of(i) * t.rows_per_sample; ++row) t.rows[row] = t.value + row * t.stride;
        }
    for (size_t i = 0; i < count_; ++i) {
        const auto from = static_cast<size_t>(graph_.home(i));
        if (from == i) continue;
        Tensor& t = tensor(i);
        const long rows = t.rows_per_sample, columns = t.columns;
        t = nodes_[i].kind == NodeKind::reshape && flat_[from].value ? flat_[from] : tensor(from);
        if (graph_.scaled_in_gather(i)) flat_[i] = flat_[from];
        t.rows_per_sample = rows;
        t.columns = columns;
    }
    for (size_t i = 0; i < count_; ++i)
        if (const int source = graph_.sharing_source(i); source >= 0) {
            tensor(static_cast<size_t>(source)).value = tensor(i).value;
            tensor(static_cast<size_t>(source)).gradient = tensor(i).gradient;
            tensor(static_cast<size_t>(source)).rows = tensor(i).rows;
        }
    slope_applied_.assign(count_, false);
}

void Builder::by_samples(std::vector<Operation>& to, std::function<void(const Step&, long, long)> run) {
    if (!shared_) return to.push_back({std::move(run), 0, nullptr});
    // Of a tensor that all samples share: by itself before each step or, with the batch and of its gradient, by one thread.
    if (&to == &plan_.forward_ && !of_batch_) return plan_.shared_.push_back([run = std::move(run)] { run(Step{}, 0, 1); });
    to.push_back({[run = std::move(run)](const Step& step, long c0, long c1) {
                      if (c0 < c1) run(step, 0, 1);
                  },
                  1, nullptr});
}

// Products of rows x inner . inner x columns. Where the weights are more than the rows, the columns are split: each core
// then keeps the weights that it updates. Otherwise, and where nothing is updated, samples are.
void Builder::by_tiles(std::vector<Operation>& to, long rows_per_sample, long inner, long columns,
                       std::function<void(const Step&, const Tiles&)> run) {
    const auto weights = static_cast<double>(inner * columns), results = static_cast<double>(batch_ * rows_per_sample * columns);
    const bool split = training() && weights > results + options_.meeting;
    const long panels = panels_of(columns, table_.panel);
    if (shared_ && !split)
        return by_samples(to, [run = std::move(run), panels](const Step& step, long s0, long s1) { run(step, {s0, s1, 0, panels}); });
    to.push_back({nullptr, split ? columns : 0, std::move(run), panels,
                  2.0 * static_cast<double>(rows_per_sample * inner * table_.panel)});
}

void Builder::add_forward(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i);
    const long r = t.rows_per_sample;
    switch (n.kind) {
        case NodeKind::input:
        case NodeKind::target: return add_gather(i);
        case NodeKind::constant: return add_constant(i);
        case NodeKind::weight: return add_weight(i);
        case NodeKind::concatenate:
        case NodeKind::rearrange: return add_copies(i);
        case NodeKind::elementwise: return add_elementwise(i);
        case NodeKind::reduce: return add_reduce(i);
        case NodeKind::batch_reduce: return add_batch_reduce(i);
        case NodeKind::matmul: return add_matmul(i);
        case NodeKind::embedding: return add_embedding(i);
        case NodeKind::noise: return add_noise(i);
        case NodeKind::dense: return add_dense(i);
        case NodeKind::dropout: return add_dropout(i);
        case NodeKind::affine: return add_affine(i);
        case NodeKind::batch_norm:
        case NodeKind::layer_norm: return add_normalization(i);
        case NodeKind::activation: {
            if (graph_.sharing_source(i) >= 0 && elementwise(n)) return;
            const Tensor source = tensor(static_cast<size_t>(n.input));
            const ActivationForward a{n.function, n.alpha, source.value, source.stride, t.value,
                                      t.stride,   t.slope, t.stride,     t.columns};
            return by_samples(plan_.forward_, [a, r, &table = table_](const Step&, long s0, long s1) {
                table.activation_forward(a, s0 * r, s1 * r);
            });
        }
        case NodeKind::reshape: {
            if (graph_.home(i) != static_cast<int>(i)) return;
            const auto source = static_cast<size_t>(n.input);
            const Tensor from = flat_[source].value ? flat_[source] : tensor(source);
            return by_samples(plan_.forward_, [from, t](const Step&, long s0, long s1) {
                copy_elements(from, from.value, t, t.value, s0, s1, false);
            });
        }
    }
}

void Builder::add_gather(size_t i) {
    const auto position = static_cast<size_t>(std::count_if(nodes_.begin(), nodes_.begin() + static_cast<long>(i),
                                                            [](const NodeSpec& n) { return n.kind == NodeKind::input; }));
    const Tensor t = tensor(i);
    const Tensor to = flat_[i].value ? flat_[i] : t;
    const bool in_place = graph_.scaled_by(i) < 0 && graph_.only_multiplied(i);
    GatherRows g{};
    g.n = to.columns;
    g.out = to.value;
    g.out_stride = to.stride;
    if (graph_.scaled_by(i) >= 0) {
        const auto scaling = static_cast<size_t>(graph_.scaled_by(i));
        g.shift = affine_[scaling].shift;
        g.scale = affine_[scaling].scale;
        g.offset = affine_[scaling].offset;
        g.constant_step = uniform(node(scaling)) ? 0 : 1;
    }
    const int head = node(i).head;
    by_samples(plan_.forward_, [g, to, position, head, in_place, &table = table_](const Step& step, long s0, long s1) {
        const auto& columns = head < 0 ? step.feed->inputs : step.feed->targets;
        const size_t at = head < 0 ? position : static_cast<size_t>(head);
        if (at >= columns.size()) return;  // predicting has no targets
        const Column& column = columns[at];
        if (in_place) {
            const bool readable = column.element == kOwnElement && column.row_bytes % static_cast<long>(sizeof(Real)) == 0 &&
                                  reinterpret_cast<uintptr_t>(column.base) % sizeof(Real) == 0;
            const char* const base = static_cast<const char*>(column.base);
            const long bytes = column.row_bytes;
            for (long s = s0; s < s1; ++s)
                to.rows[s] = readable ? reinterpret_cast<const Real*>(base + step.rows[s] * bytes) : to.value + s * to.stride;
            if (readable) return;
        }
        GatherRows now = g;
        now.base = column.base;
        now.row_bytes = column.row_bytes;
        now.element = column.element;
        table.gather_rows(now, step.rows, s0, s1);
    });
    if (node(i).whole) {
        const Elementwise cut{ElementFunction::trunc, to.columns, {to.value}, {to.stride}, {}, to.value, nullptr, to.stride};
        by_samples(plan_.forward_, [cut, &table = table_](const Step&, long s0, long s1) {
            table.elementwise_forward(cut, s0, s1);
        });
    }
    if (graph_.shaped(i))
        by_samples(plan_.forward_, [to, t](const Step&, long s0, long s1) {
            copy_elements(to, to.value, t, t.value, s0, s1, false);
        });
}

void Builder::add_dense(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(n.input));
    const auto block = static_cast<size_t>(n.block);
    const BlockSpec& spec = plan_.program_.blocks[block];
    const long r = t.rows_per_sample;
    plan_.work_ += 2.0 * static_cast<double>(r * spec.k * spec.n) * (training() ? 3 : 1);
    DenseForward d{};
    d.x = source.rows;
    d.block = plan_.parameters.blocks[block].packed;
    d.k = spec.k;
    d.n = spec.n;
    d.y = t.value;
    d.y_stride = t.stride;
    if (graph_.absorbed(i) && elementwise(node(graph_.readers_of(i)[0]))) {
        const size_t activation = graph_.readers_of(i)[0];
        d.function = node(activation).function;
        d.alpha = node(activation).alpha;
        d.slope = tensor(activation).slope;
    }
    if (plan_.purpose_ == Purpose::few)
        return by_samples(plan_.forward_, [d, r, spec, &table = table_](const Step& step, long s0, long s1) {
            const Real* bias = spec.bias_offset < 0 ? nullptr : step.parameters + spec.bias_offset;
            const DenseUnpacked now{d.x, step.parameters + spec.kernel_offset, bias, d.k, d.n, d.function, d.alpha, d.y,
                                    d.y_stride};
            table.dense_unpacked(now, s0 * r, s1 * r);
        });
    by_tiles(plan_.forward_, r, spec.k, spec.n, [d, r, &table = table_](const Step&, const Tiles& t) {
        table.dense_forward(d, t.sample0 * r, t.sample1 * r, t.panel0, t.panel1);
    });
    if (training() && spec.trainable())
        plan_.parameters.blocks[block].uses.push_back({source.rows, t.gradient, t.stride, r});
}

void Builder::add_dropout(size_t i) {
    const NodeSpec& n = node(i);
    if (!training() && !n.always) return;
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(n.input));
    DropoutRows d{};
    d.site = n.site;
    d.threshold = n.threshold;
    d.scale = scale_of(n);
    d.x = source.value;
    d.x_stride = source.stride;
    d.y = t.value;
    d.stride = t.stride;
    d.slope = t.slope;
    d.n = t.columns;
    by_samples(plan_.forward_, [d, r = t.rows_per_sample, seed = n.seed, &table = table_](const Step& step, long s0, long s1) {
        DropoutRows now = d;
        now.key = seed ? *seed : step.key;
        now.step = step.number;
        now.first_row = step.first_row * static_cast<uint64_t>(r);
        table.dropout_rows(now, s0 * r, s1 * r);
    });
}

void Builder::add_affine(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(n.input));
    Affine& a = affine_[i];
    const long numbers = graph_.scaled_in_gather(i) && !uniform(n) ? n.rows * n.columns : n.columns;
    const auto fill = [&](Real* to, const std::vector<Real>& values) {
        for (long j = 0; j < round_up(numbers, kRowGranule); ++j)
            to[j] = values.size() == 1 ? values[0] : values[static_cast<size_t>(j % n.columns)];
    };
    fill(a.shift, n.shift);
    fill(a.scale, n.scale);
    fill(a.offset, n.offset);
    if (graph_.scaled_in_gather(i)) return;
    a.x = source.value;
    a.x_stride = source.stride;
    a.y = t.value;
    a.dy = t.gradient;
    a.y_stride = t.stride;
    a.dx = source.gradient;
    a.n = n.columns;
    by_samples(plan_.forward_, [a, r = t.rows_per_sample, &table = table_](const Step&, long s0, long s1) {
        table.affine_forward(a, s0 * r, s1 * r);
    });
}

void Builder::add_normalization(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i), source = tensor(static_cast<size_t>(n.input));
    const auto vector = [&](int v) { return v < 0 ? nullptr : &plan_.parameters.vectors[static_cast<size_t>(v)]; };
    const auto* gamma = vector(n.gamma);
    const auto* beta = vector(n.beta);
    Normalize& z = normalize_[i];
    z.x = source.value;
    z.x_stride = source.stride;
    z.y = t.value;
    z.dy = t.gradient;
    z.y_stride = t.stride;
    z.dx = source.gradient;
    z.n = n.columns;
    z.epsilon = n.epsilon;
    z.relu = graph_.absorbed(i);
    z.gamma = gamma ? gamma->value : nullptr;
    z.beta = beta ? beta->value : nullptr;
    const bool of_batch = n.kind == NodeKind::batch_norm && training() && !n.frozen;
    if (n.kind == NodeKind::batch_norm && !of_batch) {
        z.mean = vector(n.mean)->value;
        z.variance = vector(n.variance)->value;
    }
    const long r = t.rows_per_sample;
    if (of_batch) {
        plan_.forward_.push_back({[z, r, &table = table_](const Step& step, long c0, long c1) {
                                      table.batch_norm_statistics(z, step.samples * r, c0, c1);
                                  },
                                  n.columns, nullptr});
    }
    const auto forward = n.kind == NodeKind::batch_norm ? table_.batch_norm_forward : table_.layer_norm_forward;
    by_samples(plan_.forward_, [z, r, forward](const Step&, long s0, long s1) { forward(z, s0 * r, s1 * r); });
    if (!training()) return;
    if (graph_.needs_gradient(i)) {
        const auto wanted = [&](int v) {
            return v >= 0 && plan_.program_.vectors[static_cast<size_t>(v)].trainable ? vector(v)->gradient : nullptr;
        };
        z.d_gamma = wanted(n.gamma);
        z.d_beta = wanted(n.beta);
    }
    // Batch statistics make the gradients in the backward pass, in its order; the others in the parameter phase.
    if (!of_batch) find_accumulation(z);
    NormalizeUse use;
    use.arguments = z;
    use.rows_per_sample = r;
    if (of_batch) {
        use.mean = n.mean;
        use.variance = n.variance;
        use.momentum = n.momentum;
    } else if (z.d_gamma || z.d_beta) {
        use.gradients = n.kind == NodeKind::batch_norm ? table_.batch_norm_gradients : table_.layer_norm_gradients;
    }
    plan_.parameters.normalize_uses.push_back(use);
}

void Builder::find_accumulation(Normalize& z) {
    z.accumulate_gamma = z.d_gamma && !first_write(z.d_gamma);
    z.accumulate_beta = z.d_beta && !first_write(z.d_beta);
}

void Builder::add_head(size_t h) {
    const HeadSpec& spec = plan_.program_.heads[h];
    const HeadPlan& head = plan_.heads_[h];
    const auto output = static_cast<size_t>(spec.output);
    const NodeSpec& n = node(output);
    const Tensor t = tensor(output);
    const long r = t.rows_per_sample, target_stride = stride_of(n.columns);
    if (spec.compared)
        by_samples(plan_.judge_, gather_targets(h, spec.labels, r, n.columns, target_stride, head.target, &table_));
    by_samples(plan_.judge_, [h, weights = head.weights](const Step& step, long s0, long s1) {
        gather_weights(step, h, weights, s0, s1);
    });
    if (spec.loss && spec.loss->ignored)
        by_samples(plan_.judge_, [h, loss = *spec.loss, head](const Step& step, long s0, long s1) {
            for (long s = s0; s < s1; ++s)
                head.counted[s] = static_cast<Real>(counted_values(loss, step, h, s, head.loss_rows));
        });
    if (spec.loss && spec.loss->counts >= 0) add_counts(h);
    LossRows l{};
    l.p = t.value;
    l.p_stride = t.stride;
    l.n = n.columns;
    l.labels = spec.labels ? reinterpret_cast<const int32_t*>(head.target) : nullptr;
    l.target = spec.labels ? nullptr : head.target;
    l.target_stride = target_stride;
    l.weights = head.weights;
    l.rows_per_sample = r;
    if (spec.loss && spec.loss->values >= 0) {
        add_values(h);
    } else if (spec.loss) {
        const LossSpec loss = *spec.loss;
        l.kind = loss.kind;
        l.from_logits = loss.from_logits;
        l.smoothing = loss.smoothing;
        l.values = head.losses;
        l.fused_activation = graph_.fuses_loss(spec);
        const size_t to = l.fused_activation ? static_cast<size_t>(n.input) : output;
        if (graph_.needs_gradient(to)) {
            l.gradient = tensor(to).gradient;
            l.gradient_stride = tensor(to).stride;
            l.accumulate = !first_write(l.gradient);
        }
        if (l.fused_activation) slope_applied_[output] = true;
        by_samples(plan_.judge_, [l, loss, r, h, head, &table = table_](const Step& step, long s0, long s1) {
            LossRows now = l;
            now.scale = gradient_scale(loss, step, h, head);
            table.loss_rows(now, s0 * r, s1 * r);
        });
    }
    for (size_t m = 0; m < spec.metrics.size(); ++m) {
        const MetricSpec& metric = spec.metrics[m];
        if (metric.values < 0) {
            by_samples(plan_.judge_, measure(metric, l, head.metrics[m], r, &table_));
            continue;
        }
        const auto values = static_cast<size_t>(metric.values);
        by_samples(plan_.judge_, [from = tensor(values), stride = sample_stride(values), to = head.metrics[m]](
                                     const Step&, long s0, long s1) {
            const long rows = from.rows_per_sample;
            for (long s = s0; s < s1; ++s)
                for (long row = 0; row < rows; ++row)
                    std::copy_n(from.value + s * stride + row * from.stride, from.columns, to + (s * rows + row) * from.columns);
        });
    }
}

void Builder::add_backward(size_t i) {
    const NodeSpec& n = node(i);
    const Tensor t = tensor(i);
    if (fed(n) || !graph_.needs_gradient(i)) return;
    const long r = t.rows_per_sample;
    if (!written_.contains(t.gradient)) {  // no loss depends on it
        if (!graph_.trains_something(i) || n.vector >= 0 || n.kind == NodeKind::weight) return;
        by_samples(plan_.backward_, [t, r](const Step&, long s0, long s1) {
            std::fill(t.gradient + s0 * r * t.stride, t.gradient + s1 * r * t.stride, 0.0);
        });
        if (n.kind != NodeKind::batch_norm) return;
    }
    switch (n.kind) {
        case NodeKind::weight: return add_weight_backward(i);
        case NodeKind::concatenate:
        case NodeKind::rearrange: return add_copies_backward(i);
        case NodeKind::elementwise: return add_elementwise_backward(i);
        case NodeKind::matmul: return add_matmul_backward(i);
        case NodeKind::embedding: return add_embedding_backward(i);
        default: break;
    }
    const auto source = static_cast<size_t>(n.input);
    if (n.kind == NodeKind::batch_norm || n.kind == NodeKind::layer_norm) return add_normalization_backward(i);
    if (!graph_.needs_gradient(source)) return;
    switch (n.kind) {
        case NodeKind::dense: return add_dense_backward(i);
        case NodeKind::reduce: return add_reduce_backward(i);
        case NodeKind::batch_reduce: return add_batch_reduce_backward(i);
        case NodeKind::activation:
        case NodeKind::noise:
        case NodeKind::dropout: return add_activation_backward(i);
        case NodeKind::affine: {
            Affine a = affine_[i];
            a.accumulate = !first_write(a.dx);
            return by_samples(plan_.backward_, [a, r, &table = table_](const Step&, long s0, long s1) {
                table.affine_backward(a, s0 * r, s1 * r);
            });
        }
        case NodeKind::reshape: {
            const Tensor to = tensor(source);
            if (to.gradient == t.gradient) return;
            const bool accumulate = !first_write(to.gradient);
            return by_samples(plan_.backward_, [to, t, accumulate](const Step&, long s0, long s1) {
                copy_elements(t, t.gradient, to, to.gradient, s0, s1, accumulate);
            });
        }
        default: return;
    }
}

void Builder::add_dense_backward(size_t i) {
    const NodeSpec& n = node(i);
    const auto before = static_cast<size_t>(n.input);
    const Tensor t = tensor(i), source = tensor(before);
    const BlockSpec& spec = plan_.program_.blocks[static_cast<size_t>(n.block)];
    DenseBackward d{};
    d.dy = t.gradient;
    d.dy_stride = t.stride;
    d.transposed = plan_.parameters.blocks[static_cast<size_t>(n.block)].transposed;
    d.k = spec.k;
    d.n = spec.n;
    d.dx = source.gradient;
    d.dx_stride = source.stride;
    d.accumulate = !first_write(source.gradient);
    const size_t activation = graph_.masks_relu(before) ? static_cast<size_t>(node(before).input) : before;
    if (elementwise(node(activation)) && graph_.sharing_source(activation) >= 0 && graph_.uses(before) == 1) {
        d.function = node(activation).function;
        d.alpha = node(activation).alpha;
        d.y = source.value;
        d.slope = source.slope;
        d.y_stride = source.stride;
        d.scale = scale_of(node(before));
        slope_applied_[before] = slope_applied_[activation] = true;
    }
    const long r = t.rows_per_sample;
    by_tiles(plan_.backward_, r, spec.n, spec.k, [d, r, &table = table_](const Step&, const Tiles& t) {
        table.dense_backward(d, t.sample0 * r, t.sample1 * r, t.panel0, t.panel1);
    });
}

void Builder::add_activation_backward(size_t i) {
    if (slope_applied_[i]) return;
    const NodeSpec& n = node(i);
    const auto before = static_cast<size_t>(n.input);
    const Tensor t = tensor(i), source = tensor(before);
    if (normalizes(node(before)) && graph_.sharing_source(i) >= 0) return;  // the normalization applies it
    ActivationBackward a{};
    a.function = draws(n) ? Function::linear : n.function;
    a.alpha = n.alpha;
    if (graph_.masks_relu(i)) {
        a.function = Function::relu;
        a.scale = scale_of(n);
        slope_applied_[before] = true;
    }
    a.dy = t.gradient;
    a.dy_stride = t.stride;
    a.y = t.value;
    a.y_stride = t.stride;
    a.slope = t.slope;
    a.slope_stride = t.stride;
    a.dx = source.gradient;
    a.dx_stride = source.stride;
    a.accumulate = source.gradient != t.gradient && !first_write(source.gradient);
    a.n = t.columns;
    if (a.function == Function::linear && !a.slope && a.dx == a.dy) return;
    by_samples(plan_.backward_, [a, r = t.rows_per_sample, &table = table_](const Step&, long s0, long s1) {
        table.activation_backward(a, s0 * r, s1 * r);
    });
}

void Builder::add_normalization_backward(size_t i) {
    const NodeSpec& n = node(i);
    const bool onward = graph_.needs_gradient(static_cast<size_t>(n.input));
    Normalize z = normalize_[i];
    if (onward)
        z.accumulate = !first_write(z.dx);
    else
        z.dx = nullptr;
    const long r = tensor(i).rows_per_sample;
    if (n.kind == NodeKind::batch_norm && !n.frozen) {
        find_accumulation(z);
        plan_.backward_.push_back({[z, r, &table = table_](const Step& step, long c0, long c1) {
                                       table.batch_norm_gradients(z, step.samples * r, c0, c1);
                                   },
                                   n.columns, nullptr});
    }
    if (!onward) return;
    const auto backward = n.kind == NodeKind::batch_norm ? table_.batch_norm_backward : table_.layer_norm_backward;
    by_samples(plan_.backward_, [z, r, backward](const Step&, long s0, long s1) { backward(z, s0 * r, s1 * r); });
}

}  // namespace denim::DENIM_PRECISION
