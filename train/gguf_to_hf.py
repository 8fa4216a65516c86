#!/usr/bin/env python3
"""A GGUF file as a directory for transformers: so that adapters can be trained for it.

    python train/gguf_to_hf.py SmolLM2-135M-Instruct.Q4_1.gguf base

Of a model that `hrm train` or exp3 made, and of any other of the architectures llama and qwen2; of a quantised file the
weights are what llama-server computes with. The tokenizer is made here for the two rules that are known exactly, and
by transformers for others.
"""
import argparse
import os

import gguf
import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import (AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM,
                          PreTrainedTokenizerFast)

# What GGUF calls tokenizer.ggml.pre: qwen2 as in src/nn/pretok.h, smollm as its tokenizer.json has it
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)"
         r"|\s+")
RULES = {"qwen2": [pre_tokenizers.Split(Regex(SPLIT), "isolated"),
                   pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)],
         "smollm": [pre_tokenizers.Digits(individual_digits=True),
                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]}
PARTS = {"attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
         "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
         "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}


def field(reader, key):
    return reader.fields[key].contents()


def unpermute(rows, heads):
    """From pairs to halves; adapter_to_gguf.py has the inverse."""
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def hf_name(name):
    if name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{PARTS[part]}.weight"


def make_model(reader):
    heads = field(reader, "llama.attention.head_count")
    tensors = {}
    for t in reader.tensors:
        value = np.array(t.data, dtype=np.float32)
        if ".attn_q." in t.name or ".attn_k." in t.name:
            value = unpermute(value, heads)
        tensors[hf_name(t.name)] = torch.from_numpy(np.ascontiguousarray(value))
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=tensors["model.embed_tokens.weight"].shape[0], hidden_size=field(reader, "llama.embedding_length"),
        intermediate_size=field(reader, "llama.feed_forward_length"), num_hidden_layers=field(reader, "llama.block_count"),
        num_attention_heads=heads, num_key_value_heads=heads, max_position_embeddings=field(reader, "llama.context_length"),
        rms_norm_eps=field(reader, "llama.attention.layer_norm_rms_epsilon"),
        rope_theta=field(reader, "llama.rope.freq_base"), tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=field(reader, "tokenizer.ggml.eos_token_id")))
    missing, extra = model.load_state_dict(tensors, strict=False)
    if extra or set(missing) - {"lm_head.weight"}:
        raise SystemExit(f"tensors do not fit: missing {missing}, extra {extra}")
    return model


def make_tokenizer(reader):
    tokens = field(reader, "tokenizer.ggml.tokens")
    types = field(reader, "tokenizer.ggml.token_type")
    merges = [tuple(m.split(" ")) for m in field(reader, "tokenizer.ggml.merges")]
    control = [t for t, kind in zip(tokens, types) if kind == 3]
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(RULES[field(reader, "tokenizer.ggml.pre")])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(control)
    end = tokens[field(reader, "tokenizer.ggml.eos_token_id")]
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=end, pad_token=end)
    fast.chat_template = field(reader, "tokenizer.chat_template")
    return fast


def read_model(where):
    """By transformers, as floats: what it says of the file's quantisation no longer holds."""
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model


def is_ours(reader):
    return all(t.tensor_type == gguf.GGMLQuantizationType.F32 for t in reader.tensors) and \
        field(reader, "general.architecture") == "llama" and field(reader, "tokenizer.ggml.pre") == "qwen2"


def convert(path, out):
    """Writes the directory; returns the number of parameters."""
    reader = gguf.GGUFReader(path)
    where = {"pretrained_model_name_or_path": os.path.dirname(os.path.abspath(path)), "gguf_file": os.path.basename(path)}
    model = make_model(reader) if is_ours(reader) else read_model(where)
    known = field(reader, "tokenizer.ggml.pre") in RULES
    tokenizer = make_tokenizer(reader) if known else AutoTokenizer.from_pretrained(**where)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    return sum(int(t.n_elements) for t in reader.tensors)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("gguf")
    p.add_argument("out", help="directory")
    args = p.parse_args()
    print(f"{args.out}: {convert(args.gguf, args.out)} parameters")


if __name__ == "__main__":
    main()
