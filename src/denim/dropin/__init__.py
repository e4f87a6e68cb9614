"""Keras scripts run unchanged: ``keras`` and ``tf.keras`` mean denim in a script and the modules beneath its folder.

Nothing is put into ``sys.modules`` under Keras's or TensorFlow's name, and no ``__import__`` is replaced: the code of
those modules is compiled with other names in its import statements (``rewriting``). Every other module sees what is
really installed.
"""
