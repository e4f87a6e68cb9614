// One workload's training steps and nothing else, for profilers and instruction counters:
// step W2 avx2 1 200 4 trains 4 epochs of 200 steps of workload W2 with AVX2 kernels on one thread. step_float64 is the
// same in float64.
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <bit>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "runtime/isa.hpp"
#include "runtime/runner.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

// What stands beside the dense layers and their activations in every hidden layer, in the order in which it runs.
enum class Hidden { plain, batch_norm_first, batch_norm_last, layer_norm };

struct Workload {
    std::vector<long> sizes;
    long batch;
    OptimizerSpec optimizer;
    bool regression = false;
    Hidden hidden = Hidden::plain;
    double dropout = 0;
};

const OptimizerSpec kRmsprop{.rule = Rule::rmsprop, .slots = 1, .rho = 0.9, .epsilon = 1e-7};
const OptimizerSpec kClipped{
    .rule = Rule::rmsprop, .slots = 1, .rho = 0.9, .epsilon = 1e-7, .global_clip_norm = 1};
const OptimizerSpec kAdam{.rule = Rule::adam, .slots = 2, .epsilon = 1e-7, .beta_1 = 0.9, .beta_2 = 0.999};

const std::map<std::string, Workload> kWorkloads = {
    {"W1", {{784, 10}, 32, kRmsprop}},
    {"W2", {{784, 100, 10}, 32, kRmsprop}},
    {"W3", {{784, 300, 100, 10}, 32, kAdam}},
    {"W4", {{784, 512, 512, 10}, 128, kAdam}},
    {"W5", {{50, 256, 256, 1}, 256, kAdam, true}},
    {"W6", {{24, 8, 2}, 200, kAdam, true}},
    {"W7", {{784, 100, 10}, 32, kAdam, false, Hidden::batch_norm_first, 0.3}},
    {"W7-plain", {{784, 100, 10}, 32, kAdam}},
    {"W7-norm", {{784, 100, 10}, 32, kAdam, false, Hidden::batch_norm_first}},
    {"W7-dropout", {{784, 100, 10}, 32, kAdam, false, Hidden::plain, 0.3}},
    {"W7-last", {{784, 100, 10}, 32, kAdam, false, Hidden::batch_norm_last, 0.3}},
    {"W7-layer", {{784, 100, 10}, 32, kAdam, false, Hidden::layer_norm, 0.3}},
    {"W2-clip", {{784, 100, 10}, 32, kClipped}},
};

int add_vector(ProgramSpec& p, long n, bool trainable) {
    p.vectors.push_back({p.flat_size, n, trainable, {}});
    p.flat_size += n;
    return static_cast<int>(p.vectors.size()) - 1;
}

NodeSpec normalization(ProgramSpec& p, NodeKind kind, long n) {
    NodeSpec node{.kind = kind, .columns = n, .momentum = 0.99, .epsilon = 1e-3};
    node.gamma = add_vector(p, n, true);
    node.beta = add_vector(p, n, true);
    if (kind == NodeKind::layer_norm) return node;
    node.mean = add_vector(p, n, false);
    node.variance = add_vector(p, n, false);
    return node;
}

ProgramSpec chain(const Workload& workload) {
    ProgramSpec p;
    const auto& sizes = workload.sizes;
    const auto add = [&](NodeSpec node) {
        node.input = static_cast<int>(p.nodes.size()) - 1;
        if (node.input >= 0) node.inputs = {node.input};
        p.nodes.push_back(node);
    };
    add({.kind = NodeKind::input, .columns = sizes[0]});
    for (size_t i = 1; i < sizes.size(); ++i) {
        const long k = sizes[i - 1], n = sizes[i];
        p.blocks.push_back({k, n, p.flat_size, p.flat_size + k * n, true, true});
        p.flat_size += k * n + n;
        add({.kind = NodeKind::dense, .columns = n, .block = static_cast<int>(i) - 1});
        if (i + 1 == sizes.size()) {
            if (!workload.regression) add({.kind = NodeKind::activation, .columns = n, .function = Function::softmax});
            break;
        }
        const Hidden hidden = workload.hidden;
        if (hidden == Hidden::batch_norm_first) add(normalization(p, NodeKind::batch_norm, n));
        if (hidden == Hidden::layer_norm) add(normalization(p, NodeKind::layer_norm, n));
        add({.kind = NodeKind::activation, .columns = n, .function = Function::relu});
        if (hidden == Hidden::batch_norm_last) add(normalization(p, NodeKind::batch_norm, n));
        if (workload.dropout > 0)
            add({.kind = NodeKind::dropout,
                 .columns = n,
                 .rate = workload.dropout,
                 .threshold = static_cast<uint32_t>(workload.dropout * 4294967296.0),
                 .site = static_cast<uint32_t>(i)});
    }
    HeadSpec head{};
    head.output = static_cast<int>(p.nodes.size()) - 1;
    head.labels = !workload.regression;
    const LossKind kind = workload.regression ? LossKind::mean_squared_error : LossKind::sparse_categorical_crossentropy;
    head.loss = LossSpec{kind, false, 0, Reduction::sum_over_batch_size, 1};
    if (head.labels) head.metrics.push_back({MetricKind::sparse_categorical_accuracy, {}, false, 0, 0.5, false});
    p.heads = {head};
    p.outputs = {head.output};
    p.optimizer = workload.optimizer;
    return p;
}

}  // namespace

