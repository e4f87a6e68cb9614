"""Keras's names that denim has not, so that they are not taken for misspelt ones."""

from __future__ import annotations

_ELSEWHERE = {
    "": "applications distillation distribution mixed_precision quantizers visualization",
    "layers": """
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
        AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdditiveAttention Attention AugMix AutoContrast
        AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Bidirectional
        CenterCrop ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose
        Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose
        Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D
        Cropping3D CutMix DepthwiseConv1D DepthwiseConv2D Equalization FlaxLayer GRU GRUCell
        GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool2D
        GlobalMaxPool3D GlobalMaxPooling2D GlobalMaxPooling3D GroupQueryAttention JaxLayer LSTM LSTMCell
        MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D MelSpectrogram
        MixUp MultiHeadAttention RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
        RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
        RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
        RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Resizing ReversibleEmbedding
        STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN
        SimpleRNNCell Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D StackedRNNCells TFSMLayer
        TimeDistributed TorchModuleWrapper UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
        ZeroPadding3D
    """,
    "losses": "CTC Circle circle ctc",
    "ops": """
        adaptive_average_pool adaptive_max_pool angle average_pool conj conjugate conv conv_transpose ctc_decode
        ctc_loss depth_to_space depthwise_conv dot_product_attention extract_sequences fft fft2 fold ifft2 imag
        irfft istft max_pool polar psnr real rfft separable_conv space_to_depth stft unfold view_as_complex
        view_as_real
    """,
    "preprocessing": "image_dataset_from_directory text_dataset_from_directory timeseries_dataset_from_array",
    "preprocessing.image": "smart_resize",
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
    "": "Function Operation Quantizer RematScope StatelessScope SymbolicScope legacy remat",
    "layers": """
        Pipeline SpectralNormalization
    """,
    "ops": """
        arccosh arcsinh arctanh argpartition array_split associative_scan bartlett bitwise_and bitwise_invert
        bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman cdist cholesky
        cholesky_inverse cond corrcoef correlate cross custom_gradient deg2rad det diagflat digitize dsplit
        dstack eig eigh erfc erfinv fabs fliplr flipud fmax fmin fmod fori_loop gcd geomspace hamming hanning
        heaviside hsplit i0 image inv isin isneginf isposinf isreal jvp kaiser kron lcm ldexp left_shift linalg
        logaddexp2 logdet logspace lstsq lu_factor map matrix_rank nanargmax nanargmin nancumprod nancumsum
        nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar nextafter
        percentile pinv qr rad2deg rearrange right_shift rot90 scan scatter scatter_update segment_max
        segment_min segment_prod segment_sum select signbit sinc slice_update slogdet solve solve_triangular svd
        switch trapezoid unique unravel_index vander vectorize vectorized_map view vsplit while_loop
    """,
    "optimizers": "Adafactor Lamb LossScaleOptimizer MultiOptimizer Muon OptimizerMap ScheduleFreeAdamW legacy",
    "callbacks": "OrbaxCheckpoint",
    "utils": "FeatureSpace",
    "initializers": "STFT STFTInitializer stft",
    "regularizers": "OrthogonalRegularizer orthogonal_regularizer",
    "config": "max_epochs max_steps_per_epoch set_max_epochs set_max_steps_per_epoch",
    "saving": "KerasFileEditor",
    "export": "ExportArchive",
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
