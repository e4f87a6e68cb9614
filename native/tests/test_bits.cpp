// The same bits on every architecture: small trainings from fixed numbers, whose results' hashes are stored. Whatever
// instruction set this CPU has must arrive at them. test_bits FILE compares; test_bits FILE --update stores, where a
// written order or formula has changed for a reason.
#include <cfenv>
#include <cinttypes>
#include <cmath>
#include <fstream>
#include <map>
#include <string>

#include "chain.hpp"
#include "check.hpp"
#include "runtime/runner.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

constexpr long kSamples = 45, kBatch = 16, kSteps = 3, kEpochs = 3;

struct Case {
    const char* name;
    ProgramSpec program;
    Element element;
    bool weighted;
};

Case make(const char* name, const Chain& chain, Element element, bool weighted = false) {
    return {name, chain.program, element, weighted};
}

std::vector<Case> cases() {
    const OptimizerSpec rmsprop{.rule = Rule::rmsprop, .slots = 1, .rho = 0.9, .epsilon = 1e-7};
    const OptimizerSpec centered{.rule = Rule::rmsprop, .slots = 3, .momentum = 0.5, .rho = 0.9, .epsilon = 1e-7,
                                 .centered = true, .global_clip_norm = 0.1};
    const OptimizerSpec adam{.rule = Rule::adam, .slots = 2, .epsilon = 1e-7, .beta_1 = 0.9, .beta_2 = 0.999};
    OptimizerSpec clipped = adam;
    clipped.slots = 3;
    clipped.amsgrad = true;
    clipped.weight_decay = 0.004;
    clipped.clip_norm = 0.05;
    OptimizerSpec nadam = adam;
    nadam.rule = Rule::nadam;
    nadam.clip_value = 0.01;
    const OptimizerSpec nesterov{.rule = Rule::sgd_nesterov, .slots = 1, .momentum = 0.9};
    const OptimizerSpec adagrad{.rule = Rule::adagrad, .slots = 1, .epsilon = 1e-7};
    OptimizerSpec adamax{.rule = Rule::adamax, .slots = 3, .epsilon = 1e-7, .beta_1 = 0.9, .beta_2 = 0.999};
    adamax.averages = true;
    adamax.average_momentum = 0.9;
    adamax.overwrite_every = 4;
    OptimizerSpec lion{.rule = Rule::lion, .slots = 2, .beta_1 = 0.9, .beta_2 = 0.99, .clip_norm = 0.05};
    lion.gather = 2;
    OptimizerSpec adadelta{.rule = Rule::adadelta, .slots = 4, .rho = 0.95, .epsilon = 1e-7, .weight_decay = 0.1};
    adadelta.averages = true;
    adadelta.average_momentum = 0.75;
    adadelta.overwrite_every = 2;
    adadelta.gather = 3;
    OptimizerSpec ftrl{.rule = Rule::ftrl, .slots = 2};
    ftrl.power = 0.6;
    ftrl.l1 = 0.001;
    ftrl.l2 = 0.01;
    ftrl.shrinkage = 0.02;
    ftrl.beta = 0.1;
    OptimizerSpec root_ftrl = ftrl;
    root_ftrl.power = 0.5;
    const ConstraintSpec columns{ConstraintKind::column_norms, 0, 0.5}, rows{ConstraintKind::row_norms, 0.3, 0.6, 0.5};
    const ConstraintSpec all{ConstraintKind::norm, 0, 1}, non_negative{ConstraintKind::non_negative};
    const auto mean = [](LossKind kind, bool from_logits = false, Real smoothing = 0) {
        return LossSpec{kind, from_logits, smoothing, Reduction::sum_over_batch_size, 1};
    };
    const LossSpec weighted_mean{LossKind::mean_absolute_error, false, 0, Reduction::mean_with_sample_weight, 0.5};

    Chain rest(12);
    for (const Function f : {Function::elu, Function::selu, Function::silu, Function::softplus, Function::exponential,
                             Function::mish, Function::celu, Function::log_sigmoid, Function::relu6})
        rest.dense(13).activation(f, 0.7).layer_norm();
    rest.dense(11).activation(Function::log_softmax).loss(mean(LossKind::mean_squared_error)).optimizer(adagrad);
    return {
        make("relu mse rmsprop",
             Chain(300).dense(41).activation(Function::relu).dense(19).dense(3).loss(mean(LossKind::mean_squared_error))
                 .optimizer(rmsprop),
             Element::uint8),
        make("batch_norm dropout l1 l2 adam amsgrad clip_norm",
             Chain(29).dense(37, {.l1 = 0.001, .l2 = 0.01}).batch_norm().activation(Function::relu).dropout().dense(21)
                 .batch_norm().activation(Function::leaky_relu, 0.2).dense(5).loss(mean(LossKind::mean_squared_error))
                 .optimizer(clipped),
             Element::float64),
        make("layer_norm mae rmsprop centered global_clip_norm",
             Chain(23).layer_norm().dense(35).layer_norm().activation(Function::hard_silu).dropout().dense(26)
                 .activation(Function::softsign).dense(7).activation(Function::hard_sigmoid).loss(weighted_mean)
                 .optimizer(centered),
             Element::int32, true),
        make("softmax dropout adam",
             Chain(50).dense(33).activation(Function::relu).dropout().dense(10).activation(Function::softmax).classes()
                 .optimizer(adam),
             kOwnElement),
        make("sigmoid batch_norm nadam clip_value",
             Chain(17).dense(25).activation(Function::sigmoid).batch_norm().dense(9).activation(Function::tanh)
                 .dense(2).activation(Function::sigmoid).loss(mean(LossKind::binary_crossentropy)).optimizer(nadam),
             Element::int64, true),
        make("gelu layer_norm smoothing nesterov",
             Chain(31).dense(28).activation(Function::gelu).layer_norm().dense(18).activation(Function::gelu_tanh)
                 .dense(6).loss(mean(LossKind::categorical_crossentropy, true, 0.1)).optimizer(nesterov),
             kOwnElement),
        make("other activations adagrad", rest, kOwnElement),
        make("formulas joined noise adam",
             Chain(23).dense(21).noise(NoiseKind::gaussian_noise).map(ElementFunction::erf).with_weight(ElementFunction::multiply)
                 .dense(21).activation(Function::softplus).map(ElementFunction::log).with_earlier(ElementFunction::add, 3)
                 .noise(NoiseKind::alpha_dropout).map(ElementFunction::sin).join_with_earlier(2).dense(9)
                 .noise(NoiseKind::gaussian_dropout).reduce(ReduceFunction::max).join_with_earlier(1)
                 .dense(4).loss(mean(LossKind::mean_squared_error)).optimizer(adam),
             kOwnElement),
        make("adamax averages norms",
             Chain(45).dense(57, {}, columns, all).activation(Function::relu).dense(27, {}, rows, non_negative)
                 .activation(Function::tanh).dense(6, {}, all, all).loss(mean(LossKind::mean_squared_error))
                 .optimizer(adamax),
             kOwnElement),
        make("gathered lion batch_norm l2",
             Chain(19).dense(35, {.l2 = 0.01}).batch_norm().activation(Function::relu).dense(6, {}, non_negative)
                 .loss(mean(LossKind::mean_squared_error)).optimizer(lion),
             kOwnElement),
        make("gathered adadelta averages layer_norm",
             Chain(21).dense(25, {.l1 = 0.001}).layer_norm().activation(Function::tanh).dense(5, {}, columns)
                 .loss(mean(LossKind::mean_squared_error)).optimizer(adadelta),
             kOwnElement),
        make("ftrl", Chain(21).dense(25).activation(Function::relu).dense(5).loss(mean(LossKind::mean_squared_error)).optimizer(ftrl),
             kOwnElement),
        make("ftrl of roots",
             Chain(21).dense(25).activation(Function::relu).dense(5).loss(mean(LossKind::mean_squared_error)).optimizer(root_ftrl),
             kOwnElement),
    };
}

