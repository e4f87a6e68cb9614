// One precision's door: the Runner and what it takes.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <exception>

#include "runtime/isa.hpp"
#include "runtime/runner.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace denim::DENIM_PRECISION {

namespace {

using Flat = nb::ndarray<Real, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Sums = nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// An address, the bytes from row to row and the element kind of each array; Python keeps the arrays alive.
using ColumnTuple = std::tuple<uintptr_t, long, int>;

std::vector<Column> columns(const nb::list& list) {
    std::vector<Column> out;
    for (const nb::handle item : list) {
        const nb::tuple t = nb::cast<nb::tuple>(item);
        out.push_back({reinterpret_cast<const void*>(nb::cast<uintptr_t>(t[0])), nb::cast<long>(t[1]),
                       static_cast<Element>(nb::cast<int>(t[2]))});
    }
    return out;
}

struct State {
    Flat parameters;
    std::vector<Flat> slots;
    int64_t iterations;
    Real learning_rate;
    uint64_t key;

    StateSpec spec(const ProgramSpec& program, bool with_slots) const {
        const auto check = [&](const Flat& flat, const char* what) {
            if (static_cast<long>(flat.shape(0)) != program.flat_size)
                throw std::invalid_argument(std::string(what) + " must have " + std::to_string(program.flat_size) +
                                            " elements. Received: " + std::to_string(flat.shape(0)));
        };
        StateSpec s;
        check(parameters, "The parameter buffer");
        s.parameters = parameters.data();
        if (with_slots && slots.size() != static_cast<size_t>(program.optimizer.slots))
            throw std::invalid_argument("The optimizer has " + std::to_string(program.optimizer.slots) +
                                        " slots. Received: " + std::to_string(slots.size()));
        for (const Flat& slot : slots) {
            check(slot, "A slot buffer");
            s.slots.push_back(slot.data());
        }
        s.iterations = iterations;
        s.learning_rate = learning_rate;
        s.key = key;
        return s;
    }
};

// Calls back into Python from the run's own thread; what Python raises stops the run and is raised again after it.
class PythonPoll {
   public:
    explicit PythonPoll(nb::object callback) : callback_(std::move(callback)) {}

    Poll poll() {
        return [this](long done) {
            nb::gil_scoped_acquire gil;
            try {
                if (PyErr_CheckSignals() != 0) throw nb::python_error();
                if (done != kOnlySignals && !callback_.is_none()) callback_(done);
                return false;
            } catch (...) {
                raised_ = std::current_exception();
                return true;
            }
        };
    }

    void raise_again() const {
        if (raised_) std::rethrow_exception(raised_);
    }

