"""The endings of the files that commands are given."""

SCENARIO_SUFFIXES = (".yaml", ".yml")
LAYER_SUFFIX = ".py"
MODEL_SUFFIX = ".onnx"
