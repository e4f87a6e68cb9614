"""Keras's names that denim has not, so that they are not taken for misspelt ones."""

from __future__ import annotations

_ELSEWHERE = {
    "": "applications distillation distribution mixed_precision preprocessing quantizers visualization",
    "layers": """
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
        AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdditiveAttention Attention AugMix AutoContrast
        AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Bidirectional
        CenterCrop ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose
        Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose
        Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D
        Cropping3D CutMix DepthwiseConv1D DepthwiseConv2D Equalization FlaxLayer GRU GRUCell
        GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool2D
        GlobalAvgPool3D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling2D
        GlobalMaxPooling3D GroupQueryAttention JaxLayer LSTM LSTMCell MaxNumBoundingBoxes MaxPool1D MaxPool2D
        MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D MelSpectrogram MixUp MultiHeadAttention RNN RandAugment
        RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
        RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue
        RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness
        RandomShear RandomTranslation RandomZoom Resizing STFTSpectrogram SeparableConv1D SeparableConv2D
        SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Solarization SpatialDropout1D
        SpatialDropout2D SpatialDropout3D StackedRNNCells TFSMLayer TimeDistributed TorchModuleWrapper
        UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """,
    "losses": "CTC Circle circle ctc",
    "utils": """
        audio_dataset_from_directory bounding_boxes image_dataset_from_directory text_dataset_from_directory
        timeseries_dataset_from_array
    """,
    "config": "disable_flash_attention enable_flash_attention is_flash_attention_enabled is_nnx_enabled",
    "dtype_policies": """
        AWQDTypePolicy DTypePolicyMap GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy
        QuantizedFloat8DTypePolicy
    """,
}
"""Room -> what is no part of dense networks."""

_NOT_YET = {
    "": "Function Operation Quantizer StatelessScope legacy",
    "export": "ExportArchive",
    "layers": """
        HashedCrossing Hashing IntegerLookup Masking Pipeline SpectralNormalization StringLookup
        TextVectorization
    """,
    "optimizers": "Adafactor Lamb LossScaleOptimizer MultiOptimizer Muon OptimizerMap ScheduleFreeAdamW legacy",
    "callbacks": "OrbaxCheckpoint",
    "utils": "FeatureSpace",
    "initializers": "STFT STFTInitializer stft",
    "regularizers": "OrthogonalRegularizer orthogonal_regularizer",
    "config": "max_epochs max_steps_per_epoch set_max_epochs set_max_steps_per_epoch",
    "saving": "KerasFileEditor",
}
"""Room -> what dense networks can use."""


def said_of(module: str, name: str, *, any_case: bool = False) -> str | None:
    """What to tell someone who asks ``module`` (such as "denim.layers") for a name of Keras's; None for others."""
    room = module.partition(".")[2]
    for table, denim in ((_ELSEWHERE, "denim has not: it is for dense networks"), (_NOT_YET, "denim has not yet")):
        known = table.get(room, "").split()
        found = [name] if name in known else [other for other in known if any_case and other.lower() == name.lower()]
        if found:
            return f"Keras has `{f'{room}.{found[0]}' if room else found[0]}`, {denim}."
    return None


def names() -> list[tuple[str, str]]:
    """All of them, as pairs of a module and a name."""
    return [
        (f"denim.{room}".rstrip("."), name)
        for table in (_ELSEWHERE, _NOT_YET)
        for room, listed in table.items()
        for name in listed.split()
    ]
