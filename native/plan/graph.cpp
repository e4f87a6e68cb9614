#include "plan/graph.hpp"

#include <algorithm>

namespace denim::DENIM_PRECISION {

Graph::Graph(const ProgramSpec& program, bool training, bool fuse)
    : program_(program), nodes_(program.nodes), count_(nodes_.size()), training_(training), fuse_(fuse) {
    count_readers();
    find_gradients();
    find_scalings();
}

void Graph::count_readers() {
    readers_.assign(count_, 0);
    node_readers_.assign(count_, {});
    for (size_t i = 0; i < count_; ++i)
        for (const int input : nodes_[i].inputs) {
            ++readers_[static_cast<size_t>(input)];
            node_readers_[static_cast<size_t>(input)].push_back(i);
        }
    losses_of_.assign(count_, 0);
    shown_.assign(count_, false);
    for (const int output : program_.outputs) shown_[static_cast<size_t>(output)] = true;
    for (const int node : program_.added) {
        shown_[static_cast<size_t>(node)] = true;
        ++readers_[static_cast<size_t>(node)];
    }
    for (const HeadSpec& head : program_.heads) {
        const auto output = static_cast<size_t>(head.output);
        shown_[output] = true;
        if (head.loss && head.loss->values < 0) {
            ++readers_[output];
            ++losses_of_[output];
        }
        const auto keep = [&](int values) {
            if (values >= 0) shown_[static_cast<size_t>(values)] = true;
        };
        if (head.loss && head.loss->values >= 0) {
            keep(head.loss->values);
            keep(head.loss->counts);
            ++readers_[static_cast<size_t>(head.loss->values)];
        }
        for (const MetricSpec& metric : head.metrics) keep(metric.values);
    }
}

// Does the optimizer change a parameter of this node?
bool Graph::trains_something(size_t i) const {
    const auto trains = [&](int v) { return v >= 0 && program_.vectors[static_cast<size_t>(v)].trainable; };
    if (nodes_[i].vector >= 0) return trains(nodes_[i].vector);
    if (nodes_[i].kind == NodeKind::weight) {
        const BlockSpec& block = program_.blocks[static_cast<size_t>(nodes_[i].block)];
        return nodes_[i].bias ? block.train_bias : block.train_kernel;
    }
    if (nodes_[i].kind == NodeKind::dense) return program_.blocks[static_cast<size_t>(nodes_[i].block)].trainable();
    return normalizes(nodes_[i]) && (trains(nodes_[i].gamma) || trains(nodes_[i].beta));
}

// A tensor needs a gradient when something that trains lies upstream.
void Graph::find_gradients() {
    needs_gradient_.assign(count_, false);
    of_batch_.assign(count_, false);
    for (size_t i = 0; i < count_; ++i) {
        const auto needs = [&](int input) { return needs_gradient_[static_cast<size_t>(input)]; };
        const bool upstream = has_slope(nodes_[i]) && std::any_of(nodes_[i].inputs.begin(), nodes_[i].inputs.end(), needs);
        needs_gradient_[i] = training_ && (upstream || trains_something(i));
        const auto follows = [&](int input) { return of_batch_[static_cast<size_t>(input)]; };
        of_batch_[i] = nodes_[i].kind == NodeKind::batch_reduce ||
                       (nodes_[i].shared && std::any_of(nodes_[i].inputs.begin(), nodes_[i].inputs.end(), follows));
    }
}

// Affine scaling of an input is done as its rows are gathered, where nothing else sees the unscaled numbers.
void Graph::find_scalings() {
    scaled_by_.assign(count_, -1);
    in_gather_.assign(count_, false);
    if (!fuse_) return;
    for (size_t input = 0; input < count_; ++input) {
        if (nodes_[input].kind != NodeKind::input || nodes_[input].whole) continue;
        for (size_t at = input; !shown_[at] && node_readers_[at].size() == 1;) {
            const size_t reader = node_readers_[at][0];
            if (nodes_[reader].kind == NodeKind::affine) {
                scaled_by_[input] = static_cast<int>(reader);
                in_gather_[reader] = true;
            }
            if (nodes_[reader].kind != NodeKind::reshape) break;
            at = reader;
        }
    }
}

bool Graph::read_once(size_t i) const { return readers_[i] == 1 && !shown_[i]; }

// The node that writes into activation i's memory, because nothing else reads it; or -1. An elementwise activation is then
// applied as a product is stored, and ReLU as normalized numbers are; a dense layer's activation on rows runs in place.
int Graph::sharing_source(size_t i) const {
    if (nodes_[i].kind != NodeKind::activation) return -1;
    const auto source = static_cast<size_t>(nodes_[i].input);
    const bool fits = nodes_[source].kind == NodeKind::dense ||
                      (normalizes(nodes_[source]) && nodes_[i].function == Function::relu);
    return fits && read_once(source) ? static_cast<int>(source) : -1;
}

// A node that writes into its activation's memory.
bool Graph::absorbed(size_t i) const {
    return node_readers_[i].size() == 1 && sharing_source(node_readers_[i][0]) == static_cast<int>(i);
}

// Dropout that works in place on a ReLU's values: what is positive afterwards was active and kept, so that both slopes
// follow from the value.
bool Graph::masks_relu(size_t i) const {
    if (!training_ || nodes_[i].kind != NodeKind::dropout) return false;
    const auto source = static_cast<size_t>(nodes_[i].input);
    return nodes_[source].function == Function::relu && sharing_source(source) >= 0 && read_once(source);
}

bool Graph::keeps_slope(size_t i) const {
    if (!training_ || !needs_gradient_[i]) return false;
    if (draws(nodes_[i])) return !masks_relu(i);
    return elementwise(nodes_[i]) && !slope_from_value(nodes_[i].function, nodes_[i].alpha);
}

// Which node's memory node i uses: its own, or another's.
int Graph::home(size_t i) const {
    const NodeSpec& n = nodes_[i];
    if (in_gather_[i]) return n.input;
    if (n.kind == NodeKind::reshape && n.rows == 1 && flat(static_cast<size_t>(n.input))) return n.input;
    if (draws(n) && ((!training_ && !n.always) || masks_relu(i))) return n.input;
    return static_cast<int>(i);
}

// A vector a sample; inputs are gathered so whatever their shape, and shaped afterwards.
bool Graph::flat(size_t i) const {
    if (nodes_[i].rows == 1 || fed(nodes_[i])) return true;
    return in_gather_[i] && flat(static_cast<size_t>(nodes_[i].input));
}

// An input whose rows somebody reads as rows.
bool Graph::shaped(size_t i) const {
    if (!fed(nodes_[i]) || nodes_[i].rows == 1) return false;
    const auto scaling = static_cast<size_t>(scaled_by_[i]);
    const size_t seen = scaled_by_[i] >= 0 && nodes_[scaling].input == static_cast<int>(i) ? scaling : i;
    return shown_[seen] || std::any_of(node_readers_[seen].begin(), node_readers_[seen].end(),
                                       [&](size_t r) { return nodes_[r].kind != NodeKind::reshape; });
}

// An input that dense layers alone read, as a vector a sample: it need not be copied where the caller has it in the
// engine's own numbers.
bool Graph::only_multiplied(size_t i) const {
    if (shown_[i] || nodes_[i].kind == NodeKind::target || nodes_[i].whole) return false;
    return std::all_of(node_readers_[i].begin(), node_readers_[i].end(), [&](size_t r) {
        if (home(r) == static_cast<int>(i)) return only_multiplied(r);
        return nodes_[r].kind == NodeKind::dense && nodes_[i].rows == 1;
    });
}

// Does the loss's gradient skip the activation, because nothing else reads it?
bool Graph::fuses_loss(const HeadSpec& head) const {
    const auto output = static_cast<size_t>(head.output);
    const NodeSpec& n = nodes_[output];
    if (!training_ || !head.loss || head.loss->values >= 0 || head.loss->from_logits || n.kind != NodeKind::activation) return false;
    if (readers_[output] != 1 || losses_of_[output] != 1) return false;
    const LossKind kind = head.loss->kind;
    if (n.function == Function::softmax)
        return kind == LossKind::sparse_categorical_crossentropy || kind == LossKind::categorical_crossentropy;
    return n.function == Function::sigmoid && kind == LossKind::binary_crossentropy;
}

}  // namespace denim::DENIM_PRECISION
