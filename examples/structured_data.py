"""A wide table of texts, codes and numbers: each column is looked up, coded or scaled by a layer of the model."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(23)
random = np.random.default_rng(23)
rows = 4000
cities = np.array(["Bergen", "Graz", "Lyon", "Porto", "Turku", "Vilnius"])
warmth = dict(zip(cities, [-0.5, 0.1, 0.6, 0.9, -0.9, -0.3], strict=True))
table = {
    "city": random.choice(cities, rows),
    "plan": random.choice(["basic", "family", "premium"], rows, p=[0.6, 0.3, 0.1]),
    "branch": random.choice([101, 205, 317, 440], rows),
    "age": random.normal(45, 12, rows),
    "income": random.lognormal(10, 0.5, rows),
}
score = 2 * np.array([warmth[city] for city in table["city"]]) + 1.5 * (table["plan"] == "premium")
score += 0.8 * (table["branch"] == 317) - 0.06 * (table["age"] - 45) + 0.5 * random.normal(size=rows)
stays = (score > 0).astype("float32")

texts, codes, numbers = ["city", "plan"], ["branch"], ["age", "income"]
kinds = {**dict.fromkeys(texts, "string"), **dict.fromkeys(codes, "int64"), **dict.fromkeys(numbers, "float32")}
train = {name: table[name][:3200].reshape(-1, 1) for name in kinds}
test = {name: table[name][3200:].reshape(-1, 1) for name in kinds}

inputs = {name: keras.Input(shape=(1,), dtype=kind, name=name) for name, kind in kinds.items()}
features = []
for name in texts:
    lookup = layers.StringLookup(output_mode="one_hot")
    lookup.adapt(train[name])
    features.append(lookup(inputs[name]))
for name in codes:
    lookup = layers.IntegerLookup(output_mode="one_hot")
    lookup.adapt(train[name])
    features.append(lookup(inputs[name]))
for name in numbers:
    scale = layers.Normalization()
    scale.adapt(train[name].astype("float32"))
    features.append(scale(inputs[name]))
hidden = layers.Dense(32, activation="relu")(layers.concatenate(features))
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])


def fed(columns):
    """The columns as the backend takes them: TensorFlow wants texts as tensors of its own, with the others beside."""
    if keras.backend.backend() != "tensorflow":
        return columns
    import tensorflow as tf

    return {name: tf.constant(values) for name, values in columns.items()}


model.fit(fed(train), stays[:3200], batch_size=64, epochs=15, verbose=0)

loss, accuracy = model.evaluate(fed(test), stays[3200:], verbose=0)
print(f"branches known: {lookup.get_vocabulary()}; accuracy {accuracy:.3f}")
assert accuracy > 0.85, accuracy

stranger = {name: values[:1] for name, values in test.items()} | {"city": np.array([["Atlantis"]])}
print(f"someone from an unknown city stays with probability {float(model.predict(fed(stranger), verbose=0)[0, 0]):.2f}")
