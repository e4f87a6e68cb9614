// What a Program's graph says before anything is laid out: who reads whom, what needs a gradient, what shares memory and
// what fuses.
#pragma once

#include <vector>

#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

inline bool elementwise(const NodeSpec& node) {
    return node.kind == NodeKind::activation && !works_on_rows(node.function);
}

inline bool normalizes(const NodeSpec& node) {
    return node.kind == NodeKind::batch_norm || node.kind == NodeKind::layer_norm;
}

// Filled from the caller's arrays.
inline bool fed(const NodeSpec& node) { return node.kind == NodeKind::input || node.kind == NodeKind::target; }

inline bool draws(const NodeSpec& node) { return node.kind == NodeKind::dropout || node.kind == NodeKind::noise; }

// Does a gradient come through to what the node reads?
inline bool has_slope(const NodeSpec& node) {
    if (node.kind == NodeKind::elementwise) return has_slope(node.element);
    return node.kind == NodeKind::reduce ? has_slope(node.reduction) : node.kind != NodeKind::embedding;
}

// Nodes are meant by their position in the Program.
class Graph {
   public:
    Graph(const ProgramSpec& program, bool training, bool fuse);

    // Nodes that read node i, and how often it is read, losses included.
    const std::vector<size_t>& readers_of(size_t i) const { return node_readers_[i]; }
    int uses(size_t i) const { return readers_[i]; }
    bool needs_gradient(size_t i) const { return needs_gradient_[i]; }
    // Is it the same for all samples, but not before the batch is there?
    bool of_batch(size_t i) const { return of_batch_[i]; }
    bool trains_something(size_t i) const;
    // Of an input: the affine node whose work the gather does, or -1; and is a node such a one?
    int scaled_by(size_t i) const { return scaled_by_[i]; }
    bool scaled_in_gather(size_t i) const { return in_gather_[i]; }

    int sharing_source(size_t i) const;
    bool absorbed(size_t i) const;
    bool masks_relu(size_t i) const;
    bool keeps_slope(size_t i) const;
    int home(size_t i) const;
    bool flat(size_t i) const;
    bool shaped(size_t i) const;
    bool only_multiplied(size_t i) const;
    bool fuses_loss(const HeadSpec& head) const;

   private:
    void count_readers();
    void find_gradients();
    void find_scalings();
    bool read_once(size_t i) const;

    const ProgramSpec& program_;
    const std::vector<NodeSpec>& nodes_;
    const size_t count_;
    const bool training_, fuse_;
    std::vector<int> readers_, losses_of_, scaled_by_;
    std::vector<std::vector<size_t>> node_readers_;
    std::vector<bool> shown_, needs_gradient_, in_gather_, of_batch_;
};

}  // namespace denim::DENIM_PRECISION
