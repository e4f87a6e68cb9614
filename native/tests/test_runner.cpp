// Whole trainings and predictions: the same bits whatever the instruction set, the number of threads, the batch's share, the path
// (fused or not) and whatever lay in scratch memory before.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

#include "chain.hpp"
#include "check.hpp"
#include "runtime/runner.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

struct Net {
    ProgramSpec program;
    std::vector<Real> parameters;
};

Net net(const std::vector<long>& sizes, Function hidden, const OptimizerSpec& optimizer, bool dropout, unsigned seed) {
    Chain chain(sizes[0]);
    for (size_t i = 1; i < sizes.size(); ++i) {
        const bool last = i + 1 == sizes.size();
        chain.dense(sizes[i]).activation(last ? Function::softmax : hidden);
        if (dropout && !last) chain.dropout();
    }
    Net out{chain.classes().optimizer(optimizer).program, {}};
    out.parameters = uniform(static_cast<size_t>(out.program.flat_size), -0.3, 0.3, seed);
    return out;
}

// A function of the user's: each row of a matrix less its mean.
ConstraintSpec centred(long k, long n) {
    auto program = std::make_shared<ProgramSpec>();
    program->vectors.push_back({0, k * n, false, {}});
    program->flat_size = k * n;
    std::vector<long> spread(static_cast<size_t>(k * n));
    for (size_t e = 0; e < spread.size(); ++e) spread[e] = static_cast<long>(e) / n;
    program->nodes = {
        {.kind = NodeKind::weight, .shared = true, .rows = k, .columns = n, .vector = 0},
        {.kind = NodeKind::reduce, .inputs = {0}, .input = 0, .shared = true, .rows = k, .reduction = ReduceFunction::mean},
        {.kind = NodeKind::rearrange, .inputs = {1}, .input = 1, .shared = true, .rows = k, .columns = n, .indices = spread},
        {.kind = NodeKind::elementwise, .inputs = {0, 2}, .input = 0, .shared = true, .rows = k, .columns = n,
         .element = ElementFunction::subtract}};
    program->outputs = {3};
    ConstraintSpec constraint;
    constraint.kind = ConstraintKind::rewrite;
    constraint.program = std::move(program);
    return constraint;
}

Net rewritten(Net net) {
    for (BlockSpec& block : net.program.blocks) {
        block.kernel_constraint = centred(block.k, block.n);
        block.bias_constraint = centred(1, block.n);
    }
    return net;
}

// Is every row of the blocks, as they lie in the flat buffer, centred?
bool all_centred(const ProgramSpec& program, const std::vector<Real>& numbers) {
    for (const BlockSpec& block : program.blocks)
        for (long i = 0; i <= block.k; ++i) {
            double sum = 0;
            for (long j = 0; j < block.n; ++j)
                sum += static_cast<double>(numbers[static_cast<size_t>(block.kernel_offset + i * block.n + j)]);
            if (std::abs(sum) > 1e-4) return false;
        }
    return true;
}

struct Result {
    std::vector<Real> numbers;  // parameters, slots, predictions
    std::vector<double> sums;
};

Result train(const Net& net, const std::string& isa, int threads, bool fuse, int poison, double meeting,
             long rows_together) {
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
    Runner runner(net.program, kernels(isa), {fuse, poison, 1.0, meeting, rows_together});
    for (int epoch = 0; epoch < 2; ++epoch)
        runner.train(state, feed, order, {batch, 0, 3}, threads, r.sums.data(), r.sums.data() + 2, {});
    CHECK(state.iterations == 6, "iterations %ld", static_cast<long>(state.iterations));
    runner.evaluate(state, feed, {batch, 0, 3}, threads, r.sums.data(), r.sums.data() + 2, {});
    runner.predict(state, feed, batch, false, threads, {r.numbers.data() + size * (1 + slots)}, {});
    return r;
}

