"""compile, fit, evaluate and predict, for all models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim import losses, optimizers
from denim.callbacks.callback_list import CallbackList
from denim.callbacks.history import History
from denim.data.batches import whole
from denim.data.columns import gather
from denim.data.ends import Ends
from denim.data.samples import Samples
from denim.data.structure import is_nested, sorted_by_key
from denim.layers.undoing import unbuilt_if_refused
from denim.metrics import Metric
from denim.models.arguments import names_checked
from denim.models.compiling import Judgement, Objective
from denim.models.courses import evaluate
from denim.models.execution import Execution
from denim.models.fitting import Arguments, fit
from denim.models.gathering import columns_for, course_for, prediction_for, samples_for, task_for
from denim.models.graph import Graph
from denim.models.overrides import refuse_overridden
from denim.models.own_metrics import held_metrics
from denim.models.position import Position
from denim.models.predicting import Prediction, predicted
from denim.models.shortcut import FEW_ROWS, short_way_first
from denim.program.builder import Lowered
from denim.program.random import draw_key
from denim.saving.compiled import compile_arguments, compile_config


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
    losses: Any
    outputs: Any
    tracked_layers: Callable[[], Any]
    _graph: Graph | None
    lower: Callable[..., Lowered]
    meet: Callable[[Any], None]
    build_from: Callable[[tuple[int, ...]], None]
    pack_outputs: Callable[[list[Any]], Any]

    @property
    def input_ends(self) -> Ends:
        """What the inputs are called and how they are nested."""
        raise NotImplementedError

    @property
    def output_ends(self) -> Ends:
        """What the outputs are called and how they are nested."""
        raise NotImplementedError

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
        self.run_eagerly: Any = False
        self.jit_compile: Any = True
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
            loss: name, function, class or object of ``denim.losses``, or one of your own, written with ``denim.ops``;
                for several outputs a list or a dict by name.
            loss_weights: factor of each output's loss in the total.
            metrics: list of names, functions or objects of ``denim.metrics``; for several outputs a list of lists or a
                dict. "accuracy" becomes binary, categorical or sparse by the shapes of outputs and targets. A function
                ``f(y_true, y_pred)`` of your own is counted as the others if it is written with ``denim.ops``; else it,
                and any ``Metric`` with an ``update_state`` of its own, is shown every batch as NumPy arrays.
            weighted_metrics: the same for metrics that sample and class weights enter.
            steps_per_execution: how many batches pass between two calls of batch hooks.
            run_eagerly, jit_compile, auto_scale_loss: Keras's; without meaning here. The first two are kept as
                attributes.

        Raises:
            ValueError: for an unknown name or an argument of the wrong type. Nothing is then changed.

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
        self.run_eagerly = run_eagerly
        self.jit_compile = not run_eagerly if jit_compile == "auto" else jit_compile
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
            "jit_compile": self.jit_compile,
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
    def metrics(self) -> list[Metric]:
        """The total loss and, once data has been seen, the outputs' losses and the metrics, as running means."""
        if self._judgement is not None:
            return list(self._judgement.metrics)
        return [*([] if self._objective is None else [self._objective.loss_mean]), *held_metrics(self)]

    @property
    def metrics_names(self) -> list[str]:
        """The names of the values that ``evaluate`` lists."""
        if self._judgement is not None:
            return self._judgement.names
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
            x: an array of shape (samples, ...), or such arrays nested as the model's inputs are. Integers, truth values
                and floats of 16 to 64 bits are read as they lie: nothing is copied. A ``numpy.memmap`` or
                ``h5py.Dataset`` may be larger than memory: of more than 512 MiB in files some windows are held at a
                time. Frames, sparse matrices and tensors are converted. Or an iterable of batches (x, y) or
                (x, y, sample_weight): a ``utils.PyDataset``, a generator, a loader, or anything else that yields them.
            y: targets of shape (samples, ...), class numbers of shape (samples,); or such arrays nested as the outputs.
            batch_size: samples a step; 32 if left out, or the samples over ``steps_per_epoch``.
            epochs: the number of the last epoch; the first is ``initial_epoch`` + 1.
            verbose: 0 silent, 1 or "auto" a progress bar, 2 a line an epoch.
            callbacks: a list of ``denim.callbacks``.
            validation_split: the part of the samples, from the end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight), or an iterable of batches.
            shuffle: whether every epoch has an order of its own, drawn from NumPy's global generator: of the rows, of
                a PyDataset's batches, or, in files of more than 512 MiB, of blocks, and of the rows within windows of
                many blocks. "batch" is as True for files, and as False for arrays: the order within a batch changes
                nothing.
            class_weight: dict from class number to its samples' weight.
            sample_weight: one number a sample.
            initial_epoch: epochs done before.
            steps_per_epoch: batches an epoch; the next epoch goes on where it ended, and begins anew at the data's end.
            validation_steps: validate on so many batches only.
            validation_batch_size: samples a batch of validation; ``batch_size`` if left out.
            validation_freq: validate after every so many epochs, or a list of epochs, the first being 1.

        Returns:
            the History: its ``history`` has a list with one value an epoch for each name.

        Raises:
            ValueError: for data or arguments that do not fit. Nothing is then changed.
        """
        return fit(
            self,
            Arguments(
                x,
                y,
                sample_weight,
                class_weight,
                batch_size,
                epochs,
                initial_epoch,
                verbose,
                callbacks,
                shuffle,
                steps_per_epoch,
                validation_split,
                validation_data,
                validation_steps,
                validation_batch_size,
                validation_freq,
            ),
        )

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
            x, y, sample_weight: as of ``fit``; x may be an iterable of batches.
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
        refuse_overridden(self, "evaluate")
        with unbuilt_if_refused(self):
            course = course_for(self, x, y, sample_weight, batch_size, steps)
            hooks = self._hooks(callbacks, verbose, 1, course.steps)
        self._judgement = course.task.judgement
        with hooks.line_left():
            logs = evaluate(course, self, hooks) or {}
        return course.task.judgement.returned(logs, return_dict)

    @short_way_first
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
            x: as of ``fit``; of an iterable's batches only x counts.
            batch_size: samples a batch; 32 if left out.
            verbose, callbacks: as of ``fit``.
            steps: only so many batches.

        Returns:
            an array of shape (samples, ...), or such arrays nested as the model's outputs are.

        Raises:
            ValueError: for data that do not fit.
        """
        refuse_overridden(self, "predict")
        with unbuilt_if_refused(self):
            prediction = prediction_for(self, x, batch_size, steps)
            hooks = self._hooks(callbacks, verbose, 1, prediction.steps)
        with hooks.line_left():
            outputs = predicted(prediction, self, hooks)
        if isinstance(prediction, Prediction) and prediction.feed.rows <= FEW_ROWS and self._graph is not None:
            execution = self._execution
            execution.predict_few = execution.shortcut(
                self._graph, prediction.lowered, prediction.program, self.pack_outputs
            )
        outputs = outputs if self._graph is None else self._graph.typed(outputs)
        return sorted_by_key(self.pack_outputs(outputs))

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
        refuse_overridden(self, "fit")
        with unbuilt_if_refused(self):
            samples = samples_for(self, x, y, sample_weight, class_weight)
            task, feed = task_for(self, samples)
            optimizer.check_weights(task.trainable)
        optimizer.build(task.trainable)
        self._judgement = task.judgement
        if self._batch_key is None:
            self._batch_key = draw_key()
        task.judgement.begin()
        totals = task.training(optimizer, self._batch_key)(feed, samples, batch_size=max(feed.rows, 1))
        return task.judgement.returned(task.judgement.logs(totals, of_step=True), return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """``evaluate`` on these samples as one batch, without a bar."""
        self._require_compiled()
        rows = columns_for(self, x, y, sample_weight).rows
        return self.evaluate(x, y, max(rows, 1), 0, sample_weight, return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """``predict`` on these samples as one batch, without a bar."""
        shortcut = self._execution.predict_few
        few = shortcut(self._graph, x)
        if few is not None:
            if self.stop_predicting:
                self.stop_predicting = False
            return few
        with unbuilt_if_refused(self):
            self.meet(x)
            rows = gather(x, inputs=self.input_ends).rows
        return self.predict(x, max(rows, 1), 0)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The total loss of predictions, regularizers included: what ``fit`` makes smaller, for arrays.

        Args:
            x, training: Keras's; of no account.
            y, sample_weight: as of ``fit``.
            y_pred: what the model returned.

        Raises:
            ValueError: before ``compile``, or for arrays that do not fit.
        """
        objective = self._require_compiled()
        parts = self._judged_parts(y, y_pred, sample_weight)
        return objective.loss_value(self.output_ends, *parts) + sum(self.losses)

    def _judged_parts(self, y: Any, y_pred: Any, sample_weight: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Targets, predictions and weights of each output that is judged."""
        ends = self.output_ends
        judged = self._require_compiled().judged(ends)
        several = is_nested(sample_weight)
        weights = ends.arranged(sample_weight, "sample_weight", judged) if several else [sample_weight] * len(judged)
        return ends.arranged(y, "y", judged), ends.arranged(y_pred, "y_pred", judged), weights

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Count a batch in the metrics that were compiled, and return ``get_metrics_result()``.

        A class that defines it calls ``super().compute_metrics(...)`` and returns a dict with what it likes beside: it
        is called after every step of ``fit`` and ``evaluate``, with NumPy arrays.

        Args:
            x: the inputs of the batch; of account only where no data has been seen since ``compile``.
            y, sample_weight: as of ``fit``.
            y_pred: what the model returned.

        Raises:
            ValueError: before ``compile``, or for arrays that do not fit.
        """
        self._require_compiled()
        if self._judgement is None:
            self._judgement = task_for(self, samples_for(self, x, y, None))[0].judgement
        targets, predictions, weights = self._judged_parts(y, y_pred, sample_weight)
        for measure in self._judgement.measures:
            place = self._judgement.judged.index(measure.output)
            sample = weights[place] if measure.weighted else None
            measure.metric.update_state(targets[place], predictions[place], sample_weight=sample)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The value of each of ``metrics`` so far, by its name in the logs."""
        if self._judgement is not None:
            return self._judgement.results()
        return {metric.name: metric.result() for metric in self.metrics}

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

    def lowered_for(self, samples: Samples) -> Lowered:
        """The model as nodes, built for these samples if it has not been."""
        if not self.built:
            self.build_from(samples.inputs[0].shape)
        return self.lower([x.shape for x in samples.inputs])

    def _hooks(
        self, callbacks: Any, verbose: Any, epochs: int, steps: int | None, add_history: bool = False
    ) -> CallbackList:
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