   private:
    nb::object callback_;
    std::exception_ptr raised_;
};

// l1, l2, decays.
PenaltySpec penalty_of(const nb::handle& h) {
    const nb::tuple t = nb::cast<nb::tuple>(h);
    return {nb::cast<Real>(t[0]), nb::cast<Real>(t[1]), nb::cast<bool>(t[2])};
}

ProgramSpec program_of(const nb::dict& d) {
    ProgramSpec p;
    for (const nb::handle item : nb::cast<nb::list>(d["nodes"])) {
        const nb::dict n = nb::cast<nb::dict>(item);
        NodeSpec s{};
        s.kind = static_cast<NodeKind>(nb::cast<int>(n["kind"]));
        s.input = nb::cast<int>(n["input"]);
        s.rows = nb::cast<long>(n["rows"]);
        s.columns = nb::cast<long>(n["columns"]);
        s.block = nb::cast<int>(n["block"]);
        s.function = static_cast<Function>(nb::cast<int>(n["function"]));
        s.alpha = nb::cast<Real>(n["alpha"]);
        s.rate = nb::cast<double>(n["rate"]);
        s.threshold = nb::cast<uint32_t>(n["threshold"]);
        s.site = nb::cast<uint32_t>(n["site"]);
        s.seed = nb::cast<std::optional<uint64_t>>(n["seed"]);
        s.shift = nb::cast<std::vector<Real>>(n["shift"]);
        s.scale = nb::cast<std::vector<Real>>(n["scale"]);
        s.offset = nb::cast<std::vector<Real>>(n["offset"]);
        s.gamma = nb::cast<int>(n["gamma"]);
        s.beta = nb::cast<int>(n["beta"]);
        s.mean = nb::cast<int>(n["mean"]);
        s.variance = nb::cast<int>(n["variance"]);
        s.momentum = nb::cast<Real>(n["momentum"]);
        s.epsilon = nb::cast<Real>(n["epsilon"]);
        s.frozen = nb::cast<bool>(n["frozen"]);
        p.nodes.push_back(s);
    }
    for (const nb::handle item : nb::cast<nb::list>(d["blocks"])) {
        const nb::dict b = nb::cast<nb::dict>(item);
        p.blocks.push_back({nb::cast<long>(b["k"]), nb::cast<long>(b["n"]), nb::cast<long>(b["kernel_offset"]),
                            nb::cast<long>(b["bias_offset"]), nb::cast<bool>(b["train_kernel"]),
                            nb::cast<bool>(b["train_bias"]), penalty_of(b["kernel_penalty"]),
                            penalty_of(b["bias_penalty"])});
    }
    for (const nb::handle item : nb::cast<nb::list>(d["vectors"])) {
        const nb::dict v = nb::cast<nb::dict>(item);
        p.vectors.push_back({nb::cast<long>(v["offset"]), nb::cast<long>(v["n"]), nb::cast<bool>(v["trainable"]),
                             penalty_of(v["penalty"])});
    }
    p.outputs = nb::cast<std::vector<int>>(d["outputs"]);
    for (const nb::handle item : nb::cast<nb::list>(d["heads"])) {
        const nb::dict h = nb::cast<nb::dict>(item);
        HeadSpec head{};
        head.output = nb::cast<int>(h["output"]);
        head.labels = nb::cast<bool>(h["labels"]);
        if (const nb::object given = h["loss"]; !given.is_none()) {
            const nb::dict l = nb::cast<nb::dict>(given);
            head.loss = LossSpec{static_cast<LossKind>(nb::cast<int>(l["kind"])), nb::cast<bool>(l["from_logits"]),
                                 nb::cast<Real>(l["smoothing"]), static_cast<Reduction>(nb::cast<int>(l["reduction"])),
                                 nb::cast<Real>(l["weight"])};
        }
        for (const nb::handle entry : nb::cast<nb::list>(h["metrics"])) {
            const nb::dict m = nb::cast<nb::dict>(entry);
            head.metrics.push_back({static_cast<MetricKind>(nb::cast<int>(m["kind"])),
                                    static_cast<LossKind>(nb::cast<int>(m["loss"])), nb::cast<bool>(m["from_logits"]),
                                    nb::cast<Real>(m["smoothing"]), nb::cast<Real>(m["threshold"]),
                                    nb::cast<bool>(m["weighted"])});
        }
        p.heads.push_back(head);
    }
    const nb::dict o = nb::cast<nb::dict>(d["optimizer"]);
    p.optimizer.rule = static_cast<Rule>(nb::cast<int>(o["rule"]));
    p.optimizer.slots = nb::cast<int>(o["slots"]);
    p.optimizer.momentum = nb::cast<Real>(o["momentum"]);
    p.optimizer.rho = nb::cast<Real>(o["rho"]);
    p.optimizer.epsilon = nb::cast<Real>(o["epsilon"]);
    p.optimizer.beta_1 = nb::cast<double>(o["beta_1"]);
    p.optimizer.beta_2 = nb::cast<double>(o["beta_2"]);
    p.optimizer.centered = nb::cast<bool>(o["centered"]);
    p.optimizer.amsgrad = nb::cast<bool>(o["amsgrad"]);
    p.optimizer.weight_decay = nb::cast<Real>(o["weight_decay"]);
    p.optimizer.clip_norm = nb::cast<Real>(o["clip_norm"]);
    p.optimizer.clip_value = nb::cast<Real>(o["clip_value"]);
    p.optimizer.global_clip_norm = nb::cast<Real>(o["global_clip_norm"]);
    p.flat_size = nb::cast<long>(d["flat_size"]);
    return p;
}

// Rows, inputs, targets, weights, as native.py passes them.
FeedSpec feed_of(const nb::tuple& t) {
    return {nb::cast<long>(t[0]), columns(nb::cast<nb::list>(t[1])), columns(nb::cast<nb::list>(t[2])),
            columns(nb::cast<nb::list>(t[3]))};
}

// None, or rows, round keys, left bits, right bits.
OrderSpec order_of(const nb::object& o) {
    if (o.is_none()) return {};
    const nb::tuple t = nb::cast<nb::tuple>(o);
    return {nb::cast<long>(t[0]), nb::cast<std::vector<uint32_t>>(t[1]), nb::cast<int>(t[2]), nb::cast<int>(t[3])};
}

}  // namespace