// Numbers that end where memory ends: one more may not be read.
class AtTheEnd {
   public:
    explicit AtTheEnd(const std::vector<Real>& numbers) {
        const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = numbers.size() * sizeof(Real);
        room_ = (bytes + page - 1) / page * page;
        memory_ = static_cast<char*>(
            mmap(nullptr, room_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        size_ = room_ + page;
        mprotect(memory_ + room_, page, PROT_NONE);
        numbers_ = reinterpret_cast<Real*>(memory_ + room_ - bytes);
        std::memcpy(numbers_, numbers.data(), bytes);
    }
    ~AtTheEnd() { munmap(memory_, size_); }
    AtTheEnd(const AtTheEnd&) = delete;
    AtTheEnd& operator=(const AtTheEnd&) = delete;

    Real* data() const { return numbers_; }

   private:
    char* memory_;
    size_t room_, size_;
    Real* numbers_;
};

// Weights that stay unpacked give the bits of packed ones, whichever block comes last in the buffer.
void predict_few(Net net, const std::string& isa, bool bias) {
    constexpr long many = 80;
    if (!bias)
        for (BlockSpec& block : net.program.blocks) block.bias_offset = -1;
    const BlockSpec& last = net.program.blocks.back();
    if (!bias) net.program.flat_size = last.kernel_offset + last.k * last.n;
    net.parameters.resize(static_cast<size_t>(net.program.flat_size));
    const long columns = net.program.nodes[0].columns;
    const std::vector<Real> x = uniform(static_cast<size_t>(many * columns), -1, 1, 7);
    const AtTheEnd parameters(net.parameters);
    StateSpec state;
    state.parameters = parameters.data();
    Runner runner(net.program, kernels(isa));
    std::vector<Real> want(static_cast<size_t>(many * last.n));
    const auto feed = [&](const Real* from, long rows) {
        return FeedSpec{rows, {{from, columns * static_cast<long>(sizeof(Real)), kOwnElement}}, {}, {}};
    };
    runner.predict(state, feed(x.data(), many), many, false, 1, {want.data()}, {});
    for (long rows = 1; rows <= kFewRows; ++rows) {
        const AtTheEnd few({x.begin(), x.begin() + rows * columns});
        std::vector<Real> got(static_cast<size_t>(rows * last.n));
        CHECK(runner.predict_few(state, feed(few.data(), rows), {got.data()}), "%s, %ld rows", isa.c_str(), rows);
        CHECK(same_bits(got, {want.begin(), want.begin() + rows * last.n}), "%s, %ld rows", isa.c_str(), rows);
    }
    CHECK(!runner.predict_few(state, feed(x.data(), kFewRows + 1), {want.data()}), "%s: many rows", isa.c_str());
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
        rewritten(net({33, 57, 26, 3}, Function::relu, adam, true, 8)),
    };
    for (size_t i = 0; i < nets.size(); ++i) {
        const Result judge = train(nets[i], "portable", 1, true, 0, 0, 0);
        CHECK(judge.sums[2] == 450, "rows counted: %g", judge.sums[2]);
        CHECK(all_centred(nets[i].program, judge.numbers) == (i + 1 == nets.size()), "net %zu: centred rows", i);
        for (const std::string& isa : available_instruction_sets())
            for (const int threads : {1, 2, 3})
                for (const bool fuse : {true, false})
                    for (const int poison : {0x00, 0xff}) {
                        if (kEmulated && (threads < 3 || fuse != (poison == 0xff))) continue;
                        // Products shared out by columns, or by samples.
                        const double meeting = poison ? -HUGE_VAL : HUGE_VAL;
                        const long rows_together = poison ? 0 : 24;
                        const Result r = train(nets[i], isa, threads, fuse, poison, meeting, rows_together);
                        CHECK(same_bits(r.numbers, judge.numbers) && r.sums == judge.sums,
                              "net %zu: %s, %d threads, fuse %d, poison %d", i, isa.c_str(), threads, fuse, poison);
                    }
    }
    for (const std::string& isa : available_instruction_sets())
        for (const bool bias : {true, false})
            for (const std::vector<long>& sizes :
                 {std::vector<long>{1, 1}, {5, 1}, {3, 2, 7}, {9, 15}, {17, 16, 33}, {8, 8, 8}, {100, 49, 10}, {9, 103, 226}})
                predict_few(net(sizes, Function::tanh, sgd, false, 9), isa, bias);
    return finish("runner");
}
