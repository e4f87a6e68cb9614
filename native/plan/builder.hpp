// Makes a Plan of a Program: where everything lies, and the operations.
#pragma once

#include <set>
#include <vector>

#include "plan/graph.hpp"
#include "plan/plan.hpp"

namespace denim::DENIM_PRECISION {

// Elements that lie side by side, from one sample to another.
struct Run {
    long from, to, count;
};

class Builder {
   public:
    Builder(Plan& plan, const KernelTable& table, long batch, const Options& options);
    void build();

   private:
    bool training() const { return plan_.purpose_ == Purpose::train; }
    const NodeSpec& node(size_t i) const { return nodes_[i]; }
    Tensor& tensor(size_t i) { return plan_.tensors_[i]; }

    // Memory
    void lay_out();
    void lay_out_tensor(size_t i);
    void lay_out_constants(size_t i);
    void resolve_aliases();
    bool first_write(Real* gradient) { return written_.insert(gradient).second; }

    // Operations
    void begin(size_t i) {
        shared_ = nodes_[i].shared;
        of_batch_ = graph_.of_batch(i);
    }
    void add_forward(size_t i);
    void add_gather(size_t i);
    void add_dense(size_t i);
    void add_dropout(size_t i);
    void add_affine(size_t i);
    void add_normalization(size_t i);
    void find_accumulation(Normalize& z);
    void add_constant(size_t i);
    void add_weight(size_t i);
    void add_copies(size_t i);
    void add_elementwise(size_t i);
    void add_reduce(size_t i);
    void add_batch_reduce(size_t i);
    void add_matmul(size_t i);
    void add_embedding(size_t i);
    void add_noise(size_t i);
    void add_head(size_t h);
    void add_counts(size_t h);
    void add_values(size_t h);
    void add_addend(size_t a);
    void add_backward(size_t i);
    void add_dense_backward(size_t i);
    void add_activation_backward(size_t i);
    void add_normalization_backward(size_t i);
    void add_weight_backward(size_t i);
    void add_copies_backward(size_t i);
    void add_elementwise_backward(size_t i);
    void add_reduce_backward(size_t i);
    void add_batch_reduce_backward(size_t i);
    void add_matmul_backward(size_t i);
    void add_embedding_backward(size_t i);
    Real* weight_of(size_t i, bool gradient);
    Elementwise elementwise_of(size_t i);
    Reduce batch_reduce_of(size_t i);
    std::vector<std::vector<Run>> runs_of(size_t i);
    long sample_stride(size_t i) { return nodes_[i].shared ? 0 : tensor(i).rows_per_sample * tensor(i).stride; }
    long samples_of(size_t i) const { return nodes_[i].shared ? 1 : batch_; }
    void by_tiles(std::vector<Operation>& to, long rows_per_sample, long inner, long columns,
                  std::function<void(const Step&, const Tiles&)> run);
    void by_samples(std::vector<Operation>& to, std::function<void(const Step&, long, long)> run);

    Plan& plan_;
    const KernelTable& table_;
    const long batch_;
    const Options options_;
    const std::vector<NodeSpec>& nodes_;
    const size_t count_;
    Arena arena_;
    const Graph graph_;
    // Of the node that operations are being added for: is it the same for all samples, and known with the batch alone?
    bool shared_ = false, of_batch_ = false;
    std::vector<bool> slope_applied_;
    std::vector<Tensor> flat_;          // inputs of several rows, as gathered
    std::vector<Affine> affine_;        // one a node, where it is one
    std::vector<Normalize> normalize_;  // likewise
    std::set<Real*> written_;           // gradients that something has been written to
};

}  // namespace denim::DENIM_PRECISION
