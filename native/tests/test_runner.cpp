// Whole trainings: the same bits whatever the instruction set, the number of threads, the batch's share, the path
// (fused or not) and whatever lay in scratch memory before.
#include <cmath>

#include "check.hpp"
#include "runtime/runner.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

struct Net {
    ProgramSpec program;
    std::vector<Real> parameters;
};

Net net(const std::vector<long>& sizes, Function hidden, OptimizerSpec optimizer, bool dropout, unsigned seed) {
    Net out;
    ProgramSpec& p = out.program;
    p.nodes.push_back({.kind = NodeKind::input, .columns = sizes[0]});
    for (size_t i = 1; i < sizes.size(); ++i) {
        const long k = sizes[i - 1], n = sizes[i];
        p.blocks.push_back({k, n, p.flat_size, p.flat_size + k * n, true, true});
        p.flat_size += k * n + n;
        const int before = static_cast<int>(p.nodes.size()) - 1;
        p.nodes.push_back({.kind = NodeKind::dense, .input = before, .columns = n, .block = static_cast<int>(i) - 1});
        const bool last = i + 1 == sizes.size();
        p.nodes.push_back({.kind = NodeKind::activation,
                           .input = before + 1,
                           .columns = n,
                           .function = last ? Function::softmax : hidden});
        if (dropout && !last)
            p.nodes.push_back({.kind = NodeKind::dropout,
                               .input = before + 2,
                               .columns = n,
                               .rate = 0.25,
                               .threshold = 1u << 30,
                               .site = static_cast<uint32_t>(i)});
    }
    const int output = static_cast<int>(p.nodes.size()) - 1;
    p.outputs = {output};
    HeadSpec head{};
    head.output = output;
    head.labels = true;
    head.loss = LossSpec{LossKind::sparse_categorical_crossentropy, false, 0, Reduction::sum_over_batch_size, 1};
    head.metrics.push_back({MetricKind::sparse_categorical_accuracy, {}, false, 0, 0.5, false});
    p.heads = {head};
    p.optimizer = optimizer;
    out.parameters = uniform(static_cast<size_t>(p.flat_size), -0.3, 0.3, seed);
    return out;
}

struct Result {
    std::vector<Real> numbers;  // parameters, slots, predictions
    std::vector<double> sums;
};

Result train(const Net& net, const std::string& isa, int threads, bool fuse, int poison, double meeting) {
    constexpr long rows = 150, batch = 64;
    const long columns = net.program.nodes[0].columns, classes = net.program.blocks.back().n;
    const auto x = uniform(static_cast<size_t>(rows * columns), 0, 1, 3);
    std::vector<int32_t> y(rows);
    for (long i = 0; i < rows; ++i) y[static_cast<size_t>(i)] = static_cast<int32_t>(i * 7 % classes);
    FeedSpec feed{rows, {{x.data(), columns * static_cast<long>(sizeof(Real)), kOwnElement}}, {{y.data(), 4, Element::int32}}, {}};
    OrderSpec order{rows, {1, 2, 3, 4, 5, 6, 7, 8}, 4, 4};

    Result r;
    const auto size = net.parameters.size();
    const auto slots = static_cast<size_t>(net.program.optimizer.slots);
    r.numbers = net.parameters;
    r.numbers.resize(size * (1 + slots) + static_cast<size_t>(rows * classes), 0.0);
    r.sums.assign(4, 0);
    StateSpec state;
    state.parameters = r.numbers.data();
    for (size_t s = 0; s < slots; ++s) state.slots.push_back(r.numbers.data() + size * (s + 1));
    state.learning_rate = 0.01;
    state.key = 42;
    Runner runner(net.program, kernels(isa), {fuse, poison, 1.0, meeting});
    for (int epoch = 0; epoch < 2; ++epoch)
        runner.train(state, feed, order, {batch, 0, 3}, threads, r.sums.data(), r.sums.data() + 2, {});
    CHECK(state.iterations == 6, "iterations %ld", static_cast<long>(state.iterations));
    runner.evaluate(state, feed, {batch, 0, 3}, threads, r.sums.data(), r.sums.data() + 2, {});
    runner.predict(state, feed, batch, false, threads, {r.numbers.data() + size * (1 + slots)}, {});
    return r;
}

}  // namespace

int main() {
    const OptimizerSpec sgd{};
    const OptimizerSpec nesterov{.rule = Rule::sgd_nesterov, .slots = 1, .momentum = 0.9};
    const OptimizerSpec rmsprop{.rule = Rule::rmsprop, .slots = 1, .rho = 0.9, .epsilon = 1e-7};
    const OptimizerSpec adam{.rule = Rule::adam, .slots = 2, .epsilon = 1e-7, .beta_1 = 0.9, .beta_2 = 0.999};
    const std::vector<Net> nets = {
        net({300, 100, 10}, Function::relu, rmsprop, false, 1),
        net({257, 131, 33, 7}, Function::gelu, adam, true, 2),
        net({64, 49, 25, 24, 3}, Function::tanh, nesterov, true, 4),
        net({5, 1, 2}, Function::sigmoid, sgd, false, 5),
        net({30, 41, 18, 3}, Function::relu, adam, true, 6),
    };
    for (size_t i = 0; i < nets.size(); ++i) {
        const Result judge = train(nets[i], "portable", 1, true, 0, 0);
        CHECK(judge.sums[2] == 450, "rows counted: %g", judge.sums[2]);
        for (const std::string& isa : available_instruction_sets())
            for (const int threads : {1, 2, 3})
                for (const bool fuse : {true, false})
                    for (const int poison : {0x00, 0xff}) {
                        // Products shared out by columns, or by samples.
                        const double meeting = poison ? -HUGE_VAL : HUGE_VAL;
                        const Result r = train(nets[i], isa, threads, fuse, poison, meeting);
                        CHECK(same_bits(r.numbers, judge.numbers) && r.sums == judge.sums,
                              "net %zu: %s, %d threads, fuse %d, poison %d", i, isa.c_str(), threads, fuse, poison);
                    }
    }
    return finish("runner");
}
