#!/usr/bin/env python3
"""A PEFT LoRA adapter as GGUF, for llama-server (--lora) and Ollama (ADAPTER).

    python train/adapter_to_gguf.py --base BASE_DIR sup-strict sup-strict.gguf

For bases of the architectures llama and qwen2; llama.cpp's own convert_lora_to_gguf.py knows more of them. Llama files
store the rows of q and k in another order than transformers does (rotary pairs side by side), so B is permuted alike.
"""
import argparse
import json
import re

import gguf
import numpy as np
from safetensors.numpy import load_file

PARTS = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down"}
NAME = re.compile(r"layers\.(\d+)\.(.+)\.lora_([AB])\.weight$")


def permute(rows, heads):
    """From halves to pairs: what llama.cpp's converter does to q and k."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def convert(base, adapter, out):
    """Writes the file; says what is in it."""
    config = json.load(open(f"{base}/config.json"))
    lora = json.load(open(f"{adapter}/adapter_config.json"))
    arch = config["model_type"]
    if arch not in ("llama", "qwen2"):
        raise SystemExit(f"{base}: expected a llama or qwen2 model, found {arch}")
    heads = {"attn_q": config["num_attention_heads"],
             "attn_k": config.get("num_key_value_heads", config["num_attention_heads"])}
    writer = gguf.GGUFWriter(out, arch)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(lora["lora_alpha"]))
    tensors = load_file(f"{adapter}/adapter_model.safetensors")
    for name in sorted(tensors):
        found = NAME.search(name)
        if not found or found.group(2) not in PARTS:
            raise SystemExit(f"{adapter}: {name}: no place for it in a {arch} file")
        part = PARTS[found.group(2)]
        value = tensors[name].astype(np.float32)
        if found.group(3) == "B" and arch == "llama" and part in heads:
            value = permute(value, heads[part])
        writer.add_tensor(f"blk.{found.group(1)}.{part}.weight.lora_{found.group(3).lower()}",
                          np.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return f"{out}: {len(tensors)} tensors, rank {lora['r']}, alpha {lora['lora_alpha']}"


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--base", required=True, help="directory of the base model (for its config.json)")
    p.add_argument("adapter", help="directory that PEFT saved")
    p.add_argument("out", help="the GGUF file")
    args = p.parse_args()
    print(convert(args.base, args.adapter, args.out))


if __name__ == "__main__":
    main()