void bind(nb::module_ m) {
    m.def("available_instruction_sets", &available_instruction_sets);
    m.def("preferred_instruction_set", [](const std::string& name) { return kernels(name).name; }, "name"_a = "");
    m.def(
        "permutation",
        [](const nb::object& order, long start, long stop) {
            const OrderSpec spec = order_of(order);
            std::vector<int64_t> rows(static_cast<size_t>(stop - start));
            spec.rows_at(start, stop - start, rows.data());
            return rows;
        },
        "order"_a, "start"_a, "stop"_a);

    nb::class_<State>(m, "State")
        .def(
            "__init__",
            [](State* self, Flat parameters, std::vector<Flat> slots, int64_t iterations, Real learning_rate,
               uint64_t key) {
                new (self) State{std::move(parameters), std::move(slots), iterations, learning_rate, key};
            },
            "parameters"_a.noconvert(), "slots"_a.noconvert(), "iterations"_a, "learning_rate"_a, "key"_a)
        .def_ro("iterations", &State::iterations);

    nb::class_<Runner>(m, "Runner")
        .def(
            "__init__",
            [](Runner* self, const nb::dict& program, const std::string& isa, bool fuse, int poison,
               double work_per_thread, double meeting) {
                new (self) Runner(program_of(program), kernels(isa), {fuse, poison, work_per_thread, meeting});
            },
            "program"_a, "isa"_a = "", "fuse"_a = true, "poison"_a = 0,
            "work_per_thread"_a = Options{}.work_per_thread, "meeting"_a = Options{}.meeting)
        .def_prop_ro("instruction_set", &Runner::instruction_set)
        .def("train",
             [](Runner& r, State& state, const nb::tuple& feed, const nb::object& order, long batch_size,
                long first_step, long last_step, int threads, Sums sums, Sums counts, nb::object callback,
                const nb::object& learning_rates) {
                 StateSpec spec = state.spec(r.program(), true);
                 const Real* rates = nullptr;
                 if (!learning_rates.is_none()) {
                     const Flat array = nb::cast<Flat>(learning_rates, false);
                     if (static_cast<long>(array.shape(0)) < last_step - first_step)
                         throw std::invalid_argument("learning_rates must have one number for each step. Received: " +
                                                     std::to_string(array.shape(0)));
                     rates = array.data();
                 }
                 const FeedSpec f = feed_of(feed);
                 const OrderSpec o = order_of(order);
                 PythonPoll poll(std::move(callback));
                 long done;
                 {
                     nb::gil_scoped_release release;
                     done = r.train(spec, f, o, {batch_size, first_step, last_step, rates}, threads,
                                            sums.data(), counts.data(), poll.poll());
                 }
                 state.iterations = spec.iterations;
                 poll.raise_again();
                 return done;
             },
             "state"_a, "feed"_a, "order"_a.none(), "batch_size"_a, "first_step"_a, "last_step"_a, "threads"_a,
             "sums"_a.noconvert(), "counts"_a.noconvert(), "callback"_a.none(), "learning_rates"_a.none() = nb::none())
        .def("evaluate",
             [](Runner& r, const State& state, const nb::tuple& feed, long batch_size, long first_step,
                long last_step, int threads, Sums sums, Sums counts, nb::object callback) {
                 const StateSpec spec = state.spec(r.program(), false);
                 const FeedSpec f = feed_of(feed);
                 PythonPoll poll(std::move(callback));
                 long done;
                 {
                     nb::gil_scoped_release release;
                     done = r.evaluate(spec, f, {batch_size, first_step, last_step}, threads, sums.data(),
                                               counts.data(), poll.poll());
                 }
                 poll.raise_again();
                 return done;
             },
             "state"_a, "feed"_a, "batch_size"_a, "first_step"_a, "last_step"_a, "threads"_a, "sums"_a.noconvert(),
             "counts"_a.noconvert(), "callback"_a.none())
        .def("predict", [](Runner& r, const State& state, const nb::tuple& feed, long batch_size, bool training,
                           int threads, const std::vector<uintptr_t>& outputs, nb::object callback) {
            const StateSpec spec = state.spec(r.program(), false);
            const FeedSpec f = feed_of(feed);
            PythonPoll poll(std::move(callback));
            std::vector<Real*> to;
            for (const uintptr_t address : outputs) to.push_back(reinterpret_cast<Real*>(address));
            {
                nb::gil_scoped_release release;
                r.predict(spec, f, batch_size, training, threads, to, poll.poll());
            }
            poll.raise_again();
        },
             "state"_a, "feed"_a, "batch_size"_a, "training"_a, "threads"_a, "outputs"_a, "callback"_a.none());
}

}  // namespace denim::DENIM_PRECISION