int main(int argc, char** argv) {
    const auto found = kWorkloads.find(argc > 1 ? argv[1] : "");
    if (argc != 6 || found == kWorkloads.end()) {
        std::fprintf(stderr, "usage: %s WORKLOAD INSTRUCTION_SET THREADS STEPS EPOCHS\nWorkloads:", argv[0]);
        for (const auto& [name, workload] : kWorkloads) std::fprintf(stderr, " %s", name.c_str());
        std::fprintf(stderr, "\n");
        return 2;
    }
    const Workload& workload = found->second;
    const int threads = std::atoi(argv[3]);
    const long steps = std::atol(argv[4]), rows = workload.batch * steps;
    const ProgramSpec program = chain(workload);
    std::minstd_rand random(1);
    const auto draw = [&](Real low, Real high) {
        return low + (high - low) * static_cast<Real>(random() - random.min()) / static_cast<Real>(random.max());
    };
    // On huge pages, as NumPy asks for large arrays.
    constexpr size_t kHugePage = 2 << 20;
    const size_t bytes = static_cast<size_t>(rows * workload.sizes[0]) * sizeof(Real);
    const size_t room = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    const std::unique_ptr<Real[], void (*)(void*)> x(static_cast<Real*>(std::aligned_alloc(kHugePage, room)), std::free);
#if defined(__linux__)
    madvise(x.get(), room, MADV_HUGEPAGE);
#endif
    for (long i = 0; i < rows * workload.sizes[0]; ++i) x[static_cast<size_t>(i)] = draw(0, 1);
    const long outputs = workload.sizes.back(), columns = workload.regression ? outputs : 1;
    std::vector<int32_t> labels(static_cast<size_t>(rows * columns));
    for (int32_t& label : labels) label = static_cast<int32_t>(random() % static_cast<unsigned long>(std::max(2L, outputs)));
    const std::vector<Real> numbers(labels.begin(), labels.end());
    std::vector<std::vector<Real>> buffers(static_cast<size_t>(1 + program.optimizer.slots),
                                            std::vector<Real>(static_cast<size_t>(program.flat_size)));
    for (Real& v : buffers[0]) v = draw(-0.05, 0.05);
    StateSpec state;
    state.parameters = buffers[0].data();
    for (size_t s = 1; s < buffers.size(); ++s) state.slots.push_back(buffers[s].data());
    state.learning_rate = 1e-3;
    const FeedSpec feed{rows,
                        {{x.get(), workload.sizes[0] * static_cast<long>(sizeof(Real)), kOwnElement}},
                        {workload.regression
                             ? Column{numbers.data(), columns * static_cast<long>(sizeof(Real)), kOwnElement}
                             : Column{labels.data(), 4, Element::int32}},
                        {}};
    // Any permutation will do: what counts is that rows do not come in the order in which they lie.
    const int bits = std::max(2, static_cast<int>(std::bit_width(static_cast<unsigned long>(rows - 1))));
    const OrderSpec order{rows, {1, 2, 3, 4, 5, 6, 7, 8}, bits / 2, bits - bits / 2};
    Runner runner(program, kernels(argv[2]));
    double sums[2] = {}, counts[2] = {};
    for (int epoch = 0; epoch < std::atoi(argv[5]); ++epoch) {
        const auto start = std::chrono::steady_clock::now();
        runner.train(state, feed, order, {workload.batch, 0, steps}, threads, sums, counts, {});
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        std::printf("%.1f us a step, loss %.4f\n", took.count() / static_cast<double>(steps), sums[0] / counts[0]);
    }
    return 0;
}
