"""compile, fit, evaluate and predict, for all models."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from denim import losses, optimizers
from denim.callbacks.callback_list import CallbackList
from denim.callbacks.history import History
from denim.data.batches import resolve_batch_size, whole
from denim.data.samples import Samples, gather_samples
from denim.layers.undoing import unbuilt_if_refused
from denim.messages import print_message
from denim.metrics import Mean
from denim.models import hints
from denim.models.arguments import names_checked
from denim.models.compiling import Judgement, Objective
from denim.models.execution import Execution, draw_key
from denim.models.graph import Graph
from denim.models.position import Position
from denim.models.shortcut import FEW_ROWS
from denim.models.stretches import Prediction, Stretch
from denim.program.builder import Lowered
from denim.saving.compiled import compile_arguments, compile_config

Result = TypeVar("Result")


class Trainer:
    """What a Model is trained and used with.

    Attributes:
        optimizer, loss: as compiled.
        history: the History of the last fit.
        compiled: whether ``compile`` has been called.
        stop_training: set it in a callback to end ``fit`` after the present epoch, or, from a batch hook, batch.
        stop_evaluating, stop_predicting: set them in a batch hook to end ``evaluate`` or ``predict``.
    """

    built: bool
    inputs: Any
    outputs: Any
    layers: Any
    output_names: Any
    _graph: Graph | None
    lower: Callable[[], Lowered]
    meet: Callable[[Any], None]
    build_from: Callable[[tuple[int, ...]], None]

    def __init__(self) -> None:
        self.optimizer: optimizers.Optimizer | None = None
        self.loss: Any = None
        self.history: History | None = None
        self.compiled = False
        self._position = Position()
        self._hinted = False
        self.stop_training = False
        self.stop_evaluating = False
        self.stop_predicting = False
        self.steps_per_execution = 1
        self._compile_arguments: dict[str, Any] = {}
        self._objective: Objective | None = None
        self._judgement: Judgement | None = None
        self._execution = Execution()
        self._batch_key: int | None = None

    @names_checked
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose how the model is trained and judged.

        Args:
            optimizer: name, class or object of ``denim.optimizers``.
            loss: name, function, class or object of ``denim.losses``; for several outputs a list or a dict by name.
            loss_weights: factor of each output's loss in the total.
            metrics: list of names, functions or objects of ``denim.metrics``; for several outputs a list of lists or a
                dict. "accuracy" becomes binary, categorical or sparse by the shapes of outputs and targets.
            weighted_metrics: the same for metrics that sample and class weights enter.
            steps_per_execution: how many batches pass between two calls of batch hooks.
            run_eagerly, jit_compile, auto_scale_loss: Keras's; without meaning here.

        Raises:
            ValueError: for an unknown name or an argument of the wrong type. Nothing is then changed.
            NotImplementedError: for a loss or metric that is your own Python function.

        Source: https://keras.io/api/models/model_training_apis/
        """
        if losses.is_loss(optimizer):
            given = repr(optimizer) if isinstance(optimizer, str) else "..."
            raise ValueError(
                "The first argument of compile() is `optimizer`, and a loss was passed there. "
                f"Received: optimizer={optimizer!r}. Write model.compile(loss={given})."
            )
        objective = Objective(loss, loss_weights, metrics, weighted_metrics)
        stride = whole("steps_per_execution", steps_per_execution, 1)
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self.steps_per_execution = stride
        self.stop_training = False
        self.compiled = True
        self._objective, self._judgement, self._batch_key = objective, None, None
        self._compile_arguments = {
            "optimizer": self.optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": stride,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }

    def get_compile_config(self) -> dict[str, Any]:
        """What ``compile`` was given, as data; empty before."""
        return compile_config(self._compile_arguments)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """``compile`` with what ``get_compile_config`` returned.

        Raises:
            ValueError: for a name that is neither denim's nor registered.
        """
        self.compile(**compile_arguments(config))

    @property
    def metrics(self) -> list[Mean]:
        """The total loss and, once data has been seen, the outputs' losses and the metrics, as running means."""
        if self._judgement is not None:
            return list(self._judgement.metrics)
        return [] if self._objective is None else [self._objective.loss_mean]

    @property
    def metrics_names(self) -> list[str]:
        """The names of the values that ``evaluate`` lists."""
        if self._judgement is not None:
            return list(self._judgement.listed)
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Start all running means afresh."""
        for metric in self.metrics:
            metric.reset_state()

    @names_checked
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> History:
        """Train for some epochs.

        Args:
            x: an array of shape (samples, ...), or a list or dict of them for several inputs. Integers, truth values
                and floats of 16 to 64 bits are read as they lie, also from a memory map: nothing is copied.
            y: targets of shape (samples, ...), class numbers of shape (samples,); or a list or dict of them.
            batch_size: samples a step; 32 if left out.
            epochs: the number of the last epoch; the first is ``initial_epoch`` + 1.
            verbose: 0 silent, 1 or "auto" a progress bar, 2 a line an epoch.
            callbacks: a list of ``denim.callbacks``.
            validation_split: the part of the samples, from the end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight).
            shuffle: whether every epoch has an order of its own, drawn from NumPy's global generator.
            class_weight: dict from class number to its samples' weight.
            sample_weight: one number a sample.
            initial_epoch: epochs done before.
            steps_per_epoch: only None.
            validation_steps: validate on so many batches only.
            validation_batch_size: samples a batch of validation; ``batch_size`` if left out.
            validation_freq: validate after every so many epochs, or a list of epochs, the first being 1.

        Returns:
            the History: its ``history`` has a list with one value an epoch for each name.

        Raises:
            ValueError: for data or arguments that do not fit. Nothing is then changed.
        """
        optimizer = self._compiled_optimizer()
        if steps_per_epoch is not None:
            raise NotImplementedError(
                "`steps_per_epoch` is not supported: an epoch goes over all samples. Leave it out, or pass fewer "
                f"samples. Received: steps_per_epoch={steps_per_epoch!r}"
            )
        epochs, initial_epoch = whole("epochs", epochs, 0), whole("initial_epoch", initial_epoch, 0)
        if not isinstance(shuffle, (bool, np.bool_)):
            raise ValueError(f"`shuffle` must be True or False. Received: shuffle={shuffle!r}")
        is_validated = _validated_epochs(validation_freq)
        validation_size = batch_size if validation_batch_size is None else validation_batch_size
        with unbuilt_if_refused(self):
            samples, held_out = self._samples(x, y, sample_weight), None
            if validation_data is not None:
                held_out = _within("validation_data", lambda: self._samples(*_unpacked(validation_data)))
            at = samples.split_at(validation_split) if validation_split and held_out is None else samples.rows
            if class_weight is not None:
                samples = samples.weighted_by_class(class_weight, self._classes(samples))
            training = self._stretch(samples, batch_size)
            validation = None
            if held_out is not None:
                validation = _within(
                    "validation_data", lambda: self._stretch(held_out, validation_size, validation_steps)
                )
            elif at < samples.rows:
                # Split only now, so that errors have named the rows of x and y as they were passed.
                size = resolve_batch_size(validation_size, samples.rows - at, validation_steps)
                validation = training.part(at, samples.rows, size, validation_steps, weighted=class_weight is None)
                training = training.part(0, at, training.batch_size)
            optimizer.check_weights(training.trainable)
            optimizer.scheduled_rates(1)
            hooks = self._hooks(callbacks, verbose, epochs, training.steps, add_history=True)

        optimizer.build(training.trainable)
        self._judgement = training.judgement
        self.stop_training = False
        self._position = position = Position(draw_key(), initial_epoch)
        logs: dict[str, float] = {}
        hinted = verbose == 0
        if not hinted and not self._hinted:
            self._hinted = True
            for hint in hints.before_the_first_fit(training.program, training.feed):
                print_message(hint)
        hooks.on_train_begin()
        try:
            while position.epoch < epochs:
                epoch = position.epoch
                hooks.on_epoch_begin(epoch)
                logs = training.train_epoch(self, hooks, position, bool(shuffle))
                if validation is not None and is_validated(epoch + 1):
                    logs |= {f"val_{name}": value for name, value in validation.evaluate(self, hooks).items()}
                position.go_to(Position(position.key, epoch + 1))
                hooks.on_epoch_end(epoch, logs)
                if not hinted and not math.isfinite(logs["loss"]):
                    hinted = True
                    rate = float(optimizer.learning_rate)
                    print_message(
                        hints.after_a_lost_loss(logs["loss"], epoch + 1, rate, training.program, training.feed)
                    )
                if self.stop_training:
                    break
        finally:
            if epochs:
                optimizer.finalize_variable_values(training.trainable)
        hooks.on_train_end(logs)
        return self.history  # type: ignore[return-value]

    @names_checked
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics on data; nothing is learnt.

        Args:
            x, y, sample_weight: as of ``fit``.
            batch_size: samples a batch; 32 if left out.
            verbose, callbacks: as of ``fit``.
            steps: only so many batches.
            return_dict: whether to return a dict by name.

        Returns:
            the loss alone if there are no metrics, else a list (``metrics_names`` says of what), or a dict.

        Raises:
            ValueError: for data that do not fit.
        """
        self._require_compiled()
        with unbuilt_if_refused(self):
            stretch = self._stretch(self._samples(x, y, sample_weight), batch_size, steps)
            hooks = self._hooks(callbacks, verbose, 1, stretch.steps)
        self._judgement = stretch.judgement
        return stretch.judgement.returned(stretch.evaluate(self, hooks), return_dict)

    @names_checked
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The model's output for each sample.

        Args:
            x: as of ``fit``.
            batch_size: samples a batch; 32 if left out.
            verbose, callbacks: as of ``fit``.
            steps: only so many batches.

        Returns:
            an array of shape (samples, ...), or a list of them for several outputs.

        Raises:
            ValueError: for data that do not fit.
        """
        if verbose == 0 and callbacks is None and steps is None and (batch_size is None or _plain_size(batch_size)):
            few = self._execution.predict_few(self._graph, x)
            if few is not None:
                self.stop_predicting = False
                return few
        with unbuilt_if_refused(self):
            self.meet(x)
            samples = gather_samples(x, inputs=self._input_names())
            prediction = Prediction.prepared(self._execution, self._lowered_for(samples), samples, batch_size, steps)
            hooks = self._hooks(callbacks, verbose, 1, prediction.steps)
        outputs = prediction.run(self, hooks)
        if samples.rows <= FEW_ROWS and self._graph is not None:
            self._execution.keep_shortcut(self._graph, prediction.lowered, prediction.program)
        return outputs[0] if len(outputs) == 1 else outputs

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """One step on these samples; returns what ``evaluate`` does, for the batch before the step."""
        optimizer = self._compiled_optimizer()
        with unbuilt_if_refused(self):
            samples = self._samples(x, y, sample_weight)
            if class_weight is not None:
                samples = samples.weighted_by_class(class_weight, self._classes(samples))
            stretch = self._stretch(samples, max(samples.rows, 1))
            optimizer.check_weights(stretch.trainable)
        optimizer.build(stretch.trainable)
        self._judgement = stretch.judgement
        if self._batch_key is None:
            self._batch_key = draw_key()
        return stretch.judgement.returned(stretch.train(optimizer, self._batch_key), return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """``evaluate`` on these samples as one batch, without a bar."""
        self._require_compiled()
        rows = self._samples(x, y, sample_weight).rows
        return self.evaluate(x, y, max(rows, 1), 0, sample_weight, return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """``predict`` on these samples as one batch, without a bar."""
        few = self._execution.predict_few(self._graph, x)
        if few is not None:
            self.stop_predicting = False
            return few
        with unbuilt_if_refused(self):
            self.meet(x)
            rows = gather_samples(x, inputs=self._input_names()).rows
        return self.predict(x, max(rows, 1), 0)

    def _require_compiled(self) -> Objective:
        if self._objective is None:
            raise ValueError(
                "You must call `compile()` before using the model. For classes 0, 1, 2, ...: "
                "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])."
            )
        return self._objective

    def _compiled_optimizer(self) -> optimizers.Optimizer:
        self._require_compiled()
        if self.optimizer is None:
            raise ValueError("The model was compiled without an optimizer. Call `compile(optimizer=...)` to train it.")
        return self.optimizer

    def _input_names(self) -> list[str]:
        return [tensor.name for tensor in self.inputs] if self.built else ["x"]

    def _samples(self, x: Any, y: Any, sample_weight: Any) -> Samples:
        self.meet(x)
        names = self.output_names if self.built else [layer.name for layer in self.layers[-1:]] or ["y"]
        judged = self._require_compiled().judged(names)
        if isinstance(y, (list, tuple)) and len(y) == len(names) > len(judged):
            y = [y[i] for i in judged]
        return gather_samples(x, y, sample_weight, inputs=self._input_names(), targets=[names[i] for i in judged])

    def _lowered_for(self, samples: Samples) -> Lowered:
        if not self.built:
            self.build_from(samples.inputs[0].shape)
        return self.lower()

    def _classes(self, samples: Samples) -> int | None:
        """How many classes the one output tells apart; None where one unit says it all, or for several outputs."""
        self._lowered_for(samples)
        units = [tensor.shape[-1] for tensor in self.outputs]
        return units[0] if len(units) == 1 and units[0] > 1 else None

    def _stretch(self, samples: Samples, batch_size: Any, steps: int | None = None) -> Stretch:
        """Everything that can be wrong with the samples is found here."""
        size = resolve_batch_size(batch_size, samples.rows, steps)
        return Stretch.prepared(
            self._execution,
            self._lowered_for(samples),
            self.output_names,
            self._require_compiled(),
            self.optimizer,
            samples,
            size,
            steps,
        )

    def _hooks(self, callbacks: Any, verbose: Any, epochs: int, steps: int, add_history: bool = False) -> CallbackList:
        if verbose not in ("auto", 0, 1, 2):
            raise ValueError(f"`verbose` must be 'auto', 0, 1 or 2. Received: verbose={verbose!r}")
        if isinstance(callbacks, CallbackList):
            return callbacks
        return CallbackList(
            callbacks,
            add_history=add_history,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
        )


def _plain_size(batch_size: Any) -> bool:
    return type(batch_size) is int and batch_size > 0


def _unpacked(data: Any) -> tuple[Any, Any, Any]:
    if not isinstance(data, (list, tuple)) or len(data) not in (2, 3):
        found = f"{len(data)} parts" if isinstance(data, (list, tuple)) else f"{type(data)}"
        raise ValueError(f"Data is expected to be in format `(x, y)` or `(x, y, sample_weight)`. Received: {found}")
    x, y, *rest = data
    return x, y, rest[0] if rest else None


def _within(argument: str, action: Callable[[], Result]) -> Result:
    """The action's result; its errors say that ``argument`` is meant."""
    try:
        return action()
    except (ValueError, TypeError) as error:
        raise type(error)(f"`{argument}`: {error}") from error


def _validated_epochs(freq: Any) -> Callable[[int], bool]:
    """Whether to validate after an epoch; the first is 1."""
    if isinstance(freq, (list, tuple)):
        return lambda epoch: epoch in freq
    try:
        every = whole("validation_freq", freq, 1)
    except ValueError:
        raise ValueError(
            "Expected `validation_freq` to be a list or a positive int. "
            f"Received: validation_freq={freq} of the type {type(freq)}."
        ) from None
    return lambda epoch: epoch % every == 0