// From 0 to 1, the same numbers with any standard library.
std::vector<Real> numbers(size_t n, uint32_t seed) {
    std::vector<Real> x(n);
    for (size_t i = 0; i < n; ++i) {
        uint32_t h = (static_cast<uint32_t>(i) + seed * 0x9E3779B9u) * 0x85EBCA6Bu;
        h = (h ^ (h >> 13)) * 0xC2B2AE35u;
        x[i] = static_cast<Real>((h ^ (h >> 16)) >> 8) / static_cast<Real>(1 << 24);
    }
    return x;
}

std::vector<char> bytes(const std::vector<Real>& from, Element element) {
    std::vector<char> out;
    const auto put = [&](auto value) {
        out.insert(out.end(), reinterpret_cast<const char*>(&value), reinterpret_cast<const char*>(&value + 1));
    };
    for (const Real x : from) switch (element) {
            case Element::uint8: put(static_cast<uint8_t>(x * 4)); break;
            case Element::float32: put(static_cast<float>(x)); break;
            case Element::float64: put(static_cast<double>(x)); break;
            case Element::int32: put(static_cast<int32_t>(x * 5) - 2); break;
            case Element::int64: put(static_cast<int64_t>(x * 5) - 2); break;
            default: CHECK(false, "no case reads this kind of element: test_rows does");
        }
    return out;
}

class Hash {
   public:
    template <class T>
    void add(const std::vector<T>& values) {
        for (const T value : values) CHECK(std::isfinite(value), "a result is not finite");
        const auto* byte = reinterpret_cast<const unsigned char*>(values.data());
        for (size_t i = 0; i < values.size() * sizeof(T); ++i) value_ = (value_ ^ byte[i]) * 0x100000001B3u;  // FNV-1a
    }
    uint64_t value() const { return value_; }

