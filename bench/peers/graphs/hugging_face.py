"""The same weights as a Hugging Face folder of BertForSequenceClassification, for `tenor-train import`."""
import json

from shapes import write_safetensors

_NAMES = {
    "attention": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "output_norm": "output.LayerNorm",
}
_EMBEDDINGS = {"word": "word_embeddings", "position": "position_embeddings", "type": "token_type_embeddings"}


def _renamed(name, values):
    """Hugging Face's (name, values) of one canonical tensor: three for qkv."""
    parts = name.split(".")
    if parts[0] == "embeddings" and parts[1] == "norm":
        return [("bert.embeddings.LayerNorm." + parts[2], values)]
    if parts[0] == "embeddings":
        return [(f"bert.embeddings.{_EMBEDDINGS[parts[1]]}.weight", values)]
    if parts[0] == "pooler":
        return [("bert.pooler.dense." + parts[1], values)]
    if parts[0] == "head":
        return [("classifier." + parts[1], values)]
    _, layer, block, kind = parts
    prefix = f"bert.encoder.layer.{layer}."
    if block != "qkv":
        return [(f"{prefix}{_NAMES[block]}.{kind}", values)]
    thirds = values.reshape(3, -1, *values.shape[1:])
    return [(f"{prefix}attention.self.{which}.{kind}", third)
            for which, third in zip(("query", "key", "value"), thirds)]


def _vocabulary(size):
    """As many made-up tokens, the special ones in the rows that google-research/bert gives them for Chinese."""
    special = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]"}
    characters = range(0x4E00, 0x4E00 + size)  # the common Chinese ones, and on
    return [special.get(row, chr(code)) for row, code in zip(range(size), characters)]


def write_folder(folder, shape, weights):
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "hidden_act": "gelu",
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.layer_norm_epsilon,
        "id2label": {"0": "negative", "1": "neutral", "2": "positive"},
        "label2id": {"negative": 0, "neutral": 1, "positive": 2},
        "problem_type": "single_label_classification",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (folder / "vocab.txt").write_text("\n".join(_vocabulary(shape.vocabulary)) + "\n", encoding="utf-8")
    tensors = dict(pair for name, values in weights.items() for pair in _renamed(name, values))
    write_safetensors(folder / "model.safetensors", tensors)
