#!/usr/bin/env python3
"""A model that `hrm train` or exp3 made, as a directory for transformers: so that adapters can be trained for it.

    python train/gguf_to_hf.py runs/exp3_curriculum/latest/models/base.gguf base
"""
import argparse

import gguf
import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

# The rule that GGUF calls qwen2, as in src/nn/pretok.h
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)"
         r"|\s+")
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
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(control)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=control[0], pad_token=control[0])
    fast.chat_template = field(reader, "tokenizer.chat_template")
    return fast


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("gguf")
    p.add_argument("out", help="directory")
    args = p.parse_args()
    reader = gguf.GGUFReader(args.gguf)
    make_model(reader).save_pretrained(args.out)
    make_tokenizer(reader).save_pretrained(args.out)
    print(f"{args.out}: {sum(int(t.n_elements) for t in reader.tensors)} parameters")


if __name__ == "__main__":
    main()
