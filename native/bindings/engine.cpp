// One precision's door: the Runner and what it takes.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <exception>
#include <optional>

#include "bindings/few_rows.hpp"
#include "bindings/interpreter.hpp"
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
            const Locked locked;
            try {
                if (PyErr_CheckSignals() != 0) throw nb::python_error();
                if (done != kOnlySignals && !callback_.is_none()) callback_(done);
                return false;
            } catch (const std::exception&) {
                raised_ = std::current_exception();
                return true;
            } catch (...) {  // the thread's end, within the callback
                wait_for_the_end();
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

ProgramSpec program_of(const nb::dict& d);

// Kind, smallest and largest norm, rate, epsilon, columns, and the program of a rewrite.
ConstraintSpec constraint_of(const nb::handle& h) {
    const nb::tuple t = nb::cast<nb::tuple>(h);
    ConstraintSpec c{static_cast<ConstraintKind>(nb::cast<int>(t[0])), nb::cast<double>(t[1]), nb::cast<double>(t[2]),
                     nb::cast<double>(t[3]), nb::cast<double>(t[4]), nb::cast<long>(t[5])};
    if (const nb::object program = t[6]; !program.is_none())
        c.program = std::make_shared<const ProgramSpec>(program_of(nb::cast<nb::dict>(program)));
    return c;
}

ProgramSpec program_of(const nb::dict& d) {
    ProgramSpec p;
    for (const nb::handle item : nb::cast<nb::list>(d["nodes"])) {
        const nb::dict n = nb::cast<nb::dict>(item);
        NodeSpec s{};
        s.kind = static_cast<NodeKind>(nb::cast<int>(n["kind"]));
        s.inputs = nb::cast<std::vector<int>>(n["inputs"]);
        s.input = s.inputs.empty() ? -1 : s.inputs.front();
        s.shared = nb::cast<bool>(n["shared"]);
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
        s.always = nb::cast<bool>(n["always"]);
        s.noise = static_cast<NoiseKind>(nb::cast<int>(n["noise"]));
        s.amount = nb::cast<Real>(n["amount"]);
        s.whole = nb::cast<bool>(n["whole"]);
        s.head = nb::cast<int>(n["head"]);
        s.values = nb::cast<std::vector<Real>>(n["values"]);
        s.vector = nb::cast<int>(n["vector"]);
        s.bias = nb::cast<bool>(n["bias"]);
        s.element = static_cast<ElementFunction>(nb::cast<int>(n["element"]));
        s.reduction = static_cast<ReduceFunction>(nb::cast<int>(n["reduction"]));
        s.indices = nb::cast<std::vector<long>>(n["indices"]);
        s.outer = nb::cast<long>(n["outer"]);
        s.inner = nb::cast<long>(n["inner"]);
        p.nodes.push_back(s);
    }
    for (const nb::handle item : nb::cast<nb::list>(d["blocks"])) {
        const nb::dict b = nb::cast<nb::dict>(item);
        p.blocks.push_back({nb::cast<long>(b["k"]), nb::cast<long>(b["n"]), nb::cast<long>(b["kernel_offset"]),
                            nb::cast<long>(b["bias_offset"]), nb::cast<bool>(b["train_kernel"]),
                            nb::cast<bool>(b["train_bias"]), penalty_of(b["kernel_penalty"]),
                            penalty_of(b["bias_penalty"]), constraint_of(b["kernel_constraint"]),
                            constraint_of(b["bias_constraint"])});
    }
    for (const nb::handle item : nb::cast<nb::list>(d["vectors"])) {
        const nb::dict v = nb::cast<nb::dict>(item);
        p.vectors.push_back({nb::cast<long>(v["offset"]), nb::cast<long>(v["n"]), nb::cast<bool>(v["trainable"]),
                             penalty_of(v["penalty"]), constraint_of(v["constraint"])});
    }
    p.outputs = nb::cast<std::vector<int>>(d["outputs"]);
    for (const nb::handle item : nb::cast<nb::list>(d["heads"])) {
        const nb::dict h = nb::cast<nb::dict>(item);
        HeadSpec head{};
        head.output = nb::cast<int>(h["output"]);
        head.labels = nb::cast<bool>(h["labels"]);
        head.compared = nb::cast<bool>(h["compared"]);
        if (const nb::object given = h["loss"]; !given.is_none()) {
            const nb::dict l = nb::cast<nb::dict>(given);
            head.loss = LossSpec{static_cast<LossKind>(nb::cast<int>(l["kind"])), nb::cast<bool>(l["from_logits"]),
                                 nb::cast<Real>(l["smoothing"]), static_cast<Reduction>(nb::cast<int>(l["reduction"])),
                                 nb::cast<Real>(l["weight"]), nb::cast<int>(l["values"]), nb::cast<bool>(l["of_batch"])};
            if (const nb::object ignored = l["ignored"]; !ignored.is_none()) head.loss->ignored = nb::cast<double>(ignored);
            head.loss->counts = nb::cast<int>(l["counts"]);
        }
        for (const nb::handle entry : nb::cast<nb::list>(h["metrics"])) {
            const nb::dict m = nb::cast<nb::dict>(entry);
            head.metrics.push_back({static_cast<MetricKind>(nb::cast<int>(m["kind"])),
                                    static_cast<LossKind>(nb::cast<int>(m["loss"])), nb::cast<bool>(m["from_logits"]),
                                    nb::cast<Real>(m["smoothing"]), nb::cast<Real>(m["threshold"]),
                                    nb::cast<bool>(m["weighted"]), nb::cast<int>(m["values"]),
                                    nb::cast<bool>(m["of_batch"])});
        }
        p.heads.push_back(head);
    }
    p.added = nb::cast<std::vector<int>>(d["added"]);
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
    p.optimizer.power = nb::cast<double>(o["power"]);
    p.optimizer.l1 = nb::cast<double>(o["l1"]);
    p.optimizer.l2 = nb::cast<double>(o["l2"]);
    p.optimizer.shrinkage = nb::cast<double>(o["shrinkage"]);
    p.optimizer.beta = nb::cast<double>(o["beta"]);
    p.optimizer.averages = nb::cast<bool>(o["averages"]);
    p.optimizer.average_momentum = nb::cast<Real>(o["average_momentum"]);
    p.optimizer.overwrite_every = nb::cast<int64_t>(o["overwrite_every"]);
    p.optimizer.gather = nb::cast<int64_t>(o["gather"]);
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

std::vector<Real*> addresses(const std::vector<uintptr_t>& outputs) {
    std::vector<Real*> to;
    for (const uintptr_t address : outputs) to.push_back(reinterpret_cast<Real*>(address));
    return to;
}

// Names in the order of their numbers.
#define DENIM_NAME(name) #name,
const std::vector<std::string> kNodeKinds{DENIM_NODE_KINDS(DENIM_NAME)};
const std::vector<std::string> kElementwise{DENIM_ELEMENTWISE(DENIM_NAME)};
const std::vector<std::string> kReductions{DENIM_REDUCTIONS(DENIM_NAME)};
#undef DENIM_NAME

}  // namespace

void bind(nb::module_ m) {
    if (_import_array() < 0) throw nb::python_error();
    m.attr("node_kinds") = nb::cast(kNodeKinds);
    m.attr("elementwise") = nb::cast(kElementwise);
    m.attr("reductions") = nb::cast(kReductions);
    m.def("available_instruction_sets", &available_instruction_sets);
    m.def("preferred_instruction_set", [](const std::string& name) { return kernels(name).name; }, "name"_a = "");
    m.def(
        "permutation",
        [](const nb::object& order, long start, long stop, const std::string& isa) {
            const OrderSpec spec = order_of(order);
            std::vector<int64_t> rows(static_cast<size_t>(stop - start));
            spec.rows_at(kernels(isa), start, stop - start, rows.data());
            return rows;
        },
        "order"_a, "start"_a, "stop"_a, "isa"_a = "");

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
                const nb::object& learning_rates, const std::vector<uintptr_t>& captured) {
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
                     const Unlocked unlocked;
                     done = r.train(spec, f, o, {batch_size, first_step, last_step, rates}, threads,
                                            sums.data(), counts.data(), poll.poll(), addresses(captured));
                 }
                 state.iterations = spec.iterations;
                 poll.raise_again();
                 return done;
             },
             "state"_a, "feed"_a, "order"_a.none(), "batch_size"_a, "first_step"_a, "last_step"_a, "threads"_a,
             "sums"_a.noconvert(), "counts"_a.noconvert(), "callback"_a.none(), "learning_rates"_a.none() = nb::none(),
             "captured"_a = std::vector<uintptr_t>())
        .def("evaluate",
             [](Runner& r, const State& state, const nb::tuple& feed, long batch_size, long first_step,
                long last_step, int threads, Sums sums, Sums counts, nb::object callback,
                const std::vector<uintptr_t>& captured) {
                 const StateSpec spec = state.spec(r.program(), false);
                 const FeedSpec f = feed_of(feed);
                 PythonPoll poll(std::move(callback));
                 long done;
                 {
                     const Unlocked unlocked;
                     done = r.evaluate(spec, f, {batch_size, first_step, last_step}, threads, sums.data(),
                                               counts.data(), poll.poll(), addresses(captured));
                 }
                 poll.raise_again();
                 return done;
             },
             "state"_a, "feed"_a, "batch_size"_a, "first_step"_a, "last_step"_a, "threads"_a, "sums"_a.noconvert(),
             "counts"_a.noconvert(), "callback"_a.none(), "captured"_a = std::vector<uintptr_t>())
        .def("predict", [](Runner& r, const State& state, const nb::tuple& feed, long batch_size, bool training,
                           int threads, const std::vector<uintptr_t>& outputs, nb::object callback) {
            const StateSpec spec = state.spec(r.program(), false);
            const FeedSpec f = feed_of(feed);
            PythonPoll poll(std::move(callback));
            {
                const Unlocked unlocked;
                r.predict(spec, f, batch_size, training, threads, addresses(outputs), poll.poll());
            }
            poll.raise_again();
        },
             "state"_a, "feed"_a, "batch_size"_a, "training"_a, "threads"_a, "outputs"_a, "callback"_a.none());

    nb::class_<FewRows>(m, "FewRows")
        .def(
            "__init__",
            [](FewRows* self, nb::object runner, nb::object state, std::vector<npy_intp> sample,
               const std::vector<npy_intp>& output, nb::object array_type, std::string settings) {
                Runner& uses = nb::cast<Runner&>(runner);
                StateSpec spec = nb::cast<const State&>(state).spec(uses.program(), false);
                new (self) FewRows(uses, nb::make_tuple(runner, state), std::move(spec), std::move(sample), output,
                                   std::move(array_type), std::move(settings));
            },
            "runner"_a, "state"_a, "sample"_a, "output"_a, "array_type"_a, "settings"_a)
        .def("predict", &FewRows::predict, nb::arg().none());
}

}  // namespace denim::DENIM_PRECISION