   private:
    uint64_t value_ = 0xCBF29CE484222325u;
};

uint64_t result(const Case& c, const std::string& isa, int threads, int rounding) {
    const ProgramSpec& p = c.program;
    const long columns = p.nodes[0].columns, outputs = p.nodes.back().columns;
    const auto count = [](long n) { return static_cast<size_t>(n); };
    const auto x = bytes(numbers(count(kSamples * columns), 1), c.element);
    const auto y = numbers(count(kSamples * outputs), 2), weights = numbers(count(kSamples), 3);
    std::vector<int32_t> labels;
    for (long i = 0; i < kSamples; ++i) labels.push_back(static_cast<int32_t>(i * 7 % outputs));
    FeedSpec feed{kSamples, {{x.data(), static_cast<long>(x.size()) / kSamples, c.element}}, {}, {}};
    if (p.heads[0].labels)
        feed.targets = {{labels.data(), sizeof(int32_t), Element::int32}};
    else
        feed.targets = {{y.data(), outputs * static_cast<long>(sizeof(Real)), kOwnElement}};
    if (c.weighted) feed.weights = {{weights.data(), sizeof(Real), kOwnElement}};
    const OrderSpec order{kSamples, {1, 2, 3, 4, 5, 6, 7, 8}, 3, 3};

    std::vector<std::vector<Real>> buffers(count(1 + p.optimizer.slots), std::vector<Real>(count(p.flat_size)));
    buffers[0] = numbers(count(p.flat_size), 4);
    for (Real& w : buffers[0]) w = (w - static_cast<Real>(0.5)) / 2;
    for (const NodeSpec& node : p.nodes)  // scales and variances are about 1
        for (const int v : {node.gamma, node.variance})
            for (long j = 0; v >= 0 && j < node.columns; ++j) buffers[0][count(p.vectors[count(v)].offset + j)] += 1;
    StateSpec state;
    state.parameters = buffers[0].data();
    for (size_t s = 1; s < buffers.size(); ++s) state.slots.push_back(buffers[s].data());
    state.learning_rate = 0.01;
    state.key = 42;

    std::vector<double> sums(4), counts(4);
    std::vector<Real> predictions(count(kSamples * outputs));
    Runner runner(p, kernels(isa), {true, 0xff, 1.0});
    std::fesetround(rounding);
    for (int epoch = 0; epoch < kEpochs; ++epoch)
        runner.train(state, feed, order, {kBatch, 0, kSteps}, threads, sums.data(), counts.data(), {});
    runner.evaluate(state, feed, {kBatch, 0, kSteps}, threads, sums.data(), counts.data(), {});
    runner.predict(state, feed, kBatch, false, threads, {predictions.data()}, {});
    CHECK(std::fegetround() == rounding, "%s: the caller's rounding mode was %d and is %d", c.name, rounding,
          std::fegetround());
    std::fesetround(FE_TONEAREST);

    Hash hash;
    for (const auto& buffer : buffers) hash.add(buffer);
    hash.add(predictions);
    hash.add(sums);
    hash.add(counts);
    return hash.value();
}

// Lines of a hash and a name.
std::map<std::string, uint64_t> read(const char* path) {
    std::map<std::string, uint64_t> stored;
    std::ifstream file(path);
    std::string hash, name;
    while (file >> hash && std::getline(file >> std::ws, name)) stored[name] = std::stoull(hash, nullptr, 16);
    return stored;
}

}  // namespace

int main(int argc, char** argv) {
    const bool update = argc == 3 && std::string(argv[2]) == "--update";
    if (argc != 2 && !update) {
        std::fprintf(stderr, "usage: %s FILE [--update]\n", argv[0]);
        return 2;
    }
    auto stored = read(argv[1]);
    std::string text;
    for (const Case& c : cases()) {
        const uint64_t first = result(c, "portable", 1, FE_TONEAREST);
        char line[100];
        std::snprintf(line, sizeof line, "%016" PRIx64 " %s\n", first, c.name);
        text += line;
        const uint64_t wanted = update ? first : stored[c.name];
        for (const std::string& isa : available_instruction_sets())
            for (const int threads : {1, 3})
                for (const int rounding : {FE_TONEAREST, FE_UPWARD}) {
                    const uint64_t hash = result(c, isa, threads, rounding);
                    CHECK(hash == wanted, "%s, %s, %d threads, rounding mode %d: %016" PRIx64 ", stored is %016" PRIx64,
                          c.name, isa.c_str(), threads, rounding, hash, wanted);
                }
    }
    if (update && !failures) std::ofstream(argv[1]) << text;
    return finish("bits");
}
